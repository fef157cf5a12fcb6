"""Arrays on disk in narrow types: fewer bytes, the same bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.features.batch.pieces.lots import Lot, LotFile, joined, narrow, read_lots

WHOLE = st.integers(-(2**63), 2**63 - 1) | st.integers(-200, 200)
FLOATS = st.floats() | st.integers(-40_000, 40_000).map(float) | st.sampled_from([-0.0, 2.0**31])


@given(st.lists(FLOATS, max_size=30))
def test_numbers_come_back_bit_for_bit(given_numbers: list[float]) -> None:
    """Missing and infinite ones, minus zero and numbers beyond every integer included."""
    values = np.array(given_numbers, dtype=np.float64)

    small = narrow(values)

    back = np.broadcast_to(small, len(values)) if len(small) == 1 else small
    assert back.astype(np.float64).tobytes() == values.tobytes()
    assert small.nbytes <= values.nbytes


@given(st.lists(st.lists(WHOLE, max_size=9), min_size=1, max_size=4))
def test_lots_come_back_whole_and_joined(tmp_path_factory, lots: list[list[int]]) -> None:
    """One after the other in a file, each in the types that its own values need."""
    path = tmp_path_factory.mktemp("lots") / "lots"
    columns = [np.array(values, dtype=np.int64) for values in lots]
    masks = [values > 0 for values in columns]
    path.write_bytes(
        b"".join(
            Lot(len(values), (narrow(values), narrow(mask))).packed()
            for values, mask in zip(columns, masks, strict=True)
        )
    )

    found = read_lots(path, 2)

    assert [lot.rows for lot in found] == [len(values) for values in columns]
    assert joined(found, 0).tolist() == np.concatenate(columns).tolist()
    assert joined(found, 1).tolist() == np.concatenate(masks).tolist()


def test_few_bytes_where_values_are_small() -> None:
    """By hand: a byte for counts below 128, two below 32,768, none but one where all are equal."""
    assert narrow(np.array([0.0, 127.0])).dtype == np.int8
    assert narrow(np.array([0.0, 128.0])).dtype == np.int16
    assert narrow(np.array([0, 2**31])).dtype == np.int64
    assert narrow(np.array([0.5, 1.0])).dtype == np.float64
    assert narrow(np.full(9, 3.0)).tolist() == [3]
    assert narrow(np.ones(9, dtype=bool)).tolist() == [True]


def test_some_rows_of_a_file_are_read(tmp_path: Path) -> None:
    """Each array from a row on; a file that ends before them is said, never filled up."""
    path = tmp_path / "values"
    arrays = (np.arange(9.0) / 2, narrow(np.full(9, 7.0)), narrow(np.arange(9.0)))
    path.write_bytes(Lot(9, arrays).packed())

    found = [part.tolist() for part in LotFile(path, 3).read(4, 3)]

    assert found == [[2.0, 2.5, 3.0], [7], [4, 5, 6]]
    with pytest.raises(EOFError, match="must hold 3 rows from 7 on"):
        list(LotFile(path, 3).read(7, 3))
