"""Window sums are exact and rounded once: `math.fsum` is the outside oracle."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.features.batch.sums import Sums, exact_sums

some = settings(deadline=None, max_examples=200)
finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)
cents = st.integers(-(10**9), 10**9).map(lambda n: n / 100)
near_halves = st.integers(0, 8).map(lambda n: 2.0**53 + n)


@some
@given(st.lists(finite | cents | near_halves, min_size=1, max_size=40), st.data())
def test_a_sum_is_the_exact_one_rounded_once(values: list[float], data: st.DataObject) -> None:
    """Over all magnitudes, signs and halves: the bits that `math.fsum` gives."""
    low = data.draw(st.integers(0, len(values)))
    high = data.draw(st.integers(low, len(values)))
    own = data.draw(st.integers(0, len(values) - 1))

    found = exact_sums(np.array(values), np.array([low]), np.array([high]))
    with_own = exact_sums(np.array(values), np.array([low]), np.array([high]), np.array([own]))

    assert found.tobytes() == np.array([math.fsum(values[low:high]) + 0.0]).tobytes()
    assert with_own[0] == math.fsum([*values[low:high], values[own]])


@some
@given(st.lists(finite, min_size=1, max_size=30), st.randoms())
def test_the_order_of_rows_changes_no_bit(values: list[float], random: object) -> None:
    """Payments of one instant may stand in any order, in a file or on arrival."""
    shuffled = random.sample(values, len(values))  # type: ignore[attr-defined]
    whole = np.array([0]), np.array([len(values)])

    assert exact_sums(np.array(shuffled), *whole) == exact_sums(np.array(values), *whole)


def test_a_sum_worked_by_hand() -> None:
    """0.1 + 0.2 + 0.3 is 0.6 when it is rounded once, and 0.6000000000000001 step by step."""
    values = np.array([0.1, 0.2, 0.3, 1e17, 1.0, -1e17])

    found = exact_sums(values, np.array([0, 3]), np.array([3, 6]))

    assert found.tolist() == [0.6, 1.0]
    assert 0.1 + 0.2 + 0.3 != 0.6


def test_missing_values_do_not_count() -> None:
    """NaN is no number, neither in a range nor as a row's own value."""
    sums = Sums(np.array([1.5, np.nan, 2.5]), np.array([1, 2]))

    total, number = sums.between(np.array([0, 0]), np.array([1, 2]), own=True)

    assert total.tolist() == [1.5, 4.0]
    assert number.tolist() == [1, 2]


@pytest.mark.parametrize("size", [3, 2**18 + 5])
def test_ranges_beyond_a_block_are_summed_alike(size: int) -> None:
    """More ranges than are summed at once give what each gives alone."""
    values = np.random.default_rng(1).lognormal(3, 2, size).round(2)
    high = np.arange(1, size + 1)
    low = np.maximum(0, high - 7)

    found = exact_sums(values, low, high)

    for at in (0, size // 2, size - 1):
        assert found[at] == math.fsum(values[low[at] : high[at]])


def test_an_infinite_value_stays_in_its_window() -> None:
    """What left the window leaves no trace, however large it was."""
    values = np.array([np.inf, 1.0, 2.0, -np.inf])

    found = exact_sums(values, np.array([0, 1, 1, 0]), np.array([2, 3, 4, 4]))

    np.testing.assert_array_equal(found, [np.inf, 3.0, -np.inf, np.nan])
