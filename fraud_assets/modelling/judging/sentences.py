"""What a threshold promises, from how much, at what price, and what would mend a broken ceiling."""

from __future__ import annotations

import numpy as np

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.documents.report.judged import Price
from fraud_assets.modelling.judging.earlier import EarlierFrauds
from fraud_assets.modelling.judging.guarantee import Guaranteed
from fraud_assets.modelling.judging.prices import frauds_to_mend, keeps, price


def threshold_sentence(
    policy: Policy,
    value: float,
    found: Guaranteed,
    scores: np.ndarray,
    frauds: np.ndarray,
    *,
    earlier: EarlierFrauds | None = None,
) -> str:
    """The sentences of a threshold; `scores` (n,) and `frauds` (n,) are the threshold rows'."""
    paid = price("", value, scores, frauds)
    return (
        _promise(policy, value, found, paid)
        + _rests_on(found, int(frauds.sum()), earlier)
        + _mend(policy, found, scores, frauds, paid)
    )


def _promise(policy: Policy, value: float, found: Guaranteed, paid: Price) -> str:
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
    if not found.is_short and (found.independent >= found.n or found.k == found.single):
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


def _rests_on(found: Guaranteed, own: int, earlier: EarlierFrauds | None) -> str:
    if earlier is None or not (found.earlier or found.left_out):
        return ""
    weeks = f"of the weeks since {earlier.since}"
    if not found.earlier:
        return (
            f" The {found.left_out:,} frauds {weeks} do not count: at the same share of false "
            "alarms they are caught more often than these, so that the law of fraud has changed."
        )
    return (
        f" It rests on {own:,} frauds of the threshold rows and the {found.earlier:,} newest of "
        f"{found.earlier + found.left_out:,} {weeks}, scored by {earlier.fits} fits of the same "
        "setting, each without the weeks that it scored."
        + _last_word(found, own)
        + (
            f" The {found.left_out:,} older ones do not count: they are caught more often, so that "
            "the law of fraud has changed."
            if found.left_out
            else ""
        )
    )


def _last_word(found: Guaranteed, own: int) -> str:
    """Which stretch of them chose the rank, where it is not all of them."""
    if found.n == own + found.earlier:
        return ""
    return (
        f" The newest {found.n:,} are caught less often than all of these together, and so they "
        "have the last word."
    )


def _mend(
    policy: Policy, found: Guaranteed, scores: np.ndarray, frauds: np.ndarray, paid: Price
) -> str:
    """How many more frauds would bring a guarantee under the ceilings that it breaks."""
    if policy.threshold.rule != "guarantee" or keeps(paid, policy):
        return ""
    more = frauds_to_mend(scores, frauds, found, policy)
    broken = (
        f" On the threshold rows it flags {paid.alert_rate.value:.2%} of all payments at a "
        f"precision of {paid.precision.value:.3f}, where {policy.max_alert_rate:.2%} and "
        f"{policy.min_precision:g} are allowed"
    )
    if more is None:
        return f"{broken}; no number of further frauds would mend that, only a better ranking."
    where = (
        "like these, in a longer history"
        if found.n > int(frauds.sum())
        else "among the threshold rows (windows.threshold_frauds)"
    )
    return (
        f"{broken}; a plain aim would keep both, and so would the guarantee with about {more:,} "
        f"more frauds {where}."
    )
