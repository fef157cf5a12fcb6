"""Intervals for rates: what a share observed in n rows says about the rate behind it.

Exact binomial bounds (Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404) for independent
rows, and the same bounds on an effective sample size where rows come in clusters, such as
frauds in bursts of one sender (Korn and Graubard 1998, Survey Methodology 24, 193-201).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import beta, betabinom
from scipy.stats import t as student

from fraud_assets.documents.rates import Prediction, Rate
from fraud_assets.profiles import CONFIDENCE


def rate(k: int, n: int, confidence: float = CONFIDENCE) -> Rate:
    """Share k of n with its two-sided Clopper-Pearson interval; of no rows that is [0, 1]."""
    k, n, tail = int(k), int(n), (1 - confidence) / 2
    return Rate(
        value=k / n if n else None,
        low=_beta_low(k, n, tail),
        high=1 - _beta_low(n - k, n, tail),
        n=n,
        k=k,
        method=f"Clopper-Pearson {confidence:.0%}",
    )


def clustered_rate(hits: np.ndarray, clusters: np.ndarray, confidence: float = CONFIDENCE) -> Rate:
    """Share of `hits` (n,) bool with a two-sided interval where rows share `clusters` (n,).

    The exact bounds on `effective_size` rows (Korn and Graubard), at least one; where every row
    is a cluster of its own they are Clopper and Pearson's of n.
    """
    exact = rate(int(np.sum(hits)), len(hits), confidence)
    if not len(hits) or len(np.unique(clusters)) == len(hits):
        return exact
    size, tail = max(effective_size(hits, clusters, confidence), 1.0), (1 - confidence) / 2
    k = float(np.mean(hits)) * size
    return Rate(
        value=exact.value,
        low=_beta_low(k, size, tail),
        high=1 - _beta_low(size - k, size, tail),
        n=exact.n,
        k=exact.k,
        method=f"Korn-Graubard {confidence:.0%}, clustered by sender",
    )


def lower_bound(k: float, n: float, confidence: float = CONFIDENCE) -> float:
    """One-sided Clopper-Pearson lower bound of a rate; k and n may be effective, not whole."""
    return _beta_low(k, n, 1 - confidence)


def clustered_lower_bound(
    hits: np.ndarray, clusters: np.ndarray, confidence: float = CONFIDENCE
) -> float:
    """One-sided lower bound of the share of `hits` (n,) bool where rows share `clusters` (n,).

    The exact bound on `effective_size` rows (Korn and Graubard); 0 where fewer than two
    clusters speak.
    """
    if len(hits) == 0:
        return 0.0
    size = effective_size(hits, clusters, confidence)
    return lower_bound(float(np.mean(hits)) * size, size, confidence)


def effective_size(hits: np.ndarray, clusters: np.ndarray, confidence: float = CONFIDENCE) -> float:
    """How many independent rows say as much as these clustered ones; never more than n.

    n* = p (1 - p) / v with v the linearised variance of the ratio of cluster sums, reduced by
    the squared ratio of t quantiles for n - 1 and m - 1 degrees of freedom of n rows in m
    clusters. Where all rows agree v tells nothing, and each cluster counts as one row.
    """
    _, codes = np.unique(clusters, return_inverse=True)
    sizes = np.bincount(codes).astype(float)
    n, m = len(hits), len(sizes)
    if m < 2:
        return 0.0
    p = float(np.mean(hits))
    if p in (0.0, 1.0):
        return float(m)
    sums = np.bincount(codes, weights=np.asarray(hits, dtype=float))
    variance = m / (m - 1) * float(np.sum((sums - p * sizes) ** 2)) / n**2
    independent = p * (1 - p) / (n - 1)
    if variance <= independent:
        return float(n)
    shrink = (student.ppf(confidence, n - 1) / student.ppf(confidence, m - 1)) ** 2
    return float(min(n, n * independent / variance * shrink))


def cluster_codes(senders: np.ndarray | None, n: int) -> np.ndarray:
    """Integer cluster (n,) of each row; a row without a sender is a cluster of its own."""
    if senders is None:
        return np.arange(n)
    codes, known = pd.factorize(np.asarray(senders, dtype=object))
    missing = codes < 0
    codes[missing] = len(known) + np.arange(int(missing.sum()))
    return np.asarray(codes, dtype=np.int64)


def _beta_low(k: float, n: float, tail: float) -> float:
    return 0.0 if k <= 0 else float(beta.ppf(tail, k, n - k + 1))


def prediction_interval(
    k: int, n: int, later: int, confidence: float = CONFIDENCE, design_effect: float = 1.0
) -> Prediction:
    """Where the share among `later` rows of a coming window will lie, having seen k of n.

    Beta-binomial with the Jeffreys prior (Brown, Cai and DasGupta 2001,
    doi:10.1214/ss/1009213286): unlike an interval of the rate it holds the noise of both
    windows. Clusters divide both sizes by their `design_effect`.
    """
    effect = max(design_effect, 1.0)
    draws = max(1, round(later / effect))
    a, b = k / effect + 0.5, (n - k) / effect + 0.5
    tail = (1 - confidence) / 2
    low, high = betabinom.ppf([tail, 1 - tail], draws, a, b) / draws
    return Prediction(
        value=k / n if n else None,
        low=float(low),
        high=float(high),
        n=int(n),
        later=int(later),
        method=f"beta-binomial prediction {confidence:.0%}, design effect {effect:.2f}",
    )


def design_effect(hits: np.ndarray, clusters: np.ndarray) -> float:
    """Rows per effective row, at least 1; 1 where no row or cluster allows a figure."""
    size = effective_size(hits, clusters)
    return max(1.0, len(hits) / size) if size > 0 else 1.0
