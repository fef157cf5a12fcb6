"""An instant as people and documents write it, as whole microseconds since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def micros_of(text: str) -> int:
    """Microseconds of an ISO date or time, UTC where it names no zone; ValueError for another."""
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1_000_000)
