"""Frauds of the fitted weeks join the guarantee, scored by fits that had left their weeks out."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import percentileofscore

from fraud_assets.contract.sections.policy import Policy, ThresholdRule
from fraud_assets.modelling.freezing import freeze
from fraud_assets.modelling.judging.earlier import (
    EarlierFrauds,
    cautious_places,
    places,
    scores_at,
)
from fraud_assets.modelling.judging.guarantee import guaranteed_rank
from fraud_assets.modelling.judging.thresholds import choose_threshold
from fraud_assets.modelling.left_out import blocks_of, fits_without_blocks, score_left_out
from fraud_assets.modelling.reach import FittedReach, divided
from fraud_assets.modelling.search.budget import LEFT_OUT_FITS
from tests.modelling.made_rows import make_rows, small_contract

POLICY = Policy()
SMALL = {"max_iter": 40, "max_leaf_nodes": 8, "l2_regularization": 1.0}
HGB = "hist_gradient_boosting"
numbers = st.lists(st.integers(0, 99).map(lambda k: k / 100), min_size=1, max_size=50)


def week(rng: np.random.Generator, frauds: int, missed: float = 0.06) -> tuple:
    """Scores and labels: a share of the frauds score like the 9,000 others, the rest above most."""
    hidden = rng.random(frauds) < missed
    own = np.where(hidden, rng.random(frauds), 0.99 + 0.01 * rng.random(frauds))
    return np.r_[own, rng.random(9000)], np.r_[np.ones(frauds), np.zeros(9000)]


def drawn(rng: np.random.Generator, frauds: int, missed: float = 0.06) -> EarlierFrauds:
    """Frauds of the same law in fits of another scale, each with a sender of its own."""
    scores, labels = week(rng, frauds, missed)
    other = np.exp(5 * scores)
    return EarlierFrauds(
        tuple(places(other[labels == 1], other[labels == 0])),
        tuple(f"e{k}" for k in range(frauds)),
        "2026-01-01",
        4,
    )


def test_a_place_is_the_share_of_legitimate_payments_above():
    """By hand: of 4 payments two lie at or above .5, so .5 stands at .5; back it is their score."""
    legitimate = np.array([0.1, 0.4, 0.5, 0.8])

    assert places(np.array([0.5, 0.9, 0.0, 0.45]), legitimate).tolist() == [0.5, 0.0, 1.0, 0.5]
    assert scores_at(np.array([0.5, 1.0, 0.3]), legitimate).tolist() == [0.5, 0.1, 0.5]
    assert scores_at(np.array([0.0]), legitimate)[0] > 0.8


@given(scores=numbers, legitimate=numbers)
def test_a_place_hangs_on_ranks_alone_and_leads_back(scores, legitimate):
    """Any rising scale gives the same places, SciPy's too; the way back flags no fewer."""
    scores, legitimate = np.array(scores), np.array(legitimate)

    found = places(scores, legitimate)

    assert (found == places(np.exp(scores), np.exp(legitimate))).all()
    oracle = [1 - percentileofscore(legitimate, one, "strict") / 100 for one in scores]
    assert found == pytest.approx(oracle)
    assert (places(scores_at(found, legitimate), legitimate) >= found - 1e-12).all()


def test_more_frauds_of_the_same_law_cost_fewer_alerts():
    """300 frauds promise .90 at rank 279; with 1,700 earlier ones rank 1,823 of 2,000 does.

    A few fewer do, for the 300 by themselves have a say as well.
    """
    rng = np.random.default_rng(7)
    scores, labels = week(rng, 300, missed=0.075)

    alone = choose_threshold(scores, labels, POLICY)
    both = choose_threshold(scores, labels, POLICY, earlier=drawn(rng, 1700, missed=0.075))

    assert guaranteed_rank(2000, 0.9, 0.95) == 1823
    rank = int(re.search(r"just below rank (\d+) of 2000", both.sentence)[1])
    assert 1818 <= rank <= 1823
    assert "300 frauds of the threshold rows and the 1,700 newest of 1,700" in both.sentence
    assert both.value > alone.value
    assert both.prices[0].alert_rate.value < alone.prices[0].alert_rate.value
    assert both.prices[1].way == "guarantee from the threshold rows alone"
    assert both.prices[1].threshold == alone.value
    assert (both.evidence.frauds, both.evidence.earlier_frauds) == (300, 1700)
    assert both.evidence.earlier_count


