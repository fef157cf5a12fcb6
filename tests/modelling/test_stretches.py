"""The newest frauds have the last word: with which confidence, and what that holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, multivariate_normal, norm

from fraud_assets.errors import InsufficientEvidenceError
from fraud_assets.modelling.judging.earlier import MOST_APART, alike
from fraud_assets.modelling.judging.guarantee import guarantee
from fraud_assets.modelling.judging.over_time import guarantee_over_time
from fraud_assets.modelling.judging.stretches import LEANING, broken, confidences

FLOOR, CONFIDENCE = 0.9, 0.95
FIRSTS = [300, 500, 700, 900, 1100]
"""Frauds of a threshold window and of four blocks before it, added up."""

fractions = st.lists(st.integers(5, 95), min_size=1, max_size=4, unique=True).map(
    lambda parts: [*sorted(part / 100 for part in parts), 1.0]
)


def test_one_stretch_has_the_whole_confidence_and_two_share_it():
    """By hand: half and whole at no factor break with 1/4 + asin(sqrt(1/2)) / 2 pi = 3/8."""
    assert confidences([200], CONFIDENCE) == pytest.approx([0.95])
    assert broken([0.5, 1.0], 0.0) == pytest.approx(3 / 8, abs=1e-3)
    half, whole = confidences([500, 1000], CONFIDENCE)
    assert 0.5 < half < whole < CONFIDENCE


@given(parts=fractions, factor=st.floats(0, 2))
@settings(max_examples=15, deadline=None)
def test_the_chance_is_that_of_normal_sums(parts, factor):
    """SciPy integrates the same normal vector: sums to f have variance f, and later ones add."""
    at = np.array(parts)
    bound = -factor * at ** (0.5 + LEANING)

    expected = multivariate_normal(np.zeros(len(at)), np.minimum.outer(at, at)).cdf(bound)

    assert broken(parts, factor) == pytest.approx(expected, abs=2e-3)


@given(parts=fractions, confidence=st.sampled_from([0.95, 0.99]))
@settings(max_examples=15, deadline=None)
def test_longer_stretches_promise_more_and_no_more_than_is_asked(parts, confidence):
    """Confidences rise from a half to the contract's, and together they break as often as asked."""
    found = confidences([1000 * part for part in parts], confidence)

    assert list(found) == sorted(found)
    assert found[0] >= 0.5
    assert found[-1] <= confidence + 1e-3
    assert broken(parts, float(norm.ppf(found[-1]))) == pytest.approx(1 - confidence, abs=2e-3)


def weeks_broken(missed: list[float], weeks: int = 200, width: float = 0.02) -> float:
    """Share of weeks in which true recall is below the floor.

    Of each stretch's own frauds this share misses like any payment; the rest lie in the top
    `width`. The coming week is the newest stretch's law.
    """
    rng, below = np.random.default_rng(3), 0
    sizes = np.diff([0, *FIRSTS])
    for _ in range(weeks):
        hidden = rng.random(FIRSTS[-1]) < np.repeat(missed, sizes)
        drawn = rng.random(FIRSTS[-1])
        scores = np.where(hidden, drawn, 1 - width * drawn)
        flagged = 1 - guarantee_over_time(scores, None, FIRSTS, FLOOR, CONFIDENCE).score
        below += missed[0] * flagged + (1 - missed[0]) * min(flagged / width, 1) < FLOOR
    return below / weeks


def test_the_promise_holds_where_the_law_stays():
    """In about 5 % of weeks recall is below the floor: not more, and not far fewer."""
    assert 0.015 < weeks_broken([0.08] * 5) < 0.085


@pytest.mark.parametrize(("since", "most"), [(1, 0.4), (2, 0.27), (3, 0.2)])
def test_what_has_become_worse_lately_lowers_the_threshold(since, most):
    """Misses rise by four points: it holds about as often as the stretch since then promises."""
    assert weeks_broken([0.12] * since + [0.08] * (5 - since)) < most


def test_a_clear_change_leaves_the_older_frauds_out():
    """Where the newest 500 are missed far more often they choose alone, as if they were all."""
    rng = np.random.default_rng(1)
    hidden = np.arange(1100) % np.where(np.arange(1100) < 500, 5, 50) == 0
    scores = np.where(hidden, rng.random(1100) / 2, 0.9 + rng.random(1100) / 10)

    found = guarantee_over_time(scores, None, FIRSTS, FLOOR, CONFIDENCE)

    assert (found.earlier, found.left_out) == (200, 600)
    assert found.score <= guarantee(scores[:500], None, FLOOR, 0.9).score


