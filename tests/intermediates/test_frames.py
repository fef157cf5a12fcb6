"""A table between two steps comes back equal in every value, type and name."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fraud_assets.intermediates.frames import from_parquet, to_parquet

texts = st.one_of(st.text(max_size=8), st.just(np.nan))
anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.binary(max_size=5)
)


def series(size: int):
    def of(values, dtype):
        return st.lists(values, min_size=size, max_size=size).map(
            lambda drawn: pd.Series(drawn, dtype=dtype)
        )

    times = st.datetimes().map(np.datetime64)
    return st.one_of(
        arrays(np.float64, size, elements=st.floats()).map(pd.Series),
        arrays(np.int64, size).map(pd.Series),
        arrays(np.bool_, size).map(pd.Series),
        of(st.one_of(st.integers(-128, 127), st.just(pd.NA)), "Int8"),
        of(st.one_of(times, st.just(pd.NaT)), "datetime64[us]"),
        of(texts, object),
        of(texts, "str"),
        of(anything, object),
        of(st.one_of(st.integers(-(2**63), 2**63 - 1), st.just(pd.NA)), "int64[pyarrow]"),
    )


@st.composite
def frames(draw):
    size = draw(st.integers(0, 6))
    columns = draw(st.lists(series(size), max_size=4))
    names = [f"{draw(st.text(max_size=4))}|{at}" for at in range(len(columns))]
    frame = pd.DataFrame(dict(zip(names, columns, strict=True)), index=pd.RangeIndex(size))
    if draw(st.booleans()):
        frame.index = pd.Index(np.arange(size)[::-1] * 3, dtype=np.int64)
    return frame


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frames())
def test_any_table_comes_back_equal_to_the_bit(frame):
    """Law: writing and reading is the identity, NaN beside None and big integers included."""
    back = from_parquet(to_parquet(frame))

    pd.testing.assert_frame_equal(back, frame, check_exact=True, check_column_type=False)
    for name in frame:
        for then, now in zip(frame[name], back[name], strict=True):
            assert type(then) is type(now)


def test_a_table_is_plain_parquet_that_other_tools_read():
    """Oracle: pyarrow alone reads the numbers, without anything of ours."""
    data = to_parquet(pd.DataFrame({"amount": [1.5, np.nan], "chain": ["ETH", np.nan]}))

    table = pq.read_table(io.BytesIO(data))

    assert table.column(0).to_pylist()[0] == 1.5
    assert table.column(1).to_pylist() == ["ETH", None]


def test_an_index_of_words_is_refused():
    """Rows are known by their position; a step that loses it is told so."""
    with pytest.raises(TypeError, match="index of whole numbers"):
        to_parquet(pd.DataFrame({"a": [1]}, index=["x"]))


def test_equal_texts_come_back_as_one_object():
    """A column of few levels takes the memory of its levels, however many rows it has."""
    levels = pd.Series(["a level", np.nan, "another"] * 4, dtype=object)

    found = from_parquet(to_parquet(pd.DataFrame({"level": levels})))["level"]

    pd.testing.assert_series_equal(found, levels, check_names=False)
    assert len({id(text) for text in found}) == 3
