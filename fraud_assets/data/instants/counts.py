"""Counts from an origin: seconds to nanoseconds, and a spreadsheet's serial days."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fraud_assets.data.notes import Note
from fraud_assets.terms.times import EPOCH, TimeColumn

MICROS = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3, "excel_days": 86_400e6}
SIZES = ((1e17, "ns"), (1e14, "us"), (1e11, "ms"), (1e8, "s"))
"""Counts since 1970 of the years 1973 to 5138, by the unit that gives such a size."""

EXCEL = np.datetime64("1899-12-30", "us")
FIRST = np.datetime64("0001-01-01", "us")
LAST = np.datetime64("9999-12-31T23:59:59.999999", "us")

FEWEST = 20
"""Counts that say by their size in which unit a column is."""


def instants_of_counts(numbers: pd.Series, time: TimeColumn, unit: str) -> pd.Series:
    """Instants of float64 counts (n,), datetime64[us]; NaT outside of the years 1 to 9999."""
    micros = numbers * MICROS[unit]
    start = EXCEL if unit == "excel_days" else np.datetime64(time.origin, "us")
    origin = start.astype(np.int64)
    low, high = (float(bound.astype(np.int64) - origin) for bound in (FIRST, LAST))
    inside = (micros >= low) & (micros <= high)
    whole = micros.where(inside, 0).round().astype("int64") + origin
    stamps = pd.Series(whole.to_numpy().view("datetime64[us]"), index=numbers.index)
    return stamps.where(inside)


def unit_fault(numbers: pd.Series, time: TimeColumn, name: str) -> Note | None:
    """A fault where a column's counts since 1970 are of the size of another unit than declared."""
    known = numbers.dropna().abs()
    if time.unit not in ("s", "ms", "us", "ns") or time.origin != EPOCH or len(known) < FEWEST:
        return None
    middle = float(known.median())
    likely = next((unit for size, unit in SIZES if middle >= size), None)
    if likely is None or likely == time.unit:
        return None
    declared, meant = (pd.Timestamp(0) for _ in range(2))
    try:
        declared += pd.Timedelta(middle, unit=time.unit)
        seen = f"of {declared:%Y-%m-%d}"
    except (OverflowError, ValueError):
        seen = "beyond the year 9999"
    meant += pd.Timedelta(middle, unit=likely)
    return Note(
        "unit_suspected",
        f"Column {name!r} must hold counts in {time.unit} since 1970, but half of them are of the "
        f"size of {middle:.0f}, which is {seen} so read, and of {meant:%Y-%m-%d} in {likely}. "
        f'Declare unit = "{likely}", or the origin from which they count.',
        len(known),
        name,
    )
