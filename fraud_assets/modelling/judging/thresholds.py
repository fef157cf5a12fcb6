"""The probability from which a payment is flagged, chosen once and then frozen.

Two rules. The guarantee takes the k-th highest of n fraud scores, k the smallest with
P(Binomial(n, floor) >= k) <= 1 - confidence: for exchangeable frauds the recall at that score
is Beta(k, n - k + 1), so it stays at or above the floor with that confidence (one-sided
tolerance limit, Wilks 1941, doi:10.1214/aoms/1177731788). Frauds in bursts of one sender are not
exchangeable one by one: where senders are known, effective frauds are counted instead.
The aim takes the score at which a wished recall is reached on the threshold rows, without any
promise.
"""

from __future__ import annotations

import math

import numpy as np

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.documents.report.judged import Price, Threshold
from fraud_assets.errors import DataError, InsufficientEvidenceError
from fraud_assets.modelling.judging.guarantee import Guaranteed, guarantee
from fraud_assets.modelling.judging.prices import frauds_to_mend, keeps, price
from fraud_assets.modelling.statistics.intervals import rate


def choose_threshold(
    scores: np.ndarray,
    labels: np.ndarray,
    policy: Policy,
    senders: np.ndarray | None = None,
) -> Threshold:
    """Choose the threshold from `scores` (n,) and `labels` (n,), 1 for fraud, by the policy.

    With `senders` (n,) the guarantee holds for bursts of one sender too. Where those leave too few
    frauds to promise anything, a strict policy refuses, and another says so.

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
    own = scores[frauds]
    theirs = None if senders is None else np.asarray(senders)[frauds]
    found = _found(own, theirs, policy)
    value = midway_below(found.score, scores)
    flagged = scores >= value
    caught, rule = int((flagged & frauds).sum()), policy.threshold
    return Threshold(
        value=value,
        rule=rule.rule,
        aim=rule.aim if rule.rule == "aim" else None,
        confidence=rule.confidence if rule.rule == "guarantee" else None,
        n=len(own),
        recall=rate(caught, len(own)),
        precision=rate(caught, int(flagged.sum())),
        sentence=_sentence(policy, value, found, price("", value, scores, frauds))
        + _mend(policy, found, scores, frauds, value),
        prices=_prices(policy, value, found, scores, frauds),
    )


def frauds_wanted(
    scores: np.ndarray, labels: np.ndarray, policy: Policy, senders: np.ndarray | None = None
) -> int | None:
    """How many frauds a guarantee would keep the policy's ceilings with; arrays as above.

    None where it keeps them as it is, no number would mend it, or the rule is another.
    """
    scores, frauds = np.asarray(scores, dtype=np.float64), np.asarray(labels) == 1
    if policy.threshold.rule != "guarantee":
        return None
    theirs = None if senders is None else np.asarray(senders)[frauds]
    found = _found(scores[frauds], theirs, policy)
    if keeps(price("", midway_below(found.score, scores), scores, frauds), policy):
        return None
    more = frauds_to_mend(scores, frauds, found, policy)
    return None if more is None else found.n + more


def _found(own: np.ndarray, senders: np.ndarray | None, policy: Policy) -> Guaranteed:
    rule, n = policy.threshold, len(own)
    if rule.rule == "aim":
        k = aimed_rank(n, rule.aim)
        return Guaranteed(float(np.sort(own)[n - k]), k, n, n, k)
    return guarantee(own, senders, policy.min_recall, rule.confidence, strict=policy.strict)


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


def _prices(
    policy: Policy, value: float, found: Guaranteed, scores: np.ndarray, frauds: np.ndarray
) -> tuple[Price, ...]:
    """The way taken, then what each fraud by itself would give, and plain aims.

    The aims are the contract's and the floor itself.
    """
    own, rule = np.sort(scores[frauds]), policy.threshold
    taken = "guarantee" if rule.rule == "guarantee" else _aim(rule.aim)
    prices = {taken: price(taken, value, scores, frauds)}
    others = {_aim(aim): aimed_rank(found.n, aim) for aim in (rule.aim, policy.min_recall)}
    if found.k != found.single:
        others = {"guarantee if no frauds shared a sender": found.single, **others}
    for way, k in others.items():
        at = midway_below(float(own[found.n - k]), scores)
        prices.setdefault(way, price(way, at, scores, frauds))
    return tuple(prices.values())


def _aim(aim: float) -> str:
    return f"plain aim of {aim:.2f}"


def _sentence(policy: Policy, value: float, found: Guaranteed, paid: Price) -> str:
    rule = policy.threshold
    place = f"The threshold {value:.6g} lies just below rank {found.k} of {found.n} fraud scores"
    if rule.rule == "guarantee":
        promise = (
            f"where recall stays at or above {policy.min_recall:.2f} with "
            f"{rule.confidence:.0%} confidence for later frauds that resemble these"
            f"{_bursts(found)}"
        )
    else:
        promise = f"where recall reaches the plain aim of {rule.aim:.2f}, which promises nothing"
    return (
        f"{place}, {promise}; the price is a precision of {paid.precision.value:.3f} "
        f"(n = {paid.precision.n} flagged threshold rows)."
    )


def _bursts(found: Guaranteed) -> str:
    if found.independent >= found.n:
        return ""
    count = f"count as {found.independent:,} of {found.n:,}"
    if found.is_short:
        return (
            f", if each came by itself: by their bursts of one sender they {count}, which are too "
            "few to promise more"
        )
    return (
        f" and come in such bursts of one sender (they {count}; each by itself would do with "
        f"rank {found.single})"
    )


def _mend(
    policy: Policy, found: Guaranteed, scores: np.ndarray, frauds: np.ndarray, value: float
) -> str:
    """How many more frauds would bring a guarantee under the ceilings that it breaks."""
    if policy.threshold.rule != "guarantee":
        return ""
    paid = price("", value, scores, frauds)
    if keeps(paid, policy):
        return ""
    more = frauds_to_mend(scores, frauds, found, policy)
    broken = (
        f" On the threshold rows it flags {paid.alert_rate.value:.2%} of all payments at a "
        f"precision of {paid.precision.value:.3f}, where {policy.max_alert_rate:.2%} and "
        f"{policy.min_precision:g} are allowed"
    )
    if more is None:
        return f"{broken}; no number of further frauds would mend that, only a better ranking."
    return (
        f"{broken}; a plain aim would keep both, and so would the guarantee with about {more:,} "
        "more frauds among the threshold rows (windows.threshold_frauds)."
    )
