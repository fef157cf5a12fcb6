"""Columns of several files come together without the loss of a digit."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.data.kinds.exact import exact_frame, joined_frames
from fraud_assets.data.kinds.text import parse_text

BIG = 2**53 + 1


def together(*pieces: pd.Series) -> pd.Series:
    return joined_frames([pd.DataFrame({"x": piece}) for piece in pieces])["x"]


def test_an_integer_beside_a_missing_one_stays_an_integer():
    """Parquet's 64-bit ids keep their digits beside a null; without one they stay int64."""
    table = pa.table({"a": pa.array([BIG, None]), "b": pa.array([BIG, 1])})

    frame = exact_frame(table)

    assert frame["a"].tolist() == [BIG, pd.NA]
    assert frame["b"].dtype == np.int64


@pytest.mark.parametrize(
    "other",
    [
        pd.Series([1.0, np.nan]),
        pd.Series(["1", None]),
        pd.Series([None, None], dtype=object),
        pd.Series([1, None], dtype="Int64"),
        pd.Series([2**64 - 1], dtype="UInt64"),
        pd.Series([Decimal("1.50")], dtype=object),
        pd.Series([], dtype=object),
        pd.Series([True, False]),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_another_files_type_changes_no_digit(other: pd.Series, first: bool):
    """An id above 2^53 is the same text beside whatever another week holds."""
    ids = pd.Series([BIG, BIG + 1])

    found = together(other, ids) if first else together(ids, other)

    texts = parse_text(found).dropna().tolist()
    alone = [parse_text(piece) for piece in ((other, ids) if first else (ids, other))]
    assert {str(BIG), str(BIG + 1)} <= set(texts)
    assert texts == [text for piece in alone for text in piece.dropna()]


def test_types_that_one_type_holds_stay_fast():
    """Small integers beside floats are floats; instants of two resolutions are instants."""
    assert together(pd.Series([1, 2]), pd.Series([0.5])).dtype == np.float64
    stamps = [pd.Series(pd.to_datetime(["2025-01-01"])).dt.as_unit(unit) for unit in ("s", "us")]
    assert pd.api.types.is_datetime64_dtype(together(*stamps).dtype)


@given(st.lists(st.lists(st.integers(-(2**63), 2**63 - 1) | st.none(), max_size=4), min_size=1))
def test_no_integer_changes_however_files_are_cut(files: list[list[int | None]]):
    """Law: what comes out is what went in, in order, for any cut into files and any nulls."""
    frames = [exact_frame(pa.table({"x": pa.array(file, pa.int64())})) for file in files]

    found = joined_frames(frames)["x"]

    expected = [value for file in files for value in file]
    assert [None if pd.isna(value) else int(value) for value in found] == expected
