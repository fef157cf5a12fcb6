"""Which family wins, and the words for it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fraud_assets.documents.report.search import LeaderboardRow
from fraud_assets.modelling.candidates import Leaderboard
from fraud_assets.modelling.choice import choose_family, is_tie, paired_difference

AUC = st.lists(st.floats(0.5, 1), min_size=5, max_size=5)


def board(**fold_auc: list[float]) -> Leaderboard:
    made = [
        LeaderboardRow(name, {}, tuple(auc), float(np.mean(auc)), 0.0, 0.5, 1.0, 5.0, "onehot", 8)
        for name, auc in fold_auc.items()
    ]
    ordered = tuple(sorted(made, key=lambda c: -c.auc_mean))
    return Leaderboard(ordered, 100, 10, 90, 90, 1.0)


@given(AUC, AUC)
def test_interval_is_scipys(first: list[float], second: list[float]):
    """The paired interval equals scipy's related t-test's confidence interval."""
    if np.ptp(np.subtract(first, second)) < 1e-6:
        return

    _, low, high = paired_difference(first, second)

    oracle = stats.ttest_rel(first, second).confidence_interval(0.95)
    assert (low, high) == pytest.approx((oracle.low, oracle.high), abs=1e-9)


def test_hand_worked_difference():
    """Differences 1, 2, 3, 4, 5 hundredths: mean .03, half width 2.776 * .01581 / sqrt(5)."""
    mean, low, high = paired_difference([0.91, 0.92, 0.93, 0.94, 0.95], [0.9] * 5)

    assert mean == pytest.approx(0.03)
    assert high - mean == pytest.approx(2.7764 * 0.0158114 / 5**0.5, rel=1e-4)
    assert mean - low == pytest.approx(high - mean)


def test_tie_goes_to_the_cheaper():
    """A family within noise of the best and cheaper to serve wins, and the sentence says so."""
    choice = choose_family(
        board(
            gradient_boosting=[0.95, 0.96, 0.95, 0.96, 0.95],
            hist_gradient_boosting=[0.951, 0.957, 0.951, 0.957, 0.951],
            logistic_regression=[0.87, 0.86, 0.87, 0.88, 0.87],
        )
    )

    assert choice.family == "hist_gradient_boosting"
    assert "gradient_boosting has the best mean ROC-AUC, 0.9540 over 5 folds" in choice.sentence
    assert "tied with it (paired difference" in choice.sentence
    assert "n = 5 folds" in choice.sentence


def test_a_shown_difference_is_no_tie():
    """A small difference that every fold shows goes to the better family."""
    choice = choose_family(
        board(random_forest=[0.953, 0.963, 0.973], logistic_regression=[0.95, 0.96, 0.97])
    )

    assert choice.family == "random_forest"
    assert "is tied with none" in choice.sentence


def test_noise_is_not_equality():
    """A wide interval around a large difference is lack of evidence, not a tie."""
    assert not is_tie([0.9, 0.7, 0.95], [0.85, 0.75, 0.7])
    assert is_tie([0.9, 0.7, 0.95], [0.91, 0.69, 0.94])
