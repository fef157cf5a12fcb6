"""Realised recall: of the frauds of a week, which share was flagged, and how well that is known.

Where flagged payments are blocked, their labels never come. Those that passed on purpose stand
for the rest: each weighs one over its release probability (Horvitz and Thompson 1952).
"""

from __future__ import annotations

from fraud_assets.documents.rates import Rate
from fraud_assets.modelling.statistics.intervals import rate
from fraud_assets.profiles import CONFIDENCE


def realised_recall(
    caught: int, missed: int, release: float = 1.0, confidence: float = CONFIDENCE
) -> Rate:
    """Recall behind `caught` flagged frauds that had a label, and `missed` ones.

    With r the recall and p the release probability, a fraud whose label came was caught with
    probability q = r p / (r p + 1 - r); the exact interval of q, carried over by
    r = q / (q + p (1 - q)), is that of r. With `release` 1 it is Clopper and Pearson's.

    Raises
    ------
    ValueError
        If `release` is not in (0, 1]: nothing flagged passes, so recall cannot be known.
    """
    if not 0 < release <= 1:
        raise ValueError(
            f"Recall is unknown where no flagged payment passes; release share {release}."
        )
    seen = rate(int(caught), int(caught) + int(missed), confidence)
    low, high = (_recall(q, release) for q in (seen.low, seen.high))
    value = None if seen.value is None else _recall(seen.value, release)
    method = seen.method if release == 1 else f"{seen.method}, weighted by 1/{release:g}"
    return Rate(value=value, low=low, high=high, n=seen.n, k=seen.k, method=method)


def _recall(share: float, release: float) -> float:
    return float(share / (share + release * (1 - share)))
