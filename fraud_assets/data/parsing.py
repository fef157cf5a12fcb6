"""Turns columns as exported into numbers, text and labels, and tells what would not.

Each function returns the typed values and a mask of the rows whose value was there but could
not be understood; a missing value is never a fault by itself.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from fraud_assets.contract.schema import Label
from fraud_assets.profiles import MISSING_TEXT

_NUMBER = r"[+-]?(?:(?:\d+|\d{{1,3}}(?:{t}\d{{3}})+)(?:{d}\d*)?|{d}\d+)(?:e[+-]?\d+)?"
"""Groups of thousands must be whole, so that "12,50" is never read as 1250."""

_EXACT = 2.0**53
"""Below it every whole float64 is one integer and no other."""

LARGEST_NUMBER = 1e15
"""Beyond it a float64 no longer holds cents, and squares and sums of a column lose the rest."""


def parse_numbers(values: pd.Series, decimal: str = ".") -> tuple[pd.Series, pd.Series]:
    """float64 with NaN for missing; "1,234.50" is understood; infinities are not."""
    if pd.api.types.is_bool_dtype(values.dtype):
        values = values.astype("float64")
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.astype("float64")
        return numbers.where(np.isfinite(numbers)), np.isinf(numbers)
    text, missing = trimmed(values)
    thousands = "," if decimal == "." else "."
    plain = text.str.replace("[\\s_'\u00a0]", "", regex=True)
    well_formed = plain.str.fullmatch(_NUMBER.format(t=re.escape(thousands), d=re.escape(decimal)))
    plain = plain.str.replace(thousands, "", regex=False).str.replace(decimal, ".", regex=False)
    understood = well_formed.fillna(value=False).astype(bool) & ~missing
    numbers = pd.to_numeric(plain.where(understood), errors="coerce").astype("float64")
    numbers = numbers.where(np.isfinite(numbers))
    return numbers, numbers.isna() & ~missing


def parse_text(values: pd.Series, case: str = "keep") -> pd.Series:
    """Trimmed text in one case as object, NaN for missing."""
    text, missing = trimmed(values, lower=False)
    if case != "keep":
        text = text.str.upper() if case == "upper" else text.str.lower()
    return text.astype(object).where(~missing, np.nan)


def parse_labels(values: pd.Series, label: Label) -> tuple[pd.Series, pd.Series]:
    """Int8: 1 fraud, 0 legitimate, missing where unlabelled; text and numbers compare alike."""
    text, missing = trimmed(values)
    text = text.str.replace(r"\.0+$", "", regex=True)
    positive = text.isin([scalar_text(value).lower() for value in label.positive])
    negative = text.isin([scalar_text(value).lower() for value in label.negative])
    known = (positive | negative).astype(bool)  # a contract may call its negatives "none"
    labels = positive.astype("Int8").where(known, pd.NA)
    return labels, ~known & ~missing


def scalar_text(value: object) -> str:
    """A contract's scalar as `trimmed` writes the same value of a column: 1, 1.0 and "1" alike."""
    return str(value).strip().removesuffix(".0")


def trimmed(values: pd.Series, *, lower: bool = True) -> tuple[pd.Series, pd.Series]:
    """Trimmed text and where it is missing; numbers that are whole lose their ".0"."""
    text = values.astype("string").str.strip()
    if pd.api.types.is_float_dtype(values.dtype):
        whole = ((values % 1 == 0) & (values.abs() < _EXACT)).fillna(value=False).astype(bool)
        text[whole] = values[whole].astype("int64").astype("string")
    folded = text.str.lower()
    missing = (folded.isna() | folded.isin(MISSING_TEXT)).astype(bool)
    return (folded if lower else text), missing