def test_too_few_to_promise_anything_do_not_speak_alone():
    """A window of 20 frauds is no stretch of its own; without earlier ones it is refused."""
    scores = np.random.default_rng(2).random(320)

    found = guarantee_over_time(scores, None, [20, 320], FLOOR, CONFIDENCE)

    assert found.score == guarantee(scores, None, FLOOR, CONFIDENCE).score
    with pytest.raises(InsufficientEvidenceError, match="at least 29"):
        guarantee_over_time(scores[:20], None, [20], FLOOR, CONFIDENCE)


def test_a_cut_is_clear_or_not_by_hand():
    """40 of the newest 50 are caught, all older 50: 3.3 standard errors, 1.7 in bursts of four."""
    caught = np.arange(100) >= 10

    assert alike(caught, 1.0, [50, 100]) == 50
    assert alike(caught, 0.25, [50, 100]) == 100
    assert alike(caught[::-1], 1.0, [50, 100]) == 100
    assert alike(np.ones(100, bool), 1.0, [50, 100, 100]) == 100


@given(newer=st.integers(60, 100), older=st.integers(60, 100), worth=st.sampled_from([1.0, 0.5]))
@settings(max_examples=50, deadline=None)
def test_a_cut_is_as_clear_as_the_table_of_four_says(newer, older, worth):
    """SciPy's chi-square of the same counts is the square of the standard errors apart."""
    caught = np.r_[np.arange(100) < newer, np.arange(100) < older]
    counts = np.array([[newer, 100 - newer], [older, 100 - older]])
    square = 0.0
    if (counts.sum(0) > 0).all():
        square = worth * chi2_contingency(counts, correction=False).statistic

    found = alike(caught, worth, [100, 200])

    assert found == (100 if older > newer and square > MOST_APART**2 else 200)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_pairs_of_one_sender_choose_as_half_as_many_frauds_do(seed):
    """Each fraud twice says no more: the threshold and what all are worth stay, within a rank."""
    scores = np.random.default_rng(seed).random(FIRSTS[-1])
    order = np.argsort(scores)[::-1]
    pairs, senders = np.repeat(scores, 2), np.repeat(np.arange(len(scores)), 2).astype(object)

    single = guarantee_over_time(scores, None, FIRSTS, FLOOR, CONFIDENCE)
    doubled = guarantee_over_time(pairs, senders, [2 * n for n in FIRSTS], FLOOR, CONFIDENCE)

    assert abs(doubled.worth / single.worth - 1) < 0.02
    ranked = scores[order]
    assert abs(int((ranked >= single.score).sum()) - int((ranked >= doubled.score).sum())) <= 2


def test_a_window_without_a_missed_burst_does_not_take_bursts_for_single_frauds():
    """Misses of older frauds come in bursts: the window's few single ones are worth as little."""
    rng = np.random.default_rng(4)
    hidden = np.r_[rng.random(300) < 0.09, np.repeat(rng.random(80) < 0.09, 10)]
    scores = np.where(hidden, rng.random(1100) / 2, 0.9 + rng.random(1100) / 10)
    senders = np.r_[np.arange(300), 300 + np.repeat(np.arange(80), 10)].astype(object)

    bursts = guarantee_over_time(scores, senders, FIRSTS, FLOOR, CONFIDENCE)
    single = guarantee_over_time(scores, None, FIRSTS, FLOOR, CONFIDENCE)

    assert bursts.worth < 400
    assert bursts.score < single.score


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.sampled_from([1, 3, 10, 40]), strict=st.booleans())
def test_a_stretch_promises_whatever_the_whole_does(seed: int, size: int, strict: bool) -> None:
    """However few independent frauds the newest are, they make no refusal and no short promise."""
    rng = np.random.default_rng(seed)
    bursts = int(rng.integers(6, 120))
    senders = np.repeat(np.arange(bursts), size).astype(object)
    scores = np.clip(np.repeat(rng.random(bursts), size) + rng.normal(0, 0.01, len(senders)), 0, 1)
    firsts = sorted({*rng.integers(1, len(senders) + 1, 4).tolist(), len(senders)})
    try:
        whole = guarantee(scores, senders, 0.9, 0.95, strict=strict)
    except InsufficientEvidenceError:
        return

    found = guarantee_over_time(scores, senders, firsts, 0.9, 0.95, strict=strict)

    assert whole.is_short or not found.is_short
