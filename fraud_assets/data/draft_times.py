"""Which columns of a file are times, and how they count."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from fraud_assets.contract.schema import EventTime
from fraud_assets.data.instants import parse_times
from fraud_assets.data.parsing import parse_numbers
from fraud_assets.errors import DataError

TIME_NAME = re.compile(r"time|date|created|_at$|seconds|epoch|unix|^ts$", re.IGNORECASE)
_KNOWN = re.compile(r"(label|fraud|chargeback|report).*(time|date|_at$)", re.IGNORECASE)

_PARTS = r"\d\D+\d"
"""A time as text has several numbers in it."""

_UNITS = ((1e17, "ns"), (1e14, "us"), (1e11, "ms"), (1e8, "s"))
"""Counts since 1970 of the years 1973 to 5138, by the unit that gives such a size."""


def is_time(values: pd.Series) -> bool:
    """Whether a column holds timestamps, as such or as text."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return True
    numbers, odd = parse_numbers(values.head(1000))
    if numbers.notna().any() and odd.mean() < 0.05:
        return False
    if not values.head(1000).dropna().astype(str).str.contains(_PARTS).mean() > 0.5:
        return False  # identifiers such as "T0000000001" can be read as times too
    stamps, bad = parse_times(values.head(1000), EventTime(column="", day_first=True))
    other, worse = parse_times(values.head(1000), EventTime(column="", day_first=False))
    found = bool(stamps.notna().any() or other.notna().any())
    return found and min(bad.mean(), worse.mean()) < 0.05


def look_at_times(frame: pd.DataFrame, stamps: list[str], counted: list[str]) -> dict[str, Any]:
    """Event time, unit, origin and report time among columns of timestamps and of counts."""
    as_stamps = any(not _KNOWN.search(name) for name in stamps)
    kind = stamps if as_stamps else counted  # one unit holds for all times of a contract
    known_at = next((name for name in kind if _KNOWN.search(name)), None)
    others = [name for name in kind if name != known_at]
    event_time = next(filter(TIME_NAME.search, others), others[0] if others else None)
    if event_time is None:
        return {}
    unit, from_1970 = ("timestamp", True) if as_stamps else unit_of(frame[event_time])
    times = [frame[name] for name in (event_time, known_at) if name is not None]
    day_first = as_stamps and any(_could_be_either(values) for values in times)
    return {
        "event_time": event_time,
        "known_at": known_at,
        "unit": unit,
        "from_1970": from_1970,
        "day_first": day_first,
    }


def unit_of(values: pd.Series) -> tuple[str, bool]:
    """Unit of a column of counts, and whether they count from 1970; small ones do not."""
    middle = float(parse_numbers(values)[0].abs().median())
    return next(((unit, True) for size, unit in _UNITS if middle >= size), ("s", False))


def _could_be_either(values: pd.Series) -> bool:
    """Whether dates such as "03/04/2025" leave open what comes first."""
    try:
        parse_times(values, EventTime(column=""))
    except DataError:
        return True
    return False
