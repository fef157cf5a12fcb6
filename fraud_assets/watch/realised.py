"""Realised recall: of the frauds of a week, which share was flagged, and how well that is known.

Where flagged payments are blocked, their labels never come. Those that passed on purpose stand
for the rest: each weighs one over its release probability (Horvitz and Thompson 1952).
"""

from __future__ import annotations

import numpy as np

from fraud_assets.documents.rates import Rate
from fraud_assets.modelling.statistics.intervals import clustered_rate
from fraud_assets.profiles import CONFIDENCE


def realised_recall(
    caught: np.ndarray,
    senders: np.ndarray | None = None,
    release: float = 1.0,
    confidence: float = CONFIDENCE,
) -> Rate:
    """Recall behind frauds that had a label, of which `caught` (n,) bool were flagged.

    With r the recall and p the release probability, a fraud whose label came was caught with
    probability q = r p / (r p + 1 - r); the interval of q, carried over by
    r = q / (q + p (1 - q)), is that of r. The interval is exact for frauds one by one, and on as
    many rows as they are worth where `senders` (n,) have several (Korn and Graubard 1998).

    Raises
    ------
    ValueError
        If `release` is not in (0, 1]: nothing flagged passes, so recall cannot be known.
    """
    if not 0 < release <= 1:
        raise ValueError(
            f"Recall is unknown where no flagged payment passes; release share {release}."
        )
    alone = np.arange(len(caught)) if senders is None else senders
    seen = clustered_rate(caught, alone, confidence)
    low, high = (_recall(q, release) for q in (seen.low, seen.high))
    value = None if seen.value is None else _recall(seen.value, release)
    method = seen.method if release == 1 else f"{seen.method}, weighted by 1/{release:g}"
    return Rate(value=value, low=low, high=high, n=seen.n, k=seen.k, method=method)


def _recall(share: float, release: float) -> float:
    return float(share / (share + release * (1 - share)))