def test_few_payments_tell_a_small_share_with_care():
    """By hand: 1 of 100 is .01, its standard error .00995; no place passes 1."""
    legitimate = np.arange(100.0)

    found = cautious_places(np.array([99.0, 1000.0, -1.0]), legitimate)

    assert found == pytest.approx([0.01 + 0.00995, 0.0, 1.0], abs=1e-5)


@pytest.mark.parametrize("width", [0.01, 0.2], ids=["steep", "gentle"])
def test_the_promise_holds_with_earlier_frauds(width):
    """Over 300 weeks of one law true recall is below the floor in at most about 5 %."""
    rng, missed, below = np.random.default_rng(0), 0.08, 0

    def scored(n: int) -> tuple[np.ndarray, np.ndarray]:
        hidden = rng.random(n) < missed
        own = np.where(hidden, rng.random(n), 1 - width * rng.random(n))
        return own, rng.random(9000)

    for _ in range(300):
        own, others = scored(200)
        earlier = EarlierFrauds(tuple(cautious_places(*scored(600))), None, "2026-01-01", 1)
        labels = np.r_[np.ones(200), np.zeros(9000)]
        value = choose_threshold(np.r_[own, others], labels, POLICY, earlier=earlier).value
        flagged = 1 - value
        below += missed * flagged + (1 - missed) * min(flagged / width, 1) < 0.9
    assert below / 300 < 0.08


def test_frauds_of_another_law_do_not_count():
    """Where the window's frauds are caught far less often, they alone choose."""
    rng = np.random.default_rng(4)
    scores, labels = week(rng, 300, missed=0.2)

    alone = choose_threshold(scores, labels, POLICY)
    both = choose_threshold(scores, labels, POLICY, earlier=drawn(rng, 1700, missed=0.02))

    assert both.value == alone.value
    assert "the law of fraud has changed" in both.sentence
    assert not both.evidence.earlier_count
    assert both.evidence.earlier_frauds == 1700


def test_a_sender_of_both_is_one_sender():
    """Who burst before and bursts again says less than two who each burst once."""
    rng = np.random.default_rng(5)
    scores, labels = week(rng, 300)
    scores[:300] = np.sort(scores[:300])[::-1]
    theirs = np.array([f"w{k // 3}" for k in range(len(scores))], dtype=object)
    found = drawn(rng, 900)
    place = tuple(sorted(found.place))
    same, others = (
        replace(found, place=place, sender=tuple(f"{name}{k // 9}" for k in range(900)))
        for name in "wx"
    )

    shared = choose_threshold(scores, labels, POLICY, theirs, earlier=same)
    apart = choose_threshold(scores, labels, POLICY, theirs, earlier=others)

    assert shared.evidence.independent < apart.evidence.independent < 900


def test_a_plain_aim_leaves_them_out():
    """An aim promises nothing, so it needs nothing more."""
    rng = np.random.default_rng(6)
    scores, labels = week(rng, 300)
    aim = Policy(threshold=ThresholdRule(rule="aim", aim=0.94))

    with_them = choose_threshold(scores, labels, aim, earlier=drawn(rng, 900))

    assert with_them.value == choose_threshold(scores, labels, aim).value


@pytest.fixture(scope="module")
def history():
    """Fitted rows with some 480 frauds, and threshold rows with some 160."""
    rows = make_rows(8000, 0.08)
    return divided(rows, rows.time[6000])


