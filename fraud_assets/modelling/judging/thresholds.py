"""The probability from which a payment is flagged, chosen once and then frozen.

Two rules. The guarantee takes the k-th highest of n fraud scores, k the smallest with
P(Binomial(n, floor) >= k) <= 1 - confidence: for exchangeable frauds the recall at that score
is Beta(k, n - k + 1), so it stays at or above the floor with that confidence (one-sided
tolerance limit, Wilks 1941, doi:10.1214/aoms/1177731788). Frauds in bursts of one sender are not
exchangeable one by one: strict policies count effective frauds instead (see `clustered_rank`).
The aim takes the score at which a wished recall is reached on the threshold rows, without any
promise.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import binom

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.documents.rates import Rate
from fraud_assets.documents.report.judged import Threshold
from fraud_assets.errors import DataError, InsufficientEvidenceError
from fraud_assets.modelling.statistics.intervals import cluster_codes, effective_size, rate


def choose_threshold(
    scores: np.ndarray,
    labels: np.ndarray,
    policy: Policy,
    senders: np.ndarray | None = None,
) -> Threshold:
    """Choose the threshold from `scores` (n,) and `labels` (n,), 1 for fraud, by the policy.

    With `senders` (n,) a strict policy's guarantee holds for bursts of one sender too.

    Raises
    ------
    InsufficientEvidenceError
        If the frauds are too few for the rule; says how many it needs.
    DataError
        If scores are not finite or do not match the labels.
    """
    scores, frauds = np.asarray(scores, dtype=np.float64), np.asarray(labels) == 1
    if scores.shape != frauds.shape or not np.isfinite(scores).all():
        raise DataError(
            "The threshold rows must have one finite score each, got "
            f"{int(np.isfinite(scores).sum())} finite scores for {len(frauds)} rows; "
            "refit the model and look at its inputs."
        )
    rule = policy.threshold
    n, clusters = int(frauds.sum()), cluster_codes(senders, len(scores))[frauds]
    if rule.rule == "aim":
        k = aimed_rank(n, rule.aim)
    elif policy.strict:
        k = clustered_rank(scores[frauds], clusters, policy.min_recall, rule.confidence)
    else:
        k = guaranteed_rank(n, policy.min_recall, rule.confidence)
    value = midway_below(float(np.sort(scores[frauds])[n - k]), scores)
    flagged = scores >= value
    caught = int((flagged & frauds).sum())
    recall, precision = rate(caught, n), rate(caught, int(flagged.sum()))
    return Threshold(
        value=value,
        rule=rule.rule,
        aim=rule.aim if rule.rule == "aim" else None,
        confidence=rule.confidence if rule.rule == "guarantee" else None,
        n=n,
        recall=recall,
        precision=precision,
        sentence=_sentence(policy, value, k, recall, precision),
    )


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


def aimed_rank(n: int, aim: float) -> int:
    """Smallest k with k / n >= aim.

    Raises
    ------
    InsufficientEvidenceError
        If there is no fraud.
    """
    if n == 0:
        raise InsufficientEvidenceError(
            "A threshold needs at least 1 matured fraud among the threshold rows, got 0; "
            "lengthen windows.threshold_frauds or wait for more labels."
        )
    k = math.floor(aim * n)
    return k if k / n >= aim else k + 1


def midway_below(score: float, scores: np.ndarray) -> float:
    """The middle between `score` and the next lower value of `scores`, above the latter.

    A threshold equal to a row's score would hang on that score's last bit. Where nothing lies
    lower, or no float lies between, it is `score` itself.
    """
    below = scores[scores < score]
    if len(below) == 0:
        return score
    lower = float(below.max())
    middle = lower + (score - lower) / 2
    return middle if lower < middle <= score else score


def _sentence(policy: Policy, value: float, k: int, recall: Rate, precision: Rate) -> str:
    n, rule = recall.n, policy.threshold
    place = f"The threshold {value:.6g} lies just below rank {k} of {n} fraud scores"
    if rule.rule == "guarantee":
        promise = (
            f"where recall stays at or above {policy.min_recall:.2f} with "
            f"{rule.confidence:.0%} confidence for later frauds that resemble these"
            f"{' and come in such bursts' if policy.strict else ''}"
        )
    else:
        promise = f"where recall reaches the plain aim of {rule.aim:.2f}, which promises nothing"
    return (
        f"{place}, {promise}; the price is a precision of {precision.value:.3f} "
        f"(n = {precision.n} flagged threshold rows)."
    )
