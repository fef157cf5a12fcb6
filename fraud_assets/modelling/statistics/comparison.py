"""Two models on the same judged rows: what the challenger gains or loses on the champion."""

from __future__ import annotations

import msgspec
import numpy as np

from fraud_assets.data.rows import Rows
from fraud_assets.documents.rates import Estimate
from fraud_assets.documents.report.champion import Comparison, Difference
from fraud_assets.modelling.statistics.bootstrap import bootstrap, percentile_estimate
from fraud_assets.modelling.statistics.intervals import cluster_codes
from fraud_assets.modelling.statistics.ranking import Ranking

INTERVAL = 0.90
"""Two-sided confidence of the difference, so that its low end alone is a one-sided 95 % bound:
what a test of non-inferiority at 5 % looks at."""


def compare_models(
    judged: Rows,
    challenger: np.ndarray,
    champion: np.ndarray,
    floor: float,
    margin: float,
    *,
    seed: int = 0,
    replicates: int | None = None,
) -> Comparison:
    """Paired bootstrap by sender of both models' scores (n,) on the judged rows.

    Differences are the challenger's minus the champion's, precisions those at the `floor` of
    recall. The same senders are drawn for both models, so that what is hard for both cancels;
    `replicates` times, or as often as the rows allow.
    """
    ours = Ranking.of(np.asarray(challenger, dtype=np.float64), judged.label)
    theirs = Ranking.of(np.asarray(champion, dtype=np.float64), judged.label)

    def statistic(weights: np.ndarray | None) -> tuple[float, ...]:
        own, other = ours.measure(weights)[1], theirs.measure(weights)[1]
        price, other_price = ours.precision_at(floor, weights), theirs.precision_at(floor, weights)
        return other, own - other, price - other_price

    drawn = bootstrap(statistic, cluster_codes(judged.sender, len(judged)), seed, replicates)
    average, difference, price = statistic(None)
    n = len(judged)
    return Comparison(
        average_precision=percentile_estimate(average, drawn[:, 0], n),
        precision_at_floor=float(theirs.precision_at(floor)),
        challenger_precision_at_floor=float(ours.precision_at(floor)),
        difference=Difference(
            **msgspec.structs.asdict(_paired(difference, drawn[:, 1], n)), margin=margin
        ),
        precision_difference=_paired(price, drawn[:, 2], n),
    )


def _paired(value: float, drawn: np.ndarray, n: int) -> Estimate:
    estimate = percentile_estimate(value, drawn, n, INTERVAL)
    return msgspec.structs.replace(estimate, method=f"paired {estimate.method}")
