"""Features whose values are instants: a time after its payment cannot be known when it is made."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from fraud_assets.data.instants import parse_times
from fraud_assets.errors import DataError
from fraud_assets.terms.times import TimeColumn

_MONTHS = r"(?i:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])"
_DATED = (
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
    rf"|(?:19|20)\d\d\D+{_MONTHS}|\d{{1,2}}\D{{1,4}}{_MONTHS}\w*\W+(?:19|20)\d\d"
    rf"|{_MONTHS}\w*\W+\d{{1,2}}\W+(?:19|20)\d\d"
)
"""A date as text has three numbers in it, or a month by name beside a year."""

_MOST = 2_000
"""Values looked at first, evenly over the rows."""

_UNREAD = 0.2
"""A column holds instants where at most this share of its values cannot be read so."""

_FEWEST = 20
_DAY = 86_400e6
_MICROS = (1e6, 1e3, 1.0, 1e-3, 60e6, 3_600e6, _DAY)
"""Counts since 1970: seconds, parts of one, minutes, hours and days, in microseconds."""

_SERIAL = np.datetime64("1899-12-30", "us").astype(np.int64)
_SECOND = np.timedelta64(1, "s")
_YEAR = np.timedelta64(365, "D")
_NEVER = np.datetime64("NaT", "us")


def seconds_after(values: pd.Series, time: np.ndarray) -> pd.Series | None:
    """How long after its payment each instant of a feature lies (n,); None where it holds none.

    `values` (n,) numbers or categories, `time` (n,) datetime64[us] of the payments. Numbers are
    instants where they count from 1970, are a spreadsheet's days or are written as 20250131,
    within the payments' span and a year around it. The seconds are missing where there is no
    instant.
    """
    time = time.astype("datetime64[us]")
    present = np.flatnonzero(values.notna().to_numpy())
    sample = present[:: max(1, len(present) // _MOST)]
    ways = _numbers if pd.api.types.is_numeric_dtype(values.dtype) else _texts
    read = [np.isnat(way).mean() for way in ways(values.iloc[sample], time)] if len(sample) else []
    if len(sample) < _FEWEST or min(read, default=1.0) > _UNREAD:
        return None
    best = int(np.argmin(read))
    instants = np.full(len(values), _NEVER)
    instants[present] = next(
        way for at, way in enumerate(ways(values.iloc[present], time)) if at == best
    )
    return pd.Series((instants - time) / _SECOND, name=values.name)


def _texts(values: pd.Series, time: np.ndarray) -> Iterator[np.ndarray]:
    """Dates in the forms that databases print, the day first and the month first."""
    text = values.astype(str)
    text = text.where(text.str.contains(_DATED))
    if text.isna().mean() > _UNREAD:
        numbers = pd.to_numeric(values.astype(str), errors="coerce").astype(np.float64)
        yield from _numbers(numbers, time)
        return
    for is_day_first in (None, True, False):
        try:
            stamps, _ = parse_times(text, TimeColumn(column="", day_first=is_day_first))
        except DataError:
            continue
        yield stamps.to_numpy(dtype="datetime64[us]")


def _numbers(values: pd.Series, time: np.ndarray) -> Iterator[np.ndarray]:
    """In each unit, NaT where the instant is not near the payments."""
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    for size, since in (*((size, 0) for size in _MICROS), (_DAY, _SERIAL)):
        with np.errstate(over="ignore"):  # what is too large lies near no payment
            instants = numbers * size + since
        yield _near(instants, time)
    for size in (1.0, 1e6):
        yield _near(_spelt_out(numbers / size), time)


def _spelt_out(numbers: np.ndarray) -> np.ndarray:
    """Microseconds of days written as 20250131, NaN for other numbers; hours are left out."""
    whole = np.floor(np.where(np.isfinite(numbers) & (np.abs(numbers) < 1e8), numbers, 0.0))
    parts = {"year": whole // 10_000, "month": whole // 100 % 100, "day": whole % 100}
    days = pd.to_datetime(pd.DataFrame(parts), errors="coerce").to_numpy(dtype="datetime64[us]")
    return np.where(np.isnat(days), np.nan, days.astype(np.float64))


def _near(micros: np.ndarray, time: np.ndarray) -> np.ndarray:
    micros = np.where(np.isfinite(micros), micros, 2.0**63)
    low, high = time.min() - _YEAR, time.max() + _YEAR
    sane = np.abs(micros) < 2.0**62
    stamps = np.where(sane, micros, 0.0).astype(np.int64).view("datetime64[us]")
    return np.where(sane & (stamps >= low) & (stamps <= high), stamps, _NEVER)
