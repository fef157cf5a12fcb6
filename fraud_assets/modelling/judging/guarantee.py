"""Ranks of fraud scores at which a recall is guaranteed, by one window or by several of one law.

Frauds before the threshold rows were scored too, each by a fit on what lay before it. Scores of
different fits have scales of their own, so a fraud is placed by the share of legitimate payments
of its own weeks that score as high: the alerts that catching it takes. Where earlier frauds are
placed as those of the threshold rows are, all of them together give the same confidence at a rank
nearer to the floor. That they are is tested, and the threshold rows alone must still give the
floor with a lesser confidence, whatever the test says.

So the promise of 95 % rests on the sameness of the laws, and at least 90 % on the threshold rows
alone. With 70 % there, weeks refused for their alerts alone fell from .42 to .22 of all, but the
promise held in .77 of 60 simulated weeks instead of .90 (`benchmarks.thresholds`): fits differ by
more than the test sees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom, ks_2samp

from fraud_assets.errors import InsufficientEvidenceError
from fraud_assets.modelling.statistics.intervals import cluster_codes, effective_size

SAMENESS = 0.2
"""Least p-value of the two-sample Kolmogorov-Smirnov test at which laws count as the same. High,
since it is the sameness that must not be claimed in error; frauds in bursts only lower it."""

LEAST_PLACE = 0.001
"""Places below this count as the same in the test: no threshold that costs something lies there,
and a sample of legitimate payments does not tell them apart."""

ALONE = 0.9
"""Confidence in the floor that the threshold rows must give by themselves."""


@dataclass(frozen=True)
class EarlierFrauds:
    """Places (m,) of frauds before the threshold rows, scored out of time, and their senders."""

    places: np.ndarray
    senders: np.ndarray | None = None


@dataclass(frozen=True)
class Guaranteed:
    """The guaranteed score: rank `k` of `n` frauds, those of the threshold rows or of both.

    `p_value` is that of the test of sameness, None where there was nothing to test.
    """

    score: float
    k: int
    n: int
    p_value: float | None = None

    @property
    def is_pooled(self) -> bool:
        """Whether earlier frauds speak as well."""
        return self.p_value is not None and self.p_value >= SAMENESS


def guarantee(
    scores: np.ndarray,
    others: np.ndarray,
    senders: np.ndarray | None,
    floor: float,
    confidence: float,
    *,
    strict: bool = False,
    earlier: EarlierFrauds | None = None,
) -> Guaranteed:
    """The highest score that keeps the promise, from fraud `scores` (n,) of the threshold rows.

    `others` are the scores of the legitimate threshold rows.

    Raises
    ------
    InsufficientEvidenceError
        If the threshold rows' frauds are too few, or too few senders where `strict`.
    """
    n = len(scores)
    k = _rank(scores, senders, floor, confidence, strict)
    alone = Guaranteed(_at_rank(scores, k), k, n)
    if earlier is None or len(earlier.places) == 0 or len(others) == 0:
        return alone
    own = places(scores, others)
    sides = (np.maximum(side, LEAST_PLACE) for side in (own, earlier.places))
    p_value = float(ks_2samp(*sides, method="asymp").pvalue)
    if p_value < SAMENESS:
        return Guaranteed(alone.score, k, n, p_value)
    both = -np.concatenate([own, earlier.places])  # the fewer alerts, the higher
    k = _rank(both, _together(senders, n, earlier), floor, confidence, strict)
    score = _score_of_place(-_at_rank(both, k), scores, others)
    least = _at_rank(scores, _rank(scores, senders, floor, ALONE, strict))
    return Guaranteed(min(score, least), k, len(both), p_value)


def places(scores: np.ndarray, others: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Share of legitimate rows, by their `weights`, that score at least as high, (n,)."""
    order = np.argsort(others, kind="stable")
    counted = np.ones(len(others)) if weights is None else weights[order]
    below = np.concatenate([[0.0], np.cumsum(counted)])
    at = np.searchsorted(others[order], scores, side="left")
    return np.asarray(1 - below[at] / below[-1], dtype=np.float64)


