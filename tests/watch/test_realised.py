"""Realised recall is that of all frauds, though blocked ones have no label."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from fraud_assets.watch.realised import realised_recall


@given(st.integers(0, 200), st.integers(0, 200))
def test_where_nothing_is_blocked_it_is_the_exact_interval(caught, missed):
    """Oracle: scipy's Clopper-Pearson."""
    found = realised_recall(caught, missed)
    if caught + missed:
        exact = binomtest(caught, caught + missed).proportion_ci(0.95, method="exact")
        assert (found.low, found.high) == pytest.approx((exact.low, exact.high))
        assert found.value == pytest.approx(caught / (caught + missed))
    else:
        assert (found.value, found.low, found.high) == (None, 0.0, 1.0)


def test_released_ones_stand_for_the_blocked_by_hand():
    """Nine of 900 caught frauds passed at 1 %, a hundred were missed: recall 900 / 1,000."""
    assert realised_recall(9, 100, release=0.01).value == pytest.approx(0.9)


def test_the_interval_covers_the_truth_with_one_in_a_hundred_released():
    """In at least 95 % of 2,000 worlds (less three standard errors)."""
    random = np.random.default_rng(7)
    truth, release, frauds, covered = 0.9, 0.01, 1500, 0
    for _ in range(2000):
        caught = random.binomial(frauds, truth)
        found = realised_recall(
            int(random.binomial(caught, release)), int(frauds - caught), release
        )
        covered += found.low <= truth <= found.high

    assert covered / 2000 >= 0.95 - 0.0146


def test_nothing_released_is_said():
    """Without release there is no recall to know."""
    with pytest.raises(ValueError, match="unknown where no flagged payment passes"):
        realised_recall(1, 1, release=0.0)
