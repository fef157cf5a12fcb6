"""The numbers behind the pictures: curves, bins and weeks of one ranking. Nothing is drawn here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import beta

from fraud_assets.documents.report.curves import (
    PrecisionRecallPoint,
    ReliabilityBin,
    RocPoint,
    ScoreHistogram,
    WeekRates,
)
from fraud_assets.modelling.statistics.intervals import rate
from fraud_assets.modelling.statistics.ranking import Ranking
from fraud_assets.profiles import CONFIDENCE

MOST_POINTS = 150
"""Points of a curve; more do not show at the width of a page."""

RELIABILITY_EDGES = (0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1)
"""Bins of probability, narrow near 0 where almost all payments lie."""

SCORE_BINS = 40
WEEK = np.timedelta64(7, "D")


def precision_recall(scores: np.ndarray, labels: np.ndarray) -> tuple[PrecisionRecallPoint, ...]:
    """Recall and precision with its Clopper-Pearson interval at scores of frauds, highest first."""
    ranking = Ranking.of(scores, labels)
    _, caught, _, flagged, _ = ranking.groups()
    keep = _thin(len(caught))
    k, n = caught[keep], flagged[keep]
    low, high = _clopper_pearson(k, n)
    thresholds = np.sort(scores)[::-1][n.astype(int) - 1]
    columns = (thresholds, k / caught[-1], k / n, low, high)
    return tuple(PrecisionRecallPoint(*map(float, row)) for row in zip(*columns, strict=True))


def roc(scores: np.ndarray, labels: np.ndarray) -> tuple[RocPoint, ...]:
    """False and true positive rate before and after each score of a fraud, from (0,0) to (1,1)."""
    ranking = Ranking.of(scores, labels)
    before, after, all_before, all_after, total = ranking.groups()
    negatives = total[0] - after[-1]
    tpr = np.column_stack([before, after]).ravel() / after[-1]
    legit = np.column_stack([all_before - before, all_after - after]).ravel()
    keep = _thin(len(tpr))
    points = np.column_stack([legit / max(negatives, 1), tpr])[keep]
    points = np.vstack([[0.0, 0.0], points, [1.0, 1.0]])
    return tuple(RocPoint(float(fpr), float(tpr)) for fpr, tpr in points)


def reliability(scores: np.ndarray, labels: np.ndarray) -> tuple[ReliabilityBin, ...]:
    """Mean predicted probability beside the observed share of frauds in each filled bin."""
    edges = np.array(RELIABILITY_EDGES, dtype=float)
    bins = np.clip(np.searchsorted(edges, scores, side="right") - 1, 0, len(edges) - 2)
    rows = np.bincount(bins, minlength=len(edges) - 1)
    sums = np.bincount(bins, weights=scores, minlength=len(edges) - 1)
    frauds = np.bincount(bins, weights=labels == 1, minlength=len(edges) - 1)
    return tuple(
        ReliabilityBin(
            low=float(edges[i]),
            high=float(edges[i + 1]),
            mean_predicted=float(sums[i] / rows[i]),
            observed=rate(int(frauds[i]), int(rows[i])),
        )
        for i in np.flatnonzero(rows)
    )


def calibration_error(bins: Sequence[ReliabilityBin]) -> float:
    """Mean distance of predicted and observed over the bins, weighted by their rows.

    Expected calibration error (Naeini, Cooper and Hauskrecht 2015, AAAI 29, 2901-2907).
    """
    total = sum(b.observed.n for b in bins)
    gaps = (b.observed.n * abs(b.mean_predicted - b.observed.k / b.observed.n) for b in bins)
    return float(sum(gaps) / total)


def score_histogram(scores: np.ndarray, labels: np.ndarray) -> ScoreHistogram:
    """Counts of legitimate rows and of frauds over equal bins of probability."""
    edges = np.linspace(0, 1, SCORE_BINS + 1)
    inside = np.clip(scores, 0, 1)
    fraud = np.histogram(inside[labels == 1], edges)[0]
    legitimate = np.histogram(inside[labels != 1], edges)[0]
    columns = (tuple(part.tolist()) for part in (edges, legitimate, fraud))
    return ScoreHistogram(*columns)


def weekly(
    flagged: np.ndarray, labels: np.ndarray, time: np.ndarray | None
) -> tuple[WeekRates, ...]:
    """Rates of each seven days from the first judged day; `week` is its first date.

    The last week may be shorter. A week without frauds has no recall, one without alerts no
    precision: their value is None. Empty where rows have no time.
    """
    if time is None or len(time) == 0:
        return ()
    first = time.min().astype("datetime64[D]")
    index = ((time.astype("datetime64[D]") - first) // WEEK).astype(int)
    size = int(index.max()) + 1
    left = int((time.max().astype("datetime64[D]") - first) / np.timedelta64(1, "D")) + 1
    fraud = labels == 1
    rows, frauds, alerts, hits = (
        np.bincount(index, weights=part, minlength=size).astype(int)
        for part in (np.ones(len(time)), fraud, flagged, flagged & fraud)
    )
    return tuple(
        WeekRates(
            week=str(first + i * WEEK),
            recall=rate(hits[i], frauds[i]),
            precision=rate(hits[i], alerts[i]),
            alert_rate=rate(alerts[i], rows[i]),
            days=min(7, left - 7 * i),
        )
        for i in range(size)
        if rows[i]
    )


def _thin(size: int) -> np.ndarray:
    """At most `MOST_POINTS` positions of `size`, evenly, first and last among them."""
    return np.unique(np.linspace(0, size - 1, min(size, MOST_POINTS)).round().astype(int))


def _clopper_pearson(k: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both ends for many rates at once; k is at least 1."""
    tail = (1 - CONFIDENCE) / 2
    low = beta.ppf(tail, k, n - k + 1)
    high = np.where(k == n, 1.0, beta.ppf(1 - tail, k + 1, np.maximum(n - k, 1)))
    return low, high
