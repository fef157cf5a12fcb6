"""The probability from which a payment is flagged, chosen once and then frozen.

Two rules. The guarantee takes the k-th highest of n fraud scores, k the smallest with
P(Binomial(n, floor) >= k) <= 1 - confidence: for exchangeable frauds the recall at that score
is Beta(k, n - k + 1), so it stays at or above the floor with that confidence (one-sided
tolerance limit, Wilks 1941, doi:10.1214/aoms/1177731788). Frauds in bursts of one sender are not
exchangeable one by one: where senders are known, effective frauds are counted instead. Frauds of
the weeks before join in where they were scored by fits that had left them out, and the newest have
the last word (see `fraud_assets.modelling.judging.over_time`).
The aim takes the score at which a wished recall is reached on the threshold rows, without any
promise.
"""

from __future__ import annotations

import math

import numpy as np

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.documents.report.judged import Price, Threshold, ThresholdEvidence
from fraud_assets.errors import DataError, InsufficientEvidenceError
from fraud_assets.modelling.judging.earlier import (
    EarlierFrauds,
    joined_senders,
    scores_at,
)
from fraud_assets.modelling.judging.guarantee import Guaranteed, fewest_frauds, guarantee
from fraud_assets.modelling.judging.over_time import guarantee_over_time
from fraud_assets.modelling.judging.prices import aim_way, price
from fraud_assets.modelling.judging.sentences import threshold_sentence
from fraud_assets.modelling.statistics.calibration import CALIBRATION_FOLDS
from fraud_assets.modelling.statistics.intervals import rate


def choose_threshold(
    scores: np.ndarray,
    labels: np.ndarray,
    policy: Policy,
    senders: np.ndarray | None = None,
    *,
    earlier: EarlierFrauds | None = None,
    not_scored: str = "",
) -> Threshold:
    """Choose the threshold from `scores` (n,) and `labels` (n,), 1 for fraud, by the policy.

    With `senders` (n,) the guarantee holds for bursts of one sender too. Where those leave too few
    frauds to promise anything, a strict policy refuses, and another says so. `earlier` frauds join
    the guarantee where theirs is the law of these rows; `not_scored` says why there are none.

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
    theirs = None if senders is None else np.asarray(senders)[frauds]
    alone = _alone(scores[frauds], theirs, policy)
    found = alone
    if earlier is not None and policy.threshold.rule == "guarantee":
        found = _with_earlier(alone.n, scores, frauds, theirs, earlier, policy=policy)
    value = midway_below(found.score, scores)
    flagged = scores >= value
    caught, rule, n = int((flagged & frauds).sum()), policy.threshold, int(frauds.sum())
    prices = _prices(policy, value, found, scores, frauds, alone=alone)
    return Threshold(
        value=value,
        rule=rule.rule,
        aim=rule.aim if rule.rule == "aim" else None,
        confidence=rule.confidence if rule.rule == "guarantee" else None,
        n=n,
        recall=rate(caught, n),
        precision=rate(caught, int(flagged.sum())),
        sentence=threshold_sentence(
            policy, prices, found, scores, frauds, earlier=earlier, not_scored=not_scored
        ),
        prices=prices,
        evidence=_evidence(found, theirs, n, earlier),
    )


def fewest_to_choose(policy: Policy) -> int:
    """Fewest frauds of the threshold rows with which the policy's threshold can be chosen."""
    if policy.threshold.rule == "aim" or policy.min_recall >= 1:
        return CALIBRATION_FOLDS
    return max(CALIBRATION_FOLDS, fewest_frauds(policy.min_recall, policy.threshold.confidence))


def _alone(own: np.ndarray, senders: np.ndarray | None, policy: Policy) -> Guaranteed:
    """What the threshold rows' own fraud scores (n,) give."""
    rule, n = policy.threshold, len(own)
    if rule.rule == "aim":
        k = aimed_rank(n, rule.aim)
        return Guaranteed(np.sort(own), k, n, k, worth=n)
    return guarantee(own, senders, policy.min_recall, rule.confidence, strict=policy.strict)


def _with_earlier(
    own: int,
    scores: np.ndarray,
    frauds: np.ndarray,
    senders: np.ndarray | None,
    earlier: EarlierFrauds,
    *,
    policy: Policy,
) -> Guaranteed:
    """What the `own` frauds of the threshold rows give with the earlier ones of their law."""
    older = earlier.newest_first
    joined = np.concatenate([scores[frauds], scores_at(np.array(older.place), scores[~frauds])])
    firsts = np.cumsum([own, *older.counts]).tolist()
    everyone = joined_senders(senders, older, own)
    confidence = policy.threshold.confidence
    return guarantee_over_time(
        joined, everyone, firsts, policy.min_recall, confidence, strict=policy.strict
    )


def _evidence(
    found: Guaranteed, senders: np.ndarray | None, n: int, earlier: EarlierFrauds | None
) -> ThresholdEvidence:
    theirs = None if earlier is None else earlier.sender
    return ThresholdEvidence(
        frauds=n,
        senders=None if senders is None else len(set(senders)),
        earlier_frauds=0 if earlier is None else len(earlier.place),
        earlier_senders=None if theirs is None else len(set(theirs)),
        earlier_since=None if earlier is None else earlier.since,
        earlier_fits=0 if earlier is None else earlier.fits,
        earlier_count=found.earlier > 0,
        independent=found.worth,
        earlier_left_out=found.left_out,
    )


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
            "lengthen the threshold window in [windows] or wait for more labels."
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


def _prices(
    policy: Policy,
    value: float,
    found: Guaranteed,
    scores: np.ndarray,
    frauds: np.ndarray,
    *,
    alone: Guaranteed,
) -> tuple[Price, ...]:
    """The way taken, then what other evidence would give, and plain aims.

    The aims are the contract's and the floor itself, on the threshold rows alone.
    """
    rule, own = policy.threshold, np.sort(scores[frauds])
    taken = "guarantee" if rule.rule == "guarantee" else aim_way(rule.aim)
    others: dict[str, float] = {}
    if found.earlier:
        others["guarantee from the threshold rows alone"] = alone.score
    if found.k != found.single:
        others["guarantee if no frauds shared a sender"] = found.at(found.single)
    for aim in (rule.aim, policy.min_recall):
        others.setdefault(aim_way(aim), float(own[len(own) - aimed_rank(len(own), aim)]))
    prices = {taken: price(taken, value, scores, frauds)}
    for way, score in others.items():
        prices.setdefault(way, price(way, midway_below(score, scores), scores, frauds))
    return tuple(prices.values())
