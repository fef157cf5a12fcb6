"""The guarantee by one window's frauds or by several of one law, and what it costs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp, norm

from fraud_assets.contract.sections.policy import Policy, ThresholdRule
from fraud_assets.modelling.judging.guarantee import (
    ALONE,
    LEAST_PLACE,
    EarlierFrauds,
    frauds_for_share,
    guarantee,
    guaranteed_rank,
    places,
)
from fraud_assets.modelling.judging.thresholds import choose_threshold

POLICY = Policy()


OTHERS = norm.ppf(np.linspace(0.0005, 0.9995, 1000)) - 1
"""Scores of legitimate rows."""


def placed(scores: np.ndarray) -> np.ndarray:
    """The places of scores among as many legitimate rows as there could be."""
    return norm.sf(scores + 1)


def week(rng: np.random.Generator, frauds: int, shift: float = 0.0) -> tuple:
    """Scores and labels of frauds and ten times as many others."""
    scores = np.r_[rng.normal(2 + shift, 1, frauds), rng.normal(-1, 1, 10 * frauds)]
    return 1 / (1 + np.exp(-scores)), np.r_[np.ones(frauds), np.zeros(10 * frauds)]


def test_earlier_frauds_of_the_same_law_lower_the_price():
    """600 more frauds that score alike bring the rank from .935 to near the floor."""
    rng = np.random.default_rng(1)
    scores, labels = week(rng, 200)
    before, _ = week(rng, 600)
    earlier = EarlierFrauds(places(before[:600], before[600:]))

    alone = choose_threshold(scores, labels, POLICY)
    pooled = choose_threshold(scores, labels, POLICY, earlier=earlier)

    assert pooled.earlier.taken
    assert pooled.earlier.frauds == 600
    assert pooled.value > alone.value
    assert 0.9 <= pooled.recall.value < alone.recall.value
    assert "both are placed alike" in pooled.sentence


def test_frauds_of_another_law_do_not_speak():
    """Where earlier frauds scored higher the threshold is that of the threshold rows, said so."""
    rng = np.random.default_rng(0)
    scores, labels = week(rng, 200)
    before, _ = week(rng, 600, shift=1.0)
    earlier = EarlierFrauds(places(before[:600], before[600:]))

    found = choose_threshold(scores, labels, POLICY, earlier=earlier)

    assert not found.earlier.taken
    assert found.value == choose_threshold(scores, labels, POLICY).value
    assert "are placed otherwise" in found.sentence
    assert found.earlier.p_value == pytest.approx(
        ks_2samp(
            np.maximum(places(scores[:200], scores[200:]), LEAST_PLACE),
            np.maximum(earlier.places, LEAST_PLACE),
            method="asymp",
        ).pvalue
    )


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), frauds=st.integers(40, 300), more=st.integers(1, 600))
def test_the_threshold_rows_alone_keep_a_lesser_confidence(seed: int, frauds: int, more: int):
    """Whatever the test of sameness says, the newest frauds give the floor at 90 %."""
    rng = np.random.default_rng(seed)
    own, earlier = rng.random(frauds), EarlierFrauds(rng.random(more))

    found = guarantee(own, rng.random(500), None, 0.9, 0.95, earlier=earlier)

    assert (own >= found.score).sum() >= guaranteed_rank(frauds, 0.9, ALONE)


def test_the_promise_holds_over_simulated_weeks():
    """One law: recall below the floor in at most 5 %; another law: far less often than by pooling.

    The worst shift is one that the test often lets pass.
    """
    rng = np.random.default_rng(1)

    def kept(shift: float, count: int = 1500) -> float:
        held = 0
        for _ in range(count):
            own, earlier = rng.normal(size=200), placed(rng.normal(shift, 1, 600))
            found = guarantee(own, OTHERS, None, 0.9, 0.95, earlier=EarlierFrauds(earlier))
            held += norm.sf(found.score) >= 0.9
        return held / count

    assert kept(0.0) > 0.95
    assert kept(0.15) > 0.84
    assert kept(0.6) > 0.93


def test_a_strict_guarantee_counts_senders_of_both():
    """Bursts of one sender count as few frauds among the earlier ones too."""
    rng = np.random.default_rng(2)
    own = rng.normal(size=300)
    apart = placed(np.repeat(rng.normal(size=60), 10))
    bursts = EarlierFrauds(apart, np.repeat(np.arange(60), 10) + 1000)
    singles = EarlierFrauds(apart, np.arange(600) + 1000)
    senders = np.arange(300)

    strict = guarantee(own, OTHERS, senders, 0.9, 0.95, strict=True, earlier=bursts)
    plain = guarantee(own, OTHERS, senders, 0.9, 0.95, strict=True, earlier=singles)

    assert strict.is_pooled == plain.is_pooled
    assert strict.score <= plain.score


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
    assert guaranteed_rank(needed, 0.9, 0.95) <= 0.93 * needed
    assert guaranteed_rank(needed - 1, 0.9, 0.95) > 0.93 * (needed - 1)


def test_no_number_of_frauds_mends_a_ranking_that_is_too_poor():
    """Where even a plain aim at the floor breaks the ceiling the sentence says so."""
    rng = np.random.default_rng(5)
    scores = rng.random(10_000)
    labels = (np.arange(10_000) < 200).astype(int)

    found = choose_threshold(scores, labels, POLICY)

    assert "no number of further frauds would mend that" in found.sentence
