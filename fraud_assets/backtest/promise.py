"""What a week's evidence promises for the coming week, and whether it came so.

A promise is a prediction interval: it holds the noise of the evidence and that of the week to
come. For shares it is beta-binomial on effective sizes (`modelling.intervals`). For the amount
caught each sender caught in the judged weeks stands for others like it, who come a geometric
number of times: Poisson about a rate that, having been seen once, is itself Gamma(1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fraud_assets.data.rows import Rows
from fraud_assets.documents.formats import to_plain
from fraud_assets.modelling.judging.evaluation import confusion_rates, cost
from fraud_assets.modelling.statistics.intervals import (
    cluster_codes,
    design_effect,
    prediction_interval,
)
from fraud_assets.profiles import CONFIDENCE

RATES = ("recall", "precision", "alert_rate")
AMOUNT = "amount_caught"
DRAWS = 2000
"""Simulated weeks behind the interval of the amount caught."""


def promise(judged: Rows, flagged: np.ndarray, weeks: float, seed: int = 0) -> dict[str, Any]:
    """Prediction intervals for the week after the evidence.

    Parameters
    ----------
    judged, flagged
        Rows on which nothing was chosen, and which of them (n,) the model flags.
    weeks
        How many weeks the rows span: the coming one is expected to hold 1/weeks of their number.

    Returns
    -------
    Each of RATES as {value, low, high, n, later, method}; AMOUNT likewise with n senders, or
    None where rows have no amount.
    """
    fraud = judged.label == 1
    clusters = cluster_codes(judged.sender, len(judged))
    parts = {
        "recall": (flagged[fraud], clusters[fraud]),
        "precision": (fraud[flagged], clusters[flagged]),
        "alert_rate": (flagged, clusters),
    }
    told: dict[str, Any] = {
        name: to_plain(
            prediction_interval(
                int(hits.sum()),
                len(hits),
                max(1, round(len(hits) / weeks)),
                design_effect=design_effect(hits, of),
            )
        )
        for name, (hits, of) in parts.items()
    }
    caught = fraud & flagged
    return told | {AMOUNT: _amount(judged.amount, caught, clusters, weeks, seed)}


def outcome(rows: Rows, flagged: np.ndarray, currency: str) -> dict[str, Any]:
    """What the model did in a week: RATES with Clopper-Pearson intervals, amounts, counts."""
    rates = to_plain(confusion_rates(rows.label, flagged))
    costs = to_plain(cost(rows, flagged, currency))
    return {
        **{name: rates[name] for name in RATES},
        AMOUNT: costs["amount_caught"],
        "amount_missed": costs["amount_missed"],
        "rows": len(rows),
        "frauds": rows.frauds,
        "alerts": int(flagged.sum()),
    }


def held(promised: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, bool | None]:
    """For each promise whether the outcome lies in it; None where either is missing."""
    return {name: _inside(promised.get(name), _value(found.get(name))) for name in (*RATES, AMOUNT)}


def _value(found: Any) -> float | None:
    return found["value"] if isinstance(found, Mapping) else found


def _inside(interval: Mapping[str, Any] | None, value: float | None) -> bool | None:
    if interval is None or value is None:
        return None
    return bool(interval["low"] <= value <= interval["high"])


def _amount(
    amount: np.ndarray | None, caught: np.ndarray, clusters: np.ndarray, weeks: float, seed: int
) -> dict[str, Any] | None:
    if amount is None:
        return None
    _, codes = np.unique(clusters[caught], return_inverse=True)
    sums = np.bincount(codes, weights=np.nan_to_num(amount[caught]))
    rng = np.random.default_rng(seed)
    times = rng.geometric(weeks / (1 + weeks), (DRAWS, len(sums))) - 1
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(times @ sums, [tail, 1 - tail])
    return {
        "value": float(sums.sum() / weeks),
        "low": float(low),
        "high": float(high),
        "n": len(sums),
        "method": f"compound geometric by sender {CONFIDENCE:.0%}, {DRAWS} draws",
    }
