"""Turns times as exported into instants: timestamps, texts in many formats, counts from an origin.

A date such as "03/04/2025" says by itself neither day nor month; its column does, once for all
rows, where any of its dates has a field above 12. Guessing row by row would scramble them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from fraud_assets.contract.times import TimeColumn
from fraud_assets.data.kinds.numbers import parse_numbers
from fraud_assets.data.kinds.text import as_written
from fraud_assets.errors import DataError
from fraud_assets.values.missing import NUMBER_WORDS

_YEAR = r"\d{4}"
"""Without a year a text is no instant; the parser alone would take "t5" for one."""

_FIELDS = r"^(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})(?:[T,\s]+(\S.*))?$"
"""Two fields that may each be day or month, the year, and perhaps a time of day."""

_MICROS = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}
_FIRST = np.datetime64("0001-01-01", "us")
_LAST = np.datetime64("9999-12-31T23:59:59.999999", "us")


def parse_times(values: pd.Series, time: TimeColumn) -> tuple[pd.Series, pd.Series]:
    """datetime64[us], UTC without zone, NaT for missing; and which values are no instants.

    Instants lie in the years 1 to 9999; what lies outside is marked.

    Raises
    ------
    DataError
        If most of the column's dates could be read with the day or the month first.
    """
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        stamps = values if getattr(values.dt, "tz", None) is None else values.dt.tz_convert(None)
        return _bounded(stamps, values.isna())
    if time.unit != "timestamp":
        return _counted(values, time)
    text = as_written(values).str.strip().str.lower()
    missing = (text.isna() | text.isin(list(NUMBER_WORDS))).astype(bool)
    text = _year_first(text.mask(missing), time.day_first, str(values.name))
    dated = text.str.contains(_YEAR).fillna(value=False).astype(bool)
    stamps = pd.to_datetime(text.where(dated), errors="coerce", utc=True, format="mixed")
    return _bounded(stamps.dt.tz_convert(None), missing)


def _counted(values: pd.Series, time: TimeColumn) -> tuple[pd.Series, pd.Series]:
    numbers, bad = parse_numbers(values)
    micros = numbers * _MICROS[time.unit]
    origin = np.datetime64(time.origin, "us").astype(np.int64)
    low, high = (float(bound.astype(np.int64) - origin) for bound in (_FIRST, _LAST))
    inside = (micros >= low) & (micros <= high)
    whole = micros.where(inside, 0).round().astype("int64") + origin
    stamps = pd.Series(whole.to_numpy().view("datetime64[us]"), index=values.index)
    return stamps.where(inside), bad | (numbers.notna() & ~inside)


def _bounded(stamps: pd.Series, missing: pd.Series) -> tuple[pd.Series, pd.Series]:
    inside = stamps.between(pd.Timestamp(_FIRST), pd.Timestamp(_LAST))
    stamps = stamps.where(inside).astype("datetime64[us]")
    return stamps, stamps.isna() & ~missing


def _year_first(text: pd.Series, day_first: bool | None, name: str) -> pd.Series:
    """Write dates such as "31/12/2025 10:00" as "2025-12-31 10:00"; other texts stay."""
    fields = text.str.extract(_FIELDS)
    found = fields[0].notna()
    if not found.any():
        return text
    first, second = (fields.loc[found, part].astype(int) for part in (0, 2))
    day_first = _decided(first, second) if day_first is None else day_first
    if day_first is None:
        _refuse_ambiguous(text[found], text.notna().sum(), name)
        return text.mask(found, "ambiguous")
    day, month = (first, second) if day_first else (second, first)
    padded = [part.astype(str).str.zfill(2) for part in (month, day)]
    clock = fields.loc[found, 4].fillna("00:00")
    written = fields.loc[found, 3] + "-" + padded[0] + "-" + padded[1] + " " + clock
    return text.where(~found, written.reindex(text.index))


def _decided(first: pd.Series, second: pd.Series) -> bool | None:
    """Whether the day comes first, by the fields that can be no month; None where none tells."""
    if (first == second).all():
        return True
    days = int((first > 12).sum()), int((second > 12).sum())
    return None if days[0] == days[1] else days[0] > days[1]


def _refuse_ambiguous(dates: pd.Series, present: int, name: str) -> None:
    """A few odd dates are marked row by row; a column of them needs a word from its owner."""
    if 2 * len(dates) > present:
        raise DataError(
            f"The dates of column {name!r} must show whether day or month comes first, but its "
            f"{len(dates):,} dates such as {dates.iloc[0]!r} do not. Declare it in [columns]: "
            'event_time = { column = "...", day_first = true } or false; it holds for all times.'
        )