def _score_of_place(place: float, scores: np.ndarray, others: np.ndarray) -> float:
    """The lowest score of the threshold rows that is placed no worse."""
    every = np.unique(np.concatenate([scores, others]))
    within = every[places(every, others) <= place]
    return float(within[0] if len(within) else every[-1])


def guaranteed_rank(n: int, floor: float, confidence: float) -> int:
    """Smallest k with P(Binomial(n, floor) >= k) <= 1 - confidence.

    Raises
    ------
    InsufficientEvidenceError
        If even flagging all n frauds does not give the confidence.
    """
    tail = 1 - confidence
    if floor >= 1:
        raise InsufficientEvidenceError(
            f"A guarantee needs policy.min_recall below 1, got {floor:g}: no number of frauds "
            'shows that none is missed; lower it or set policy.threshold.rule = "aim".'
        )
    k = int(binom.isf(tail, n, floor)) + 1 if n else 1
    if k > n:
        raise InsufficientEvidenceError(
            f"A threshold with recall >= {floor:.2f} at {confidence:.0%} confidence needs at "
            f"least {fewest_frauds(floor, confidence)} matured frauds among the threshold rows, "
            f"got {n}; lengthen windows.threshold_frauds or wait for more labels."
        )
    return k


def fewest_frauds(floor: float, confidence: float) -> int:
    """Smallest n at which catching all n shows `floor` with `confidence`."""
    return math.ceil(math.log(1 - confidence) / math.log(floor))


def clustered_rank(
    scores: np.ndarray, clusters: np.ndarray, floor: float, confidence: float
) -> int:
    """The guaranteed rank where `clusters` (n,), not single frauds, are exchangeable.

    At the rank for single frauds the recall rests on some effective number of frauds (Korn and
    Graubard 1998, see `effective_size`); the share that the guarantee asks of so many is taken
    of all `scores` (n,) of frauds. Never below the rank for single frauds.

    Raises
    ------
    InsufficientEvidenceError
        If frauds, or effective frauds, are too few for the guarantee.
    """
    n = len(scores)
    k = guaranteed_rank(n, floor, confidence)
    size = int(effective_size(scores >= np.sort(scores)[n - k], clusters, confidence))
    needed = fewest_frauds(floor, confidence)
    if size < needed:
        raise InsufficientEvidenceError(
            f"A threshold with recall >= {floor:.2f} at {confidence:.0%} confidence needs at "
            f"least {needed} independent frauds among the threshold rows, but the {n} there come "
            f"in bursts of one sender and count as {size}; lengthen windows.threshold_frauds."
        )
    return max(k, math.ceil(n * guaranteed_rank(size, floor, confidence) / size))


def frauds_for_share(share: float, floor: float, confidence: float) -> int | None:
    """Fewest frauds whose guaranteed rank is at most `share` of them; None past a million."""
    if share <= floor:
        return None
    low, high = 0, fewest_frauds(floor, confidence)
    while guaranteed_rank(high, floor, confidence) > share * high:
        low, high = high, 2 * high
        if high > 1_000_000:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        enough = middle >= fewest_frauds(floor, confidence) and (
            guaranteed_rank(middle, floor, confidence) <= share * middle
        )
        low, high = (low, middle) if enough else (middle, high)
    return high


def _rank(
    scores: np.ndarray, senders: np.ndarray | None, floor: float, confidence: float, strict: bool
) -> int:
    if strict:
        return clustered_rank(scores, cluster_codes(senders, len(scores)), floor, confidence)
    return guaranteed_rank(len(scores), floor, confidence)


def _at_rank(scores: np.ndarray, k: int) -> float:
    return float(np.sort(scores)[len(scores) - k])


def _together(senders: np.ndarray | None, n: int, earlier: EarlierFrauds) -> np.ndarray:
    m = len(earlier.places)
    parts = ((senders, n), (earlier.senders, m))
    return np.concatenate([np.full(k, None, object) if s is None else s for s, k in parts])
