"""What each recall would cost on the judged rows: alerts, precision, amounts caught and missed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fraud_assets.data.rows import Rows
from fraud_assets.documents.rates import Interval, Rate
from fraud_assets.documents.report.operating import OperatingPoint
from fraud_assets.modelling.statistics.bootstrap import bootstrap, percentile_estimate
from fraud_assets.modelling.statistics.intervals import cluster_codes, rate

AIMS = (0.80, 0.85, 0.90, 0.92, 0.95, 0.97)


def operating_points(
    judged: Rows, scores: np.ndarray, days: int | None, seed: int = 0
) -> tuple[OperatingPoint, ...]:
    """For each of AIMS the highest threshold whose recall reaches it; `scores` (n,)."""
    thresholds = _thresholds(judged, scores)
    sums = _amounts(judged, scores, thresholds, seed)
    return tuple(
        _point(judged, scores, at, days, amounts)
        for at, amounts in zip(zip(AIMS, thresholds, strict=True), sums, strict=True)
    )


def _thresholds(judged: Rows, scores: np.ndarray) -> list[float]:
    ranked = np.sort(scores[judged.label == 1])[::-1]
    return [float(ranked[int(np.ceil(aim * len(ranked) - 1e-9)) - 1]) for aim in AIMS]


def _point(
    judged: Rows,
    scores: np.ndarray,
    at: tuple[float, float],
    days: int | None,
    amounts: Sequence[tuple[float, Interval]] | None,
) -> OperatingPoint:
    aim, threshold = at
    fraud, flagged = judged.label == 1, scores >= threshold
    hits, alerts = int((fraud & flagged).sum()), int(flagged.sum())
    share = rate(alerts, len(scores))
    caught, missed = amounts or ((None, None), (None, None))
    return OperatingPoint(
        aim=aim,
        threshold=threshold,
        recall=rate(hits, int(fraud.sum())),
        precision=rate(hits, alerts),
        alert_rate=share,
        alerts_per_day=alerts / days if days else None,
        amount_caught=caught[0],
        amount_missed=missed[0],
        alerts_interval=_daily(share, days) if days else None,
        caught_interval=caught[1],
        missed_interval=missed[1],
    )


def _daily(alerts: Rate, days: int) -> Interval:
    """The alerts of a day where the share of alerts lies."""
    daily = alerts.n / days
    return Interval(alerts.low * daily, alerts.high * daily, alerts.method)


def _amounts(
    judged: Rows, scores: np.ndarray, thresholds: Sequence[float], seed: int
) -> Sequence[Sequence[tuple[float, Interval]] | None]:
    """For each threshold the amount caught and missed with intervals; senders are drawn anew."""
    if judged.amount is None:
        return [None] * len(thresholds)
    fraud = judged.label == 1
    amount = np.nan_to_num(np.asarray(judged.amount, float))[fraud]
    caught = np.array([amount * (scores[fraud] >= threshold) for threshold in thresholds])
    parts = np.stack([caught, amount - caught], axis=1).reshape(-1, len(amount))
    clusters = cluster_codes(judged.sender, len(judged))[fraud]
    drawn = bootstrap(lambda weights: tuple((parts @ weights).tolist()), clusters, seed)
    found = [
        (
            float(part.sum()),
            percentile_estimate(float(part.sum()), drawn[:, i], len(amount)).interval,
        )
        for i, part in enumerate(parts)
    ]
    return [found[i : i + 2] for i in range(0, len(found), 2)]
