"""A count and its noun agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.values.counted import counted


@pytest.mark.parametrize(
    ("count", "one", "many", "expected"),
    [
        (1, "fraud", None, "1 fraud"),
        (0, "fraud", None, "0 frauds"),
        (2, "entry", None, "2 entries"),
        (1_204, "day", None, "1,204 days"),
        (3, "batch", None, "3 batches"),
        (1, "row has", "rows have", "1 row has"),
        (7, "row has", "rows have", "7 rows have"),
    ],
)
def test_by_hand(count, one, many, expected):
    """With thousands apart, and a verb where one is given."""
    assert counted(count, one, many) == expected


@given(st.integers(0, 10**12), st.sampled_from(["payment", "alarm", "row", "family"]))
def test_the_number_can_be_read_back_and_only_one_is_single(count, noun):
    """A law."""
    number, word = counted(count, noun).split(" ")

    assert int(number.replace(",", "")) == count
    assert (word == noun) is (count == 1)
