"""Turns times as exported into instants: timestamps, texts in many formats, counts from an origin.

A date such as "03/04/2025" says by itself neither day nor month; its column does, once for all
rows, where any of its dates has a field above 12. Guessing row by row would scramble them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from fraud_assets.data.kinds.numbers import parse_numbers
from fraud_assets.data.kinds.text import as_written
from fraud_assets.data.kinds.zones import has_offset, in_named_zones, localised, zone_words
from fraud_assets.errors import DataError
from fraud_assets.terms.times import TimeColumn
from fraud_assets.values.missing import NUMBER_WORDS

_YEAR = r"\d{4}"
"""Without a year a text is no instant; the parser alone would take "t5" for one."""

_FIELDS = r"^(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})(?:[T,\s]+(\S.*))?$"
"""Two fields that may each be day or month, the year, and perhaps a time of day."""

_COMPACT = (
    r"^((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:[T ]?([0-2]\d)([0-5]\d)([0-5]\d))?$"
)
_SECONDS = r"(:\d{2}),(\d)"
_COUNT = r"^\d{9,19}(?:\.\d+)?$"

_MICROS = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3, "excel_days": 86_400e6}
_SIZES = ((1e17, "ns"), (1e14, "us"), (1e11, "ms"), (1e8, "s"))
"""Counts since 1970 of the years 1973 to 5138, by the unit that gives such a size."""

_EXCEL = np.datetime64("1899-12-30", "us")
_FIRST = np.datetime64("0001-01-01", "us")
_LAST = np.datetime64("9999-12-31T23:59:59.999999", "us")


def parse_times(values: pd.Series, time: TimeColumn) -> tuple[pd.Series, pd.Series]:
    """datetime64[us], UTC without zone, NaT for missing; and which values are no instants.

    Instants lie in the years 1 to 9999; what lies outside is marked. Times without a zone are
    those of `time.zone` (see `kinds.zones.localised`), by default UTC.

    Raises
    ------
    DataError
        If most of the column's dates could be read with the day or the month first.
    """
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        if getattr(values.dt, "tz", None) is not None:
            return _bounded(values.dt.tz_convert(None), values.isna())
        stamps, bad = _bounded(values, values.isna())
        return localised(stamps, time.zone)[0], bad
    if time.unit != "timestamp":
        stamps, bad = _counted(values, time, time.unit)
        return (localised(stamps, time.zone)[0] if time.unit == "excel_days" else stamps), bad
    if pd.api.types.is_numeric_dtype(values.dtype):
        return _written(as_written(values.astype(object)), time, str(values.name))
    return _written(as_written(values), time, str(values.name))


def _written(text: pd.Series, time: TimeColumn, name: str) -> tuple[pd.Series, pd.Series]:
    text = text.str.strip()
    missing = (text.isna() | text.str.lower().isin(list(NUMBER_WORDS))).astype(bool)
    text = text.mask(missing)
    if time.format is not None:
        stamps = pd.to_datetime(text, format=time.format, errors="coerce", utc=True)
        stamps, bad = _bounded(stamps.dt.tz_convert(None), missing)
        return (stamps if "%z" in time.format else localised(stamps, time.zone)[0]), bad
    counts = text.str.fullmatch(_COUNT, na=False) & ~text.str.fullmatch(_COMPACT, na=False)
    stamps, bad = _texts(text.mask(counts), missing | counts, time, name)
    for size, unit in _SIZES if counts.any() else ():
        numbers = pd.to_numeric(text.where(counts), errors="coerce")
        rows = (counts & (numbers >= size) & (numbers < size * 1e3)).astype(bool)
        if rows.any():
            stamps[rows], bad[rows] = _counted(text[rows], time, unit)
    return stamps, bad | (stamps.isna() & ~missing)


def _texts(
    text: pd.Series, missing: pd.Series, time: TimeColumn, name: str
) -> tuple[pd.Series, pd.Series]:
    text, words = zone_words(text)
    text = text.str.replace(_COMPACT, _spread, regex=True).str.replace(
        _SECONDS, r"\1.\2", regex=True
    )
    text = _year_first(text, time.day_first, name)
    dated = text.str.contains(_YEAR).fillna(value=False).astype(bool)
    stamps = pd.to_datetime(text.where(dated), errors="coerce", utc=True, format="mixed")
    stamps, bad = _bounded(stamps.dt.tz_convert(None), missing)
    absolute = has_offset(text)
    if words.notna().any():
        local = words.where(~absolute)
        stamps = in_named_zones(stamps, local, time.zone)
    naive = ~absolute & words.isna()
    if time.zone is not None and naive.any():
        stamps[naive] = localised(stamps[naive], time.zone)[0]
    return stamps, bad | (stamps.isna() & ~missing)


def _spread(found: object) -> str:
    year, month, day, *clock = found.groups()  # type: ignore[attr-defined]
    return f"{year}-{month}-{day}" + (f" {':'.join(clock)}" if clock[0] else "")


def _counted(values: pd.Series, time: TimeColumn, unit: str) -> tuple[pd.Series, pd.Series]:
    numbers, bad = parse_numbers(values)
    micros = numbers * _MICROS[unit]
    start = _EXCEL if unit == "excel_days" else np.datetime64(time.origin, "us")
    origin = start.astype(np.int64)
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
