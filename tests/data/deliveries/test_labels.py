"""When a payment counts as fraud, by what its deliveries say: by hand, and the slow way."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.features.labels import NEVER, Statement, fraud_periods

FRAUD, FINE = True, False
MATURED = 14


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([(FINE, None), (FRAUD, 5)], [(5, NEVER)]),
        ([(FRAUD, 5), (FINE, 9)], [(5, 9)]),
        ([(FRAUD, 5), (FINE, 9), (FRAUD, 20)], [(5, 9), (20, NEVER)]),
        ([(FRAUD, 5), (FRAUD, 8)], [(5, NEVER)]),
        ([(FRAUD, 8), (FRAUD, 5)], [(5, NEVER)]),
        ([(FRAUD, 5), (FINE, None)], [(5, MATURED)]),
        ([(FRAUD, 5), (FINE, 5)], [(5, MATURED)]),
        ([(FRAUD, 20), (FINE, None)], []),
        ([(FRAUD, 20), (FINE, 3)], []),
        ([(FRAUD, None), (FINE, None)], []),
        ([(FINE, None), (FRAUD, None)], [(MATURED, NEVER)]),
        ([(FRAUD, 5), (FINE, 30), (FRAUD, 25)], [(5, NEVER)]),
        ([(FRAUD, 5, True), (FINE, 5, True)], []),
        ([(FRAUD, 5, True), (FINE, 5, True), (FRAUD, 8, True)], [(8, NEVER)]),
        ([(FINE, 9), (FINE, 12)], []),
        ([(FRAUD, 5), (FINE, 9), (FRAUD, None), (FINE, 40)], [(5, 9), (14, 40)]),
    ],
)
def test_by_hand(said, expected):
    """A label holds from when it was known until a later delivery's label is known."""
    assert fraud_periods([Statement(*one) for one in said], MATURED) == expected


def slowly(statements: list[Statement], at: int) -> bool:
    """What was known at `at`: the latest delivery whose label was known by then."""
    label, reported, known = False, None, []
    for is_fraud, said, is_timed in statements:
        first = reported is None and not is_fraud
        no_time = said is None or (not is_fraud and reported is not None and said <= reported)
        later = reported if is_timed and said is not None else max([MATURED, *known])
        start = -1 if first else later if no_time else said
        known.append(start)
        reported = start if is_fraud else reported
        if start <= at:
            label = is_fraud
    return label


@given(
    st.lists(
        st.builds(Statement, st.booleans(), st.none() | st.integers(0, 30), st.booleans()),
        max_size=6,
    ),
    st.integers(0, 40),
)
def test_periods_say_at_each_instant_what_the_slow_way_says(statements, at):
    """Law: inside a period exactly where the latest known label is fraud; no two touch."""
    periods = fraud_periods(statements, MATURED)

    assert any(start <= at < end for start, end in periods) == slowly(statements, at)
    assert all(start < end for start, end in periods)
    assert all(a.end < b.start for a, b in itertools.pairwise(periods))
