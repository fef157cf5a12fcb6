"""Columns of numbers: float64 by the one reading of `fraud_assets.values.number`.

Texts such as "-12.50" and "1e-05" go through Arrow, which rounds as Python does; all others
through Python, once for each distinct value.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from fraud_assets.data.kinds.distinct import DistinctValues, distinct, repeats
from fraud_assets.values.missing import NUMBER_WORDS
from fraud_assets.values.number import LONGEST_NUMBER_TEXT, Sign, number
from fraud_assets.values.text import folded

PLAIN = {
    sign: rf"^-?[0-9]+(?:{point}[0-9]+)?(?:[eE][+-]?[0-9]+)?$"
    for sign, point in ((".", r"\."), (",", ","))
}
"""Numbers that need nothing but their decimal sign changed, by that sign."""


def parse_numbers(
    column: pd.Series, decimal: Sign = ".", missing: Collection[str] = NUMBER_WORDS
) -> tuple[pd.Series, pd.Series]:
    """float64 with NaN for missing, and the mask of values that are there and no finite numbers.

    `missing` are folded words; those that are numbers, such as "-999", are missing in a column
    of numbers too.
    """
    if pd.api.types.is_numeric_dtype(column.dtype):
        numbers = column.to_numpy(np.float64, na_value=np.nan)
        bad = np.isinf(numbers)
    elif isinstance(column.dtype, pd.StringDtype) and (all_plain := _plain(column, decimal)):
        numbers, bad = all_plain
    elif isinstance(column.dtype, pd.StringDtype) and not repeats(column):
        numbers, bad = _many_texts(column, decimal, missing)
    else:
        numbers, bad = _one_by_one(distinct(column), decimal, missing)
    gone = [value for word in missing if (value := number(word, decimal)) is not None]
    unknown = bad | np.isin(numbers, gone) if gone else bad
    numbers = np.where(unknown, np.nan, numbers) if unknown.any() else numbers
    return (
        pd.Series(numbers, column.index, np.float64, column.name),
        pd.Series(bad, column.index, bool, column.name),
    )


def _plain(
    column: pd.Series, decimal: Sign
) -> tuple[NDArray[np.float64], NDArray[np.bool_]] | None:
    """The numbers of a column of texts that Arrow takes as they stand; None where some are not.

    What it takes beyond Python's reading are words such as "inf", and no number is missing.
    """
    if decimal != "." or not _short(column).all():
        return None
    try:
        numbers = column.astype("float64[pyarrow]").to_numpy(np.float64, na_value=np.nan)
    except (pa.ArrowInvalid, ValueError):
        return None
    is_sound = np.isfinite(numbers) | column.isna().to_numpy()
    return (numbers, np.zeros(len(column), dtype=bool)) if is_sound.all() else None


def _short(column: pd.Series) -> NDArray[np.bool_]:
    lengths = column.str.len().to_numpy(np.float64, na_value=0.0)
    return np.asarray(lengths <= LONGEST_NUMBER_TEXT)


def _many_texts(
    column: pd.Series, decimal: Sign, missing: Collection[str]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    plain = column.str.fullmatch(PLAIN[decimal], na=True).to_numpy(dtype=bool) & _short(column)
    simple = column[plain].str.replace(decimal, ".", regex=False)
    numbers = np.empty(len(column))
    bad = np.zeros(len(column), dtype=bool)
    numbers[plain] = simple.astype("float64[pyarrow]").to_numpy(np.float64, na_value=np.nan)
    if not plain.all():
        numbers[~plain], bad[~plain] = _one_by_one(distinct(column[~plain]), decimal, missing)
    return numbers, bad | np.isinf(numbers)


def _one_by_one(
    found: DistinctValues, decimal: Sign, missing: Collection[str]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    table = [number(value, decimal) for value in found.values]
    bad = [
        result is None and not (isinstance(value, str) and folded(value) in missing)
        for result, value in zip(table, found.values, strict=True)
    ]
    values = [np.nan if result is None else result for result in table]
    return found.spread(values, np.nan, np.float64), found.spread(bad, missing=False, dtype=bool)
