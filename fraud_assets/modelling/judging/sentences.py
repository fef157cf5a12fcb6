"""What a threshold promises, from how much, at what price, and what would mend a broken ceiling."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.documents.report.judged import Price
from fraud_assets.modelling.judging.earlier import EarlierFrauds
from fraud_assets.modelling.judging.guarantee import Guaranteed
from fraud_assets.modelling.judging.prices import aim_way, frauds_to_mend, keeps
from fraud_assets.values.shares import exact_percent, exact_share


def threshold_sentence(
    policy: Policy,
    prices: Sequence[Price],
    found: Guaranteed,
    scores: np.ndarray,
    frauds: np.ndarray,
    *,
    earlier: EarlierFrauds | None = None,
    not_scored: str = "",
) -> str:
    """The sentences of a threshold; `scores` (n,) and `frauds` (n,) are the threshold rows'.

    `prices` are those of the way taken and then of others.
    """
    return (
        _promise(policy, found, prices[0])
        + (_rests_on(found, int(frauds.sum()), earlier) or _alone(policy, not_scored))
        + _mend(policy, found, scores, frauds, prices)
    )


def _promise(policy: Policy, found: Guaranteed, paid: Price) -> str:
    rule = policy.threshold
    place = (
        f"The threshold {paid.threshold:.6g} lies just below rank {found.k} of {found.n} fraud "
        "scores"
    )
    if rule.rule == "guarantee":
        promise = (
            f"where recall stays at or above {exact_share(policy.min_recall)} with "
            f"{exact_percent(rule.confidence)} confidence for later frauds that resemble these"
            f"{_bursts(found)}"
        )
    else:
        promise = f"where recall reaches the {aim_way(rule.aim)}, which promises nothing"
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


def _alone(policy: Policy, not_scored: str) -> str:
    """Why a guarantee that may rest on earlier frauds rests on the threshold rows alone."""
    asked = policy.threshold
    if not not_scored or asked.rule != "guarantee" or asked.earlier == "never":
        return ""
    return f" Frauds of earlier weeks do not count: {not_scored}."


def _last_word(found: Guaranteed, own: int) -> str:
    """Which stretch of them chose the rank, where it is not all of them."""
    if found.n == own + found.earlier:
        return ""
    return (
        f" The newest {found.n:,} are caught less often than all of these together, and so they "
        "have the last word."
    )


def _mend(
    policy: Policy,
    found: Guaranteed,
    scores: np.ndarray,
    frauds: np.ndarray,
    prices: Sequence[Price],
) -> str:
    """What would bring a guarantee under the ceilings that it breaks: an aim, or more frauds."""
    paid = prices[0]
    if policy.threshold.rule != "guarantee" or keeps(paid, policy):
        return ""
    aims = {aim_way(aim) for aim in (policy.threshold.aim, policy.min_recall)}
    kept = [f"a {one.way}" for one in prices if one.way in aims and keeps(one, policy)]
    by_aim = f"; {' or '.join(kept)} would keep both" if kept else ""
    return (
        f" On the threshold rows it flags {paid.alert_rate.value:.2%} of all payments at a "
        f"precision of {paid.precision.value:.3f}, where {exact_percent(policy.max_alert_rate)} "
        f"and {policy.min_precision:g} are allowed{by_aim}"
        + _more(policy, found, scores, frauds, is_also=bool(kept))
    )


def _more(
    policy: Policy, found: Guaranteed, scores: np.ndarray, frauds: np.ndarray, *, is_also: bool
) -> str:
    """How many more frauds would bring the guarantee under the ceilings; an aim may do so too."""
    more = frauds_to_mend(scores, frauds, found, policy)
    if more is None:
        which = "for the guarantee no" if is_also else "no"
        return f"; {which} number of further frauds would mend that, only a better ranking."
    where = (
        "like these, in a longer history"
        if found.n > int(frauds.sum())
        else "in a longer threshold window"
    )
    who = ", and so would the guarantee" if is_also else "; the guarantee would keep both"
    return f"{who} with about {more:,} more frauds {where}."
