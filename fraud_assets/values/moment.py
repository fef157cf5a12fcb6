"""An instant as people and documents write it: ISO, UTC where it names no zone.

One reading for a run's week, for the moves of a store, for what production is asked, and for the
end of an API key; each of them says what it takes. Times in columns: `payments.instants`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NoZoneError(ValueError):
    """A time without a zone where one is needed."""


def read_moment(
    text: str,
    *,
    needs_zone: bool = False,
    earliest: datetime = EARLIEST,
    latest: datetime = LATEST,
) -> datetime:
    """The instant of an ISO date (its beginning) or time, in UTC.

    Raises
    ------
    NoZoneError
        If it names no zone and needs one.
    ValueError
        If it is neither, or lies outside of the bounds; the sentence lacks its subject.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(
            f"must be an ISO date or time, such as 2026-11-23 or 2026-11-23T12:00Z, got {text!r}"
        ) from error
    if moment.tzinfo is None and needs_zone:
        raise NoZoneError(f"must have a zone, as in 2026-11-23T12:00Z, got {text!r}")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not earliest <= moment <= latest:
        bounds = f"at least {earliest.isoformat()} and at most {latest.isoformat()}"
        raise ValueError(f"must be {bounds}, got {text!r}")
    return moment.astimezone(UTC)


def read_day(text: str) -> datetime:
    """The beginning of a date such as 2026-11-23, UTC; ValueError for anything else."""
    if not _DAY.fullmatch(text):  # Python reads "20261123xx" as a date
        raise ValueError(f"must be a date such as 2026-11-23, got {text!r}")
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)


def micros_of(text: str) -> int:
    """Microseconds since 1970 of an ISO date or time; raises like `read_moment`."""
    return (read_moment(text) - _EPOCH) // timedelta(microseconds=1)
