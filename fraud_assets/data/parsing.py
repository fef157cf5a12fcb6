"""Turns columns as exported into numbers, instants, text and labels, and tells what would not.

Each function returns the typed values and a mask of the rows whose value was there but could
not be understood; a missing value is never a fault by itself.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from fraud_assets.contract.schema import EventTime, Label
from fraud_assets.profiles import MISSING_TEXT

_NUMBER = r"[+-]?(?:(?:\d+|\d{{1,3}}(?:{t}\d{{3}})+)(?:{d}\d*)?|{d}\d+)(?:e[+-]?\d+)?"
"""Groups of thousands must be whole, so that "12,50" is never read as 1250."""

_YEAR = r"\d{4}"
"""Without a year a text is no instant; the parser alone would take "t5" for one."""


def parse_numbers(values: pd.Series, decimal: str = ".") -> tuple[pd.Series, pd.Series]:
    """float64 with NaN for missing; "1,234.50" is understood; infinities are not."""
    if pd.api.types.is_bool_dtype(values.dtype):
        values = values.astype("float64")
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.astype("float64")
        return numbers.where(np.isfinite(numbers)), np.isinf(numbers)
    text, missing = _text(values)
    thousands = "," if decimal == "." else "."
    plain = text.str.replace(r"[\s_'\u00a0]", "", regex=True)
    well_formed = plain.str.fullmatch(_NUMBER.format(t=re.escape(thousands), d=re.escape(decimal)))
    plain = plain.str.replace(thousands, "", regex=False).str.replace(decimal, ".", regex=False)
    understood = well_formed.fillna(value=False).astype(bool) & ~missing
    numbers = pd.to_numeric(plain.where(understood), errors="coerce").astype("float64")
    numbers = numbers.where(np.isfinite(numbers))
    return numbers, numbers.isna() & ~missing


def parse_times(values: pd.Series, time: EventTime) -> tuple[pd.Series, pd.Series]:
    """datetime64[us], UTC without zone, NaT for missing."""
    if time.unit != "timestamp":
        numbers, bad = parse_numbers(values)
        origin = pd.Timestamp(time.origin)
        delta = pd.to_timedelta(numbers, unit=time.unit)
        return (origin + delta).astype("datetime64[us]"), bad
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        stamps = values if getattr(values.dt, "tz", None) is None else values.dt.tz_convert(None)
        return stamps.astype("datetime64[us]"), pd.Series(data=False, index=values.index)
    text, missing = _text(values)
    dated = text.str.contains(_YEAR).fillna(value=False).astype(bool) & ~missing
    stamps = pd.to_datetime(text.where(dated), errors="coerce", utc=True, format="mixed")
    stamps = stamps.dt.tz_convert(None).astype("datetime64[us]")
    return stamps, stamps.isna() & ~missing


def parse_text(values: pd.Series, case: str = "keep") -> pd.Series:
    """Trimmed text in one case as object, NaN for missing."""
    text, missing = _text(values, lower=False)
    if case != "keep":
        text = text.str.upper() if case == "upper" else text.str.lower()
    return text.astype(object).where(~missing, np.nan)


def parse_labels(values: pd.Series, label: Label) -> tuple[pd.Series, pd.Series]:
    """Int8: 1 fraud, 0 legitimate, missing where unlabelled; text and numbers compare alike."""
    text, missing = _text(values)
    text = text.str.replace(r"\.0+$", "", regex=True)
    positive = text.isin([_scalar(value) for value in label.positive])
    negative = text.isin([_scalar(value) for value in label.negative])
    known = (positive | negative) & ~missing
    labels = positive.astype("Int8").where(known, pd.NA)
    return labels, ~known & ~missing


def _scalar(value: object) -> str:
    text = str(value).strip().lower()
    return text.removesuffix(".0")


def _text(values: pd.Series, *, lower: bool = True) -> tuple[pd.Series, pd.Series]:
    """Trimmed text and where it is missing; numbers that are whole lose their ".0"."""
    if pd.api.types.is_float_dtype(values.dtype):
        whole = values.dropna() % 1 == 0
        values = values.astype("Int64") if bool(whole.all()) else values
    text = values.astype("string").str.strip()
    folded = text.str.lower()
    missing = (folded.isna() | folded.isin(MISSING_TEXT)).astype(bool)
    return (folded if lower else text), missing
