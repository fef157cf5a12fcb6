"""Share of the amount that broke a rule; it passes where the contract names no amount."""

from __future__ import annotations

import msgspec

from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.rule import GateRule, RuleOutcome, show
from fraud_assets.gate.rules.data._aside import NOT_COUNTED, most


def bound(grounds: Grounds) -> float:
    """The policy's ceiling."""
    return grounds.policy.max_quarantined_amount_share


def judge(grounds: Grounds) -> RuleOutcome:
    """Little enough of the amount is in quarantine."""
    ceiling, quarantine = bound(grounds), grounds.report.data.quarantine
    told = quarantine.amount
    if told is msgspec.UNSET:
        return RuleOutcome(passed=False, value=None, sentence=NOT_COUNTED.format("the amount"))
    if told.kept is None:
        sentence = "The contract names no amount, so none of it can be lost in quarantine."
        return RuleOutcome(passed=True, value=None, sentence=sentence)
    passed = 0 <= told.share <= ceiling
    hint = "" if passed else most(told.rules, quarantine, "of the amount")
    sentence = (
        f"The share of the amount in quarantine must be at most {ceiling:g}, "
        f"got {show(told.share)}{hint}."
    )
    return RuleOutcome(passed, told.share, sentence)


RULE = GateRule(
    name="quarantined_amount",
    order=1300,
    bound=bound,
    judge=judge,
    title="Share of the amount in quarantine",
    unit="share",
    advice="See which rule takes the largest payments.",
    section="data",
)
