from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.contract.sections.policy import Policy, ThresholdRule
from fraud_assets.errors import DataError, InsufficientEvidenceError
from fraud_assets.modelling.judging.guarantee import guaranteed_rank
from fraud_assets.modelling.judging.thresholds import aimed_rank, choose_threshold, midway_below

GUARANTEE = Policy()
AIM = Policy(threshold=ThresholdRule(rule="aim", aim=0.94))


def binomial_tail(k: int, n: int, p: float) -> float:
    """P(Binomial(n, p) >= k) by summation, the outside oracle."""
    return math.fsum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))


def test_hand_worked_ranks() -> None:
    """At 300 frauds the guarantee takes rank 279 (.930); 29 is the least that can guarantee."""
    assert guaranteed_rank(300, 0.9, 0.95) == 279
    assert guaranteed_rank(29, 0.9, 0.95) == 29
    assert aimed_rank(300, 0.94) == 282
    assert aimed_rank(50, 0.94) == 47


@given(
    n=st.integers(1, 400),
    floor=st.sampled_from([0.9, 0.93, 0.95]),
    confidence=st.sampled_from([0.5, 0.9, 0.95, 0.99]),
)
def test_rank_is_the_smallest_whose_binomial_tail_is_small(
    n: int, floor: float, confidence: float
) -> None:
    """The rank keeps the promise, the one below does not; none exists where it raises."""
    try:
        k = guaranteed_rank(n, floor, confidence)
    except InsufficientEvidenceError:
        assert floor**n > 1 - confidence
        return
    assert binomial_tail(k, n, floor) <= (1 - confidence) * (1 + 1e-9)
    assert binomial_tail(k - 1, n, floor) > (1 - confidence) * (1 - 1e-9)


def test_too_few_frauds_say_how_many_are_needed() -> None:
    """28 frauds cannot guarantee 0.90 at 95 %; the sentence says 29 and 28."""
    scores, labels = np.linspace(0, 1, 100), np.r_[np.zeros(72), np.ones(28)]
    with pytest.raises(InsufficientEvidenceError, match=r"at least 29 .* got 28"):
        choose_threshold(scores, labels, GUARANTEE)
    with pytest.raises(InsufficientEvidenceError, match="got 0"):
        choose_threshold(scores, np.zeros(100), AIM)


def test_a_guarantee_of_every_fraud_is_refused() -> None:
    """No number of frauds guarantees a recall of 1."""
    with pytest.raises(InsufficientEvidenceError, match="below 1"):
        choose_threshold(np.linspace(0, 1, 100), np.ones(100), Policy(min_recall=1))


@given(
    scores=st.lists(st.floats(0, 1, width=64), min_size=60, max_size=120),
    data=st.data(),
    policy=st.sampled_from([GUARANTEE, AIM]),
)
def test_threshold_separates_exactly_the_ranked_score_from_the_next_lower(
    scores: list[float], data: st.DataObject, policy: Policy
) -> None:
    """No score lies in [value, score) or equals the value unless no float lies between."""
    values = np.array(scores)
    labels = np.zeros(len(values), dtype=int)
    labels[data.draw(st.permutations(range(len(values))))[:40]] = 1
    chosen = choose_threshold(values, labels, policy)
    frauds = np.sort(values[labels == 1])[::-1]
    k = guaranteed_rank(40, 0.9, 0.95) if policy is GUARANTEE else aimed_rank(40, 0.94)
    placed = frauds[k - 1]
    below = values[values < placed]
    assert chosen.value <= placed
    assert len(below) == 0 or below.max() < chosen.value
    assert chosen.recall.k == int((frauds >= placed).sum()) >= k
    assert chosen.precision.n == int((values >= placed).sum())


def test_midway_is_between_adjacent_floats() -> None:
    """Between neighbours there is no middle: the score itself; else the exact middle."""
    assert midway_below(0.5, np.array([0.5, 0.25, 0.0, 0.9])) == 0.375
    assert midway_below(0.5, np.array([0.4999, 0.5, 0.1])) == pytest.approx(0.49995)
    neighbour = np.nextafter(0.5, 0)
    assert midway_below(0.5, np.array([0.5, neighbour])) == 0.5
    assert midway_below(0.5, np.array([0.5, 0.7])) == 0.5


def test_scores_that_are_not_finite_are_refused() -> None:
    """A NaN score ends in a sentence."""
    scores = np.linspace(0, 1, 100)
    scores[3] = np.nan
    with pytest.raises(DataError, match="99 finite scores for 100 rows"):
        choose_threshold(scores, np.ones(100), GUARANTEE)


def test_guarantee_holds_for_exchangeable_frauds() -> None:
    """Over 4,000 simulated weeks true recall is below the floor in at most about 5 %."""
    rng = np.random.default_rng(1)
    k = guaranteed_rank(300, 0.9, 0.95)
    delivered = 1 - np.sort(rng.random((4000, 300)), axis=1)[:, 300 - k]
    misses = int((delivered < 0.9).sum())
    assert 0.03 * 4000 < misses < 0.06 * 4000


def bursts(seed: int, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """300 frauds in bursts that share one score, 3,000 legitimate rows, and all senders."""
    rng = np.random.default_rng(seed)
    scores = np.r_[np.repeat(rng.random(300 // size), size), rng.random(3000) ** 20]
    labels = np.r_[np.ones(300), np.zeros(3000)]
    senders = np.r_[np.repeat(np.arange(300 // size), size), 1000 + np.arange(3000)]
    return scores, labels, senders.astype(object)


def test_a_guarantee_counts_bursts_and_shows_what_that_costs() -> None:
    """Bursts of 5 that stand or fall together ask for more recall; single frauds for the same."""
    scores, labels, senders = bursts(0, 5)

    single = choose_threshold(scores, labels, GUARANTEE)
    counted = choose_threshold(scores, labels, GUARANTEE, senders)

    assert counted.recall.value > single.recall.value + 0.02
    assert "such bursts of one sender (they count as " in counted.sentence
    assert [row.way for row in counted.prices[:2]] == [
        "guarantee", "guarantee if no frauds shared a sender",
    ]  # fmt: skip
    assert counted.prices[1].threshold == single.value
    scores, labels, senders = bursts(0, 1)
    alone = choose_threshold(scores, labels, GUARANTEE, senders)
    assert alone.value == choose_threshold(scores, labels, GUARANTEE).value
    assert len(alone.prices) == 3


def test_whole_bursts_are_as_good_as_that_many_frauds() -> None:
    """The promise holds for bursts: at most about 5 % of weeks fall below."""
    misses = 0
    for seed in range(400):
        scores, labels, senders = bursts(seed, 5)
        misses += 1 - choose_threshold(scores, labels, GUARANTEE, senders).value < 0.9
    assert misses / 400 < 0.08


def test_frauds_of_too_few_senders_promise_little() -> None:
    """300 frauds of six senders are six observations: a strict policy refuses, others say so."""
    scores, labels, senders = bursts(0, 50)

    found = choose_threshold(scores, labels, GUARANTEE, senders)

    assert found.value == choose_threshold(scores, labels, GUARANTEE).value
    assert "they count as " in found.sentence
    assert "too few to promise more" in found.sentence
    with pytest.raises(InsufficientEvidenceError, match=r"count as [1-6];"):
        choose_threshold(scores, labels, Policy(strict=True), senders)
