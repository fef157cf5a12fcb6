"""What a guarantee costs, beside plain aims, and what would mend it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from fraud_assets.contract.sections.policy import Policy, ThresholdRule
from fraud_assets.errors import InsufficientEvidenceError
from fraud_assets.modelling.judging.guarantee import (
    clustered_rank,
    frauds_for_share,
    guarantee,
    guarantee_of,
    guaranteed_rank,
)
from fraud_assets.modelling.judging.prices import keeps
from fraud_assets.modelling.judging.thresholds import choose_threshold

POLICY = Policy()


def week(rng: np.random.Generator, frauds: int, shift: float = 0.0) -> tuple:
    """Scores and labels of frauds and ten times as many others."""
    scores = np.r_[rng.normal(2 + shift, 1, frauds), rng.normal(-1, 1, 10 * frauds)]
    return 1 / (1 + np.exp(-scores)), np.r_[np.ones(frauds), np.zeros(10 * frauds)]


def test_the_prices_stand_side_by_side():
    """The way taken first, then the plain aims; each with what it catches and flags."""
    scores, labels = week(np.random.default_rng(0), 300)

    found = choose_threshold(scores, labels, POLICY)

    assert [row.way for row in found.prices] == [
        "guarantee", "plain aim of 0.94", "plain aim of 0.90",
    ]  # fmt: skip
    assert found.prices[0].threshold == found.value
    for row in found.prices:
        flagged = scores >= row.threshold
        assert row.recall.k == int((flagged & (labels == 1)).sum())
        assert (row.alert_rate.k, row.alert_rate.n) == (int(flagged.sum()), len(scores))
        assert row.precision.n == int(flagged.sum())
    aim = choose_threshold(scores, labels, Policy(threshold=ThresholdRule(rule="aim", aim=0.92)))
    assert [row.way for row in aim.prices] == ["plain aim of 0.92", "plain aim of 0.90"]


def test_a_broken_ceiling_says_how_many_frauds_would_mend_it():
    """A cliff below 93 % recall: 200 frauds land beyond it, and the number said would not."""
    rng = np.random.default_rng(5)
    frauds = np.r_[rng.uniform(0.8, 1, 186), rng.uniform(0, 0.2, 14)]  # 93 % stand out
    scores = np.r_[frauds, rng.uniform(0, 0.75, 20_000)]
    labels = np.r_[np.ones(200), np.zeros(20_000)]

    found = choose_threshold(scores, labels, POLICY)

    needed = frauds_for_share(0.93, 0.9, 0.95)
    assert found.recall.value > 0.93
    assert f"about {needed - 200:,} more frauds" in found.sentence
    assert "; a plain aim of 0.90 would keep both, and so would the guarantee" in found.sentence
    assert "0.94 would" not in found.sentence  # it lies beyond the cliff
    assert guaranteed_rank(needed, 0.9, 0.95) <= 0.93 * needed
    assert guaranteed_rank(needed - 1, 0.9, 0.95) > 0.93 * (needed - 1)


@pytest.mark.parametrize("floor", [0.9, 0.925])
def test_an_aim_is_said_to_keep_the_ceilings_only_where_its_own_price_does(floor):
    """By the prices beside it, whatever the aim: the contract's .94 lies beyond the cliff."""
    rng = np.random.default_rng(5)
    frauds = np.r_[rng.uniform(0.8, 1, 186), rng.uniform(0, 0.2, 14)]
    scores = np.r_[frauds, rng.uniform(0, 0.75, 20_000)]
    labels = np.r_[np.ones(200), np.zeros(20_000)]
    policy = Policy(min_recall=floor, threshold=ThresholdRule(aim=0.94))

    found = choose_threshold(scores, labels, policy)

    for row in found.prices[1:]:
        if row.way.startswith("plain aim"):
            assert (f"a {row.way} would keep both" in found.sentence) == keeps(row, policy)


def test_two_aims_that_round_alike_have_a_price_each():
    """And a confidence of 99.9 % is not one of 100 %."""
    rng = np.random.default_rng(1)
    labels = (np.arange(20_000) < 2000).astype(int)
    scores = rng.random(20_000) + labels
    rule = ThresholdRule(aim=0.904, confidence=0.999)

    found = choose_threshold(scores, labels, Policy(threshold=rule))

    ways = [row.way for row in found.prices if row.way.startswith("plain aim")]
    assert ways == ["plain aim of 0.904", "plain aim of 0.90"]
    assert "with 99.9% confidence" in found.sentence


def test_no_number_of_frauds_mends_a_ranking_that_is_too_poor():
    """Where even a plain aim at the floor breaks the ceiling the sentence says so."""
    rng = np.random.default_rng(5)
    scores = rng.random(10_000)
    labels = (np.arange(10_000) < 200).astype(int)

    found = choose_threshold(scores, labels, POLICY)

    assert "no number of further frauds would mend that" in found.sentence


def test_frauds_that_say_half_as_much_choose_the_same_share():
    """By hand: rank 279 of 300 promises .90, so of 600 worth 300 rank 558 or the half before it."""
    assert clustered_rank(300, 300, 0.9, 0.95) == guaranteed_rank(300, 0.9, 0.95) == 279
    assert clustered_rank(600, 300, 0.9, 0.95) in (557, 558)


@given(n=st.integers(60, 2000), worth=st.floats(0.5, 1), confidence=st.sampled_from([0.6, 0.95]))
@settings(max_examples=50, deadline=None)
def test_the_rank_is_where_scipys_exact_bound_passes_the_floor(n, worth, confidence):
    """The lower bound of k effective catches reaches the floor at the rank, not one below it."""
    size = int(n * worth)
    rank = clustered_rank(n, size, 0.9, confidence)

    def low(k: int) -> float:
        return float(beta.ppf(1 - confidence, k / n * size, size - k / n * size + 1))

    assert low(rank) >= 0.9 - 1e-9
    assert rank == guaranteed_rank(n, 0.9, confidence) or low(rank - 1) < 0.9


def test_frauds_known_to_be_independent_need_no_senders():
    """As many independent ones as there are frauds is the guarantee without senders."""
    scores = np.random.default_rng(8).random(300)

    assert guarantee_of(scores, 300, 0.9, 0.95).k == guarantee(scores, None, 0.9, 0.95).k == 279
    few = guarantee_of(scores, 20, 0.9, 0.95)
    assert (few.k, few.is_short) == (279, True)
    with pytest.raises(InsufficientEvidenceError, match="count as 20"):
        guarantee_of(scores, 20, 0.9, 0.95, strict=True)
