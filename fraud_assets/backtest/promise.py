"""What a week's evidence promises for the coming week, and whether it came so.

A promise is a prediction interval: it holds the noise of the evidence and that of the week to
come. For shares it is beta-binomial on effective sizes (`modelling.intervals`). For the amount
caught each sender caught in the judged weeks stands for others like it, who come a geometric
number of times: Poisson about a rate that, having been seen once, is itself Gamma(1).
"""

from __future__ import annotations

import numpy as np

from fraud_assets.data.rows import Rows
from fraud_assets.documents.backtest.week import (
    AmountPrediction,
    Promise,
    PromisesHeld,
    WeekOutcome,
    WeekShares,
)
from fraud_assets.documents.rates import Prediction, Rate
from fraud_assets.modelling.judging.evaluation import confusion_rates, cost
from fraud_assets.modelling.statistics.intervals import (
    cluster_codes,
    design_effect,
    prediction_interval,
)
from fraud_assets.profiles import CONFIDENCE

DRAWS = 2000
"""Simulated weeks behind the interval of the amount caught."""


def promise(judged: Rows, flagged: np.ndarray, weeks: float, seed: int = 0) -> Promise:
    """Prediction intervals for the week after the evidence.

    Parameters
    ----------
    judged, flagged
        Rows on which nothing was chosen, and which of them (n,) the model flags.
    weeks
        How many weeks the rows span: the coming one is expected to hold 1/weeks of their number.

    """
    fraud = judged.label == 1
    clusters = cluster_codes(judged.sender, len(judged))
    return Promise(
        recall=_share(flagged[fraud], clusters[fraud], weeks),
        precision=_share(fraud[flagged], clusters[flagged], weeks),
        alert_rate=_share(flagged, clusters, weeks),
        amount_caught=_amount(judged.amount, fraud & flagged, clusters, weeks, seed),
    )


def outcome(rows: Rows, flagged: np.ndarray, currency: str) -> WeekOutcome:
    """What the model did in a week: shares with Clopper-Pearson intervals, amounts, counts."""
    rates, costs = confusion_rates(rows.label, flagged), cost(rows, flagged, currency)
    return WeekOutcome(
        recall=rates.recall,
        precision=rates.precision,
        alert_rate=rates.alert_rate,
        amount_caught=costs.amount_caught,
        amount_missed=costs.amount_missed,
        rows=len(rows),
        frauds=rows.frauds,
        alerts=int(flagged.sum()),
    )


def held(promised: Promise | WeekShares, came: WeekOutcome) -> PromisesHeld:
    """For each promise whether the outcome lies in it; None where either is missing."""
    amount = promised.amount_caught if isinstance(promised, Promise) else None
    return PromisesHeld(
        recall=_inside(promised.recall, came.recall.value),
        precision=_inside(promised.precision, came.precision.value),
        alert_rate=_inside(promised.alert_rate, came.alert_rate.value),
        amount_caught=_inside(amount, came.amount_caught),
    )


def _inside(
    interval: Prediction | Rate | AmountPrediction | None, value: float | None
) -> bool | None:
    if interval is None or value is None:
        return None
    return bool(interval.low <= value <= interval.high)


def _share(hits: np.ndarray, clusters: np.ndarray, weeks: float) -> Prediction:
    """The interval for the share of hits among 1/weeks of their number (m,) to come."""
    return prediction_interval(
        int(hits.sum()),
        len(hits),
        max(1, round(len(hits) / weeks)),
        design_effect=design_effect(hits, clusters),
    )


def _amount(
    amount: np.ndarray | None, caught: np.ndarray, clusters: np.ndarray, weeks: float, seed: int
) -> AmountPrediction | None:
    if amount is None:
        return None
    _, codes = np.unique(clusters[caught], return_inverse=True)
    sums = np.bincount(codes, weights=np.nan_to_num(amount[caught]))
    rng = np.random.default_rng(seed)
    times = rng.geometric(weeks / (1 + weeks), (DRAWS, len(sums))) - 1
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(times @ sums, [tail, 1 - tail])
    return AmountPrediction(
        value=float(sums.sum() / weeks),
        low=float(low),
        high=float(high),
        n=len(sums),
        method=f"compound geometric by sender {CONFIDENCE:.0%}, {DRAWS} draws",
    )
