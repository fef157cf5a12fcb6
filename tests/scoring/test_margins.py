"""A linear margin is added in the order of its columns, whatever the machine."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.scoring.margins import Linear

numbers = st.floats(-1e9, 1e9)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=40))
def test_one_row_and_many_give_the_bits_of_a_plain_loop(pairs):
    """Python's own additions from the left, so that no release and no processor changes a bit."""
    weights, values = (np.array(part) for part in zip(*pairs, strict=True))
    expected = 0.0
    for weight, value in pairs:
        expected += weight * value
    linear = Linear(weights)
    linear.row[:] = values

    assert linear.one() == expected
    assert linear.one() == expected
    assert linear.many(np.stack([values, values])).tolist() == [expected, expected]
