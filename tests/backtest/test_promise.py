from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom

from benchmarks.promise import simulate
from fraud_assets.backtest.promise import held, outcome, promise
from fraud_assets.data.rows import Rows
from fraud_assets.documents.backtest.week import (
    AmountPrediction,
    Promise,
    PromisesHeld,
    WeekOutcome,
)
from fraud_assets.documents.rates import Prediction, Rate


def rows(labels: list[int], amounts: list[float], senders: list[str] | None = None) -> Rows:
    return Rows(
        pd.DataFrame(index=range(len(labels))),
        np.array(labels, dtype="int8"),
        sender=None if senders is None else np.array(senders, dtype=object),
        amount=np.array(amounts),
    )


def test_hand_worked_outcome():
    """Four frauds of 10, 20, 30 and 40, of which 10 and 40 are flagged beside one false alarm."""
    week = rows([1, 1, 1, 1, 0, 0], [10, 20, 30, 40, 500, 600])
    flagged = np.array([True, False, False, True, True, False])

    found = outcome(week, flagged, "USD")

    assert found.recall.value == 2 / 4
    assert found.precision.value == 2 / 3
    assert found.alert_rate.value == 3 / 6
    assert (found.amount_caught, found.amount_missed) == (50, 50)
    assert (found.rows, found.frauds, found.alerts) == (6, 4, 3)
    assert (found.recall.k, found.recall.n) == (2, 4)


def test_hand_worked_promise_of_recall():
    """90 of 100 frauds in two weeks: beta-binomial with Jeffreys' prior over 50 later ones."""
    judged = rows([1] * 100 + [0] * 100, [1.0] * 200)
    flagged = np.r_[np.ones(90, bool), np.zeros(110, bool)]

    told = promise(judged, flagged, 2.0).recall

    law = betabinom(50, 90.5, 10.5)
    assert (told.value, told.n, told.later) == (0.9, 100, 50)
    assert told.low == law.ppf(0.025) / 50
    assert told.high == law.ppf(0.975) / 50


def test_frauds_in_bursts_of_one_sender_widen_the_promise():
    """The same counts from ten senders say less than from a hundred."""
    flagged = np.r_[np.ones(90, bool), np.zeros(10, bool)]
    alone, bursts = ([f"s{i // size}" for i in range(100)] for size in (1, 10))

    wide, narrow = (
        promise(rows([1] * 100, [1.0] * 100, senders), flagged, 2.0) for senders in (bursts, alone)
    )

    for name in ("recall", "amount_caught"):
        assert getattr(wide, name).low < getattr(narrow, name).low
        assert getattr(wide, name).high > getattr(narrow, name).high


def test_promise_of_an_amount_lies_about_its_weekly_mean():
    """200 caught frauds of 10 in four weeks: 500 a week, with the noise of their number."""
    told = promise(rows([1] * 200, [10.0] * 200), np.ones(200, bool), 4.0).amount_caught

    spread = 10 * np.sqrt(200 * (1 / 4 + 1 / 16))
    assert told.value == 500
    assert told.low == pytest.approx(500 - 1.96 * spread, rel=0.06)
    assert told.high == pytest.approx(500 + 1.96 * spread, rel=0.06)


def test_rows_without_amount_promise_none():
    """A contract without an amount still has promises for the shares."""
    bare = Rows(pd.DataFrame(index=range(4)), np.array([1, 1, 0, 0], dtype="int8"))

    told = promise(bare, np.array([True, False, True, False]), 1.0)

    assert told.amount_caught is None
    assert held(told, outcome(bare, np.ones(4, bool), "USD")).amount_caught is None


@given(
    labels=st.lists(st.booleans(), min_size=1, max_size=40),
    flags=st.lists(st.booleans(), min_size=40, max_size=40),
    weeks=st.floats(0.2, 20),
)
def test_promises_are_ordered_shares_whatever_the_rows(labels, flags, weeks):
    """Also with no fraud, no alert, or nothing but them."""
    week = rows([int(label) for label in labels], [1.0] * len(labels))

    told = promise(week, np.array(flags[: len(labels)]), weeks)

    for name in ("recall", "precision", "alert_rate"):
        assert 0 <= getattr(told, name).low <= getattr(told, name).high <= 1
    assert 0 <= told.amount_caught.low <= told.amount_caught.high


def test_a_promise_is_kept_at_its_very_ends_and_broken_beyond():
    """Both ends belong to the interval; what has no value is neither kept nor broken."""
    promised = Promise(
        recall=Prediction(0.85, 0.8, 0.9, 40, 10, "exact"),
        precision=Prediction(0.15, 0.1, 0.2, 40, 10, "exact"),
        alert_rate=Prediction(0.1, 0.0, 0.2, 40, 10, "exact"),
        amount_caught=AmountPrediction(50.0, 40.0, 60.0, 4, "draws"),
    )
    share = {"low": 0.0, "high": 1.0, "n": 10, "k": 1, "method": "exact"}
    came = WeekOutcome(
        recall=Rate(0.9, **share),
        precision=Rate(0.21, **share),
        alert_rate=Rate(None, **share),
        amount_caught=40.0,
        amount_missed=0.0,
        rows=10,
        frauds=1,
        alerts=1,
    )

    kept = held(promised, came)

    assert kept == PromisesHeld(recall=True, precision=False, alert_rate=None, amount_caught=True)


@pytest.mark.slow
def test_promises_hold_in_about_95_percent_of_stationary_histories():
    """In every world each promise's share held has 95 % or nearly so within its interval."""
    worlds = simulate(histories=200)["worlds"]

    for promises in worlds.values():
        plain = promises.pop("recall, Clopper-Pearson")
        assert all(kept["value"] >= 0.91 for kept in promises.values()), promises
        assert plain["value"] < 0.75


def test_promises_hold_in_most_of_a_few_stationary_histories():
    """A quick look at what `python -m benchmarks.promise` measures."""
    worlds = simulate(histories=12)["worlds"]

    for promises in worlds.values():
        assert promises["recall"]["k"] >= 9
