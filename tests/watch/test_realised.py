"""Realised recall is that of all frauds, though blocked ones have no label."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from benchmarks.released import WORLDS, covered
from fraud_assets.watch.realised import realised_recall


def known(caught: int, missed: int) -> np.ndarray:
    """Frauds whose label came: caught ones first."""
    return np.arange(caught + missed) < caught


@given(st.integers(0, 200), st.integers(0, 200))
def test_where_nothing_is_blocked_it_is_the_exact_interval(caught, missed):
    """Oracle: scipy's Clopper-Pearson."""
    found = realised_recall(known(caught, missed))
    if caught + missed:
        exact = binomtest(caught, caught + missed).proportion_ci(0.95, method="exact")
        assert (found.low, found.high) == pytest.approx((exact.low, exact.high))
        assert found.value == pytest.approx(caught / (caught + missed))
    else:
        assert (found.value, found.low, found.high) == (None, 0.0, 1.0)


def test_released_ones_stand_for_the_blocked_by_hand():
    """Nine of 900 caught frauds passed at 1 %, a hundred were missed: recall 900 / 1,000."""
    assert realised_recall(known(9, 100), release=0.01).value == pytest.approx(0.9)


def test_a_burst_of_one_sender_says_less_than_as_many_senders():
    """Ten senders of ten frauds each, caught or missed together, are worth ten frauds at most."""
    caught, senders = np.repeat(known(9, 1), 10), np.repeat(np.arange(10), 10)

    alone, together = realised_recall(caught), realised_recall(caught, senders)

    assert together.value == alone.value == pytest.approx(0.9)
    assert together.n == 100
    assert together.low < 0.7 < alone.low


@pytest.mark.parametrize("world", WORLDS)
def test_the_interval_covers_the_truth_with_one_in_a_hundred_released(world):
    """In at least 95 % of 400 worlds (less three standard errors); the benchmark lives more.

    Also where frauds come in bursts, and where large amounts never pass.
    """
    found = covered(world, worlds=400)

    assert found.value >= 0.95 - 3 * 0.011
    assert found.n == 400


def test_nothing_released_is_said():
    """Without release there is no recall to know."""
    with pytest.raises(ValueError, match="unknown where no flagged payment passes"):
        realised_recall(known(1, 1), release=0.0)
