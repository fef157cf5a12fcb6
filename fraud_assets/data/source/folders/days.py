"""Which folders by date a run needs: the others are not opened.

A folder's date is the day of its payments or the day when they were written, so that no row of it
is later than that day, give or take a zone. What is read is held to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from fraud_assets.contract.names import folded_name
from fraud_assets.data.source.times import EventTimes
from fraud_assets.errors import DataError

ZONES = np.timedelta64(1, "D")
"""A day of the farthest zone ends 12 hours after that of UTC; a whole day is beyond all."""

_DATE = re.compile(r"(\d{4})(?:[-_]?(\d{2})(?:[-_]?(\d{2}))?)?")


def latest_in(
    told: Mapping[str, str | None], days: Sequence[str], shown: str
) -> np.datetime64 | None:
    """The instant before which every row of a folder was made; None where its names say none.

    `told` are the columns that the names of its folders give, by folded name, `days` the names of
    those that make the date: one that holds it whole, or year, month and day.

    Raises
    ------
    DataError
        If they are no date.
    """
    values = [told.get(folded_name(name)) for name in days]
    present = [value for value in values if value is not None]
    if not present:
        return None
    text = present[0] if len(present) == 1 else "-".join(value.zfill(2) for value in present)
    match = _DATE.fullmatch(text)
    try:
        return _end_of([part for part in match.groups() if part] if match else [])
    except ValueError:
        pass
    raise DataError(
        f"The folders that source.days names must hold dates, such as day=2026-01-05 or "
        f"year=2026/month=01/day=05, but {shown} lies in {text!r}. Rename the folder, or correct "
        "source.days."
    )


def is_needed(latest: np.datetime64 | None, times: EventTimes) -> bool:
    """Whether a folder may hold rows that a run needs."""
    return latest is None or times.start is None or bool(latest > times.start)


def _end_of(parts: Sequence[str]) -> np.datetime64:
    """The end of a year, month or day, with room for every zone; ValueError where there is none."""
    if not parts:
        raise ValueError
    begin = np.array(["-".join(parts)], dtype=f"datetime64[{'YMD'[len(parts) - 1]}]")
    end: np.datetime64 = (begin + 1).astype("datetime64[us]")[0] + ZONES
    return end
