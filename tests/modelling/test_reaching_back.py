"""Threshold rows reach back into the history where a guarantee from few frauds breaks a ceiling."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from fraud_assets.modelling.fitting import MOST_FOR_THRESHOLD, freeze, reaching_back
from fraud_assets.modelling.judging.thresholds import choose_threshold, frauds_wanted
from fraud_assets.modelling.reach import FittedReach, divided, joined_rows
from fraud_assets.modelling.tuned import unpickle_unverified
from fraud_assets.release.rescored import threshold_rows
from tests.modelling.made_rows import make_rows, small_contract

CONTRACT = small_contract()
POLICY = CONTRACT.policy.model_copy(update={"max_alert_rate": 0.2})
TIGHT = CONTRACT.model_copy(update={"policy": POLICY})
SMALL = {"max_iter": 40, "max_leaf_nodes": 8, "l2_regularization": 1.0}


@pytest.fixture(scope="module")
def week():
    """A long history, a fitted window and threshold rows with some 130 frauds, in time order."""
    rows = make_rows(20_000, 0.08)
    earlier, later = divided(rows, rows.time[12_000])
    fit, threshold = divided(later, rows.time[18_400])
    return earlier, fit, threshold


def frozen(week, contract, reach):
    earlier, fit, threshold = week
    return freeze(
        "hist_gradient_boosting", SMALL, fit, threshold, contract, earlier=earlier, reach=reach
    )


def test_a_broken_ceiling_takes_frauds_from_the_history(week):
    """More frauds give the same confidence at fewer alerts; the model is fitted before them."""
    earlier, fit, threshold = week

    alone = frozen(week, TIGHT, None)
    back = frozen(week, TIGHT, FittedReach())

    assert alone.threshold_from is None
    assert alone.threshold.prices[0].alert_rate.value > POLICY.max_alert_rate
    assert back.threshold_from < threshold.time[0]
    assert back.threshold.n > alone.threshold.n
    assert back.threshold.prices[0].alert_rate.value < alone.threshold.prices[0].alert_rate.value
    assert "so the threshold rows reach back to 2026-01-" in back.threshold.sentence
    before, _ = divided(joined_rows(earlier, fit), back.threshold_from)
    cleaned = SimpleNamespace(
        earlier_rows=earlier, rows={"fit": fit, "threshold": threshold}.__getitem__
    )
    rows = threshold_rows(cleaned, back)  # as whoever checks the threshold finds them
    scores = unpickle_unverified(back.payload).predict_proba(rows.features)[:, 1]
    again = choose_threshold(scores, rows.label, POLICY, rows.sender)
    assert again.value == back.threshold.value
    assert back.threshold.n == rows.frauds
    assert rows.frauds <= MOST_FOR_THRESHOLD * (before.frauds + rows.frauds) + 1


def test_ceilings_that_are_kept_leave_the_windows_as_they_are(week):
    """Nothing is older than it must be."""
    loose = CONTRACT.model_copy(
        update={"policy": CONTRACT.policy.model_copy(update={"max_alert_rate": 0.9})}
    )

    kept = frozen(week, loose, FittedReach())

    assert kept.threshold_from is None
    assert "reach back" not in kept.threshold.sentence


def test_the_rows_hold_what_is_wanted_and_no_more_than_their_share(week):
    """So many frauds from an instant on, at most half of all; for a few more it is not worth it."""
    earlier, fit, threshold = week
    rows, own = joined_rows(earlier, fit), threshold.frauds
    every = rows.frauds + own

    begins = reaching_back(rows, threshold, own + 200)
    most = reaching_back(rows, threshold, 10 * every)

    assert divided(rows, begins)[1].frauds == 200
    assert divided(rows, most)[1].frauds + own == every // 2
    assert reaching_back(rows, threshold, own + own // 5) is None
    assert reaching_back(rows, threshold, None) is None
    timeless = make_rows(2000, 0.08, with_time=False)
    assert reaching_back(timeless, timeless, 500) is None


def test_no_number_is_wanted_where_none_would_mend_it():
    """A ranking that says nothing, a plain aim, and ceilings that are kept."""
    rng = np.random.default_rng(0)
    scores, labels = rng.random(5000), (np.arange(5000) < 200).astype(int)
    aim = POLICY.model_copy(
        update={"threshold": POLICY.threshold.model_copy(update={"rule": "aim"})}
    )

    assert frauds_wanted(scores, labels, POLICY) is None
    assert frauds_wanted(scores, labels, aim) is None
    assert frauds_wanted(labels + scores / 10, labels, POLICY) is None
