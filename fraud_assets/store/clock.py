"""The one way to write the time into a record."""

from __future__ import annotations

from datetime import UTC, datetime


def timestamp() -> str:
    """Now, ISO, UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
