"""Columns of text: categories in the contract's case, and identities with every digit kept.

`fraud_assets.values` says what each text becomes. Plain ASCII, which is most of what comes in,
goes through Arrow instead, whose case and trimming agree with Python's there and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from fraud_assets.data.kinds.distinct import DistinctValues, distinct, repeats
from fraud_assets.values.identity import EXACT, written
from fraud_assets.values.missing import NUMBER_WORDS, TEXT_WORDS
from fraud_assets.values.text import LetterCase, level

_PLAIN = r"^[!-~](?:[ -~]*[!-~])?$"
"""ASCII that prints, without blanks at its ends."""

_WHOLE = r"^[+-]?[0-9]+\.0+$"


def parse_text(
    column: pd.Series, case: LetterCase = "keep", missing: Collection[str] = TEXT_WORDS
) -> pd.Series:
    """Normalised text as object, NaN for missing; `missing` are folded words."""
    text = as_written(column)
    if repeats(text):
        return pd.Series(_one_by_one(text, case, missing), column.index, object, column.name)
    found = text.astype(object)
    if case != "keep":
        found = (text.str.upper() if case == "upper" else text.str.lower()).astype(object)
    plain = text.str.fullmatch(_PLAIN, na=True) & ~text.str.fullmatch(_WHOLE, na=False)
    plain &= ~text.str.lower().isin(list(missing))
    if not plain.all():
        found[~plain] = _one_by_one(text[~plain], case, missing)
    return found.where(found.notna(), np.nan)


def present_text(column: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Trimmed text (n,), and where it is missing in the widest sense: by any word for it."""
    text = parse_text(column, "keep", ()).astype("str")
    return text, text.isna() | text.str.lower().isin(NUMBER_WORDS)


def levels_of(
    found: DistinctValues, case: LetterCase, missing: Collection[str]
) -> list[str | float]:
    """The normalised text of each distinct text, NaN where it is a word for missing."""
    levels = (level(text, case, missing) for text in found.values)
    return [np.nan if known is None else known for known in levels]


def as_written(column: pd.Series) -> pd.Series:
    """The column's values as text, as `values.identity.written` writes each of them."""
    if isinstance(column.dtype, pd.StringDtype):
        return column.astype("str")
    if pd.api.types.is_float_dtype(column.dtype):
        return _floats_written(column)
    if pd.api.types.is_integer_dtype(column.dtype):
        return column.astype("string[pyarrow]").astype("str")
    found = distinct(column)
    table = [written(value) for value in found.values]
    return pd.Series(found.spread(table, None, object), column.index, "str", column.name)


def _floats_written(column: pd.Series) -> pd.Series:
    values = column.to_numpy(np.float64, na_value=np.nan)
    small = (np.abs(values) <= EXACT) & (values % 1 == 0)
    numbers = pd.Series(np.where(small, values, 0).astype(np.int64), column.index)
    text = numbers.astype("string[pyarrow]").astype("str")
    if not small.all():
        other = distinct(column[~small])
        table = [written(value) for value in other.values]
        text[~small] = other.spread(table, None, object)
    return text.rename(column.name)


def _one_by_one(text: pd.Series, case: LetterCase, missing: Collection[str]) -> np.ndarray:
    found = distinct(text)
    return found.spread(levels_of(found, case, missing), np.nan, object)
