"""What callers may send, number by number and all at once."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.scoring.limits import LARGEST, admits, admits_numbers
from fraud_assets.scoring.spec import Numeric, Wording

SMALL = st.sampled_from([-2.0, -1.0, -0.0, 0.0, 1.0, 2.0, 2.5])
NUMBERS = st.lists(st.one_of(SMALL, st.floats(), st.just(LARGEST), st.just(math.nan)), max_size=8)


@given(
    NUMBERS,
    st.none() | SMALL,
    st.none() | SMALL,
    st.none() | st.lists(SMALL, min_size=1, max_size=3).map(tuple),
    st.booleans(),
)
def test_all_numbers_at_once_are_admitted_as_one_by_one(numbers, low, high, one_of, required):
    """NaN is the missing number."""
    rules = {"minimum": low, "maximum": high, "one_of": one_of, "required": required}
    feature = Numeric("x", "", Wording("", "", "", ""), 0.0, 0.0, 1.0, 0, **rules)

    found = admits_numbers(feature, np.array(numbers, dtype=np.float64))

    assert found.tolist() == [
        admits(feature, None if math.isnan(one) else one, str) for one in numbers
    ]
