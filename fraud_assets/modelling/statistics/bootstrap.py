"""Percentile intervals by resampling senders with replacement, rows of one sender together.

Field and Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x: where rows come in clusters the
clusters are drawn, or the interval is too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from fraud_assets.documents.rates import Estimate
from fraud_assets.profiles import CONFIDENCE

MOST_REPLICATES, FEWEST_REPLICATES = 400, 100
ROW_BUDGET = 24_000_000
"""Rows times replicates that one interval may cost; about half a second of one core."""


def replicates_for(rows: int) -> int:
    """How many replicates the row budget allows, between the fewest and the most."""
    return int(np.clip(ROW_BUDGET // max(rows, 1), FEWEST_REPLICATES, MOST_REPLICATES))


def cluster_weights(clusters: np.ndarray, replicates: int, seed: int) -> Iterator[np.ndarray]:
    """For each replicate how often each row (n,) was drawn with its cluster `clusters` (n,)."""
    _, codes = np.unique(clusters, return_inverse=True)
    count = int(codes.max()) + 1 if len(codes) else 0
    rng = np.random.default_rng(seed)
    for _ in range(replicates):
        drawn = np.bincount(rng.integers(0, count, count), minlength=count)
        yield drawn.astype(np.float64)[codes]


def bootstrap(
    statistic: Callable[[np.ndarray], tuple[float, ...]],
    clusters: np.ndarray,
    seed: int,
    replicates: int | None = None,
) -> np.ndarray:
    """Replicates (b, s) of the s numbers that `statistic` gives for row weights (n,)."""
    count = replicates or replicates_for(len(clusters))
    return np.array([statistic(weights) for weights in cluster_weights(clusters, count, seed)])


def percentile_estimate(
    value: float, replicates: np.ndarray, n: int, confidence: float = CONFIDENCE
) -> Estimate:
    """A value with the interval of its replicates, which always holds the value.

    Replicates that are undefined, having drawn no fraud, are left out.
    """
    usable = replicates[np.isfinite(replicates)]
    tail = (1 - confidence) / 2
    low, high = np.quantile(usable, [tail, 1 - tail]) if len(usable) else (value, value)
    return Estimate(
        value=float(value),
        low=float(min(low, value)),
        high=float(max(high, value)),
        n=int(n),
        method=f"bootstrap by sender {confidence:.0%}, {len(usable)} replicates",
    )