def test_each_block_is_scored_by_a_fit_that_never_saw_it(history):
    """Blocks follow one another, hold equally many frauds, and none is in its own fit."""
    fit, _ = history
    contract = small_contract()

    block = blocks_of(fit)
    found = list(fits_without_blocks(HGB, SMALL, fit, contract))

    assert (np.diff(block) >= 0).all()
    counts = np.bincount(block[fit.label == 1])
    assert len(counts) == LEFT_OUT_FITS
    assert counts.max() - counts.min() <= 1
    assert [len(part) for part, _ in found] == np.bincount(block).tolist()
    seen = found[0][1].predict_proba(fit.take(block == 1).features)[:, 1]
    unseen = found[1][1].predict_proba(fit.take(block == 1).features)[:, 1]
    label = fit.label[block == 1] == 1
    assert seen[label].mean() > unseen[label].mean()


def test_what_is_published_rests_on_the_fitted_weeks_too(history):
    """The threshold counts every fitted fraud, and whoever has the evidence finds it again."""
    fit, threshold = history
    contract = small_contract()

    tuned = freeze(HGB, SMALL, fit, threshold, contract)
    again = freeze(HGB, SMALL, fit, threshold, contract)

    assert tuned == again
    assert tuned.threshold.evidence.earlier_frauds == fit.frauds == len(tuned.earlier.place)
    assert tuned.threshold.evidence.earlier_since == "2026-01-01"


def test_frauds_that_nobody_scored_are_said_not_to_count(history):
    """With the reason and its bounds, and by whoever chooses the threshold again."""
    fit, threshold = history
    dear = small_contract(minutes=1e-6)

    tuned = freeze(HGB, SMALL, fit, threshold, dear)
    counted = freeze(HGB, SMALL, fit, threshold, small_contract())

    assert tuned.earlier is None
    assert f"Frauds of earlier weeks do not count: {tuned.not_scored}." in tuned.threshold.sentence
    assert re.search(
        r"the 4 fits .* cost about [\d.]+ processor seconds, more than", tuned.not_scored
    )
    assert counted.not_scored == ""
    assert "do not count" not in counted.threshold.sentence


@pytest.mark.parametrize("dates", [1, 2, 3])
def test_frauds_of_a_few_dates_leave_no_weeks_out(history, dates):
    """No fit without frauds and no empty block: a sentence, where date-only times end in one."""
    fit, threshold = history
    day = np.datetime64("2026-01-01", "us") + np.arange(dates) * np.timedelta64(1, "D")
    fit = replace(fit, time=day[np.arange(len(fit)) * dates // len(fit)])

    tuned = freeze(HGB, SMALL, fit, threshold, small_contract())

    assert tuned.earlier is None
    assert "their times cannot be cut into 4 parts" in tuned.threshold.sentence


@pytest.mark.parametrize("why", ["aim", "never", "fading", "timeless", "few", "dear"])
def test_nobody_scores_them_where_they_may_not_count(history, why):
    """A plain aim, a contract against it, rows that fade or lack times, few frauds, no budget."""
    fit, _ = history
    contract, reach = small_contract(), FittedReach()
    rule = contract.policy.threshold
    if why in ("aim", "never"):
        changed = {"rule": "aim"} if why == "aim" else {"earlier": "never"}
        policy = contract.policy.model_copy(update={"threshold": rule.model_copy(update=changed)})
        contract = contract.model_copy(update={"policy": policy})
    elif why == "fading":
        reach = FittedReach(half_life_days=3.0)
    elif why == "dear":
        contract = small_contract(minutes=1e-6)
    elif why == "timeless":
        fit = replace(fit, time=None)
    else:
        fit = fit.take(np.arange(1000))

    found, said = score_left_out(HGB, SMALL, reach, fit, contract)

    assert found is None
    assert bool(said) == (why in ("fading", "few", "dear"))
