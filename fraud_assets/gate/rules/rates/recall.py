"""Share of judged frauds that are flagged; the floor can only be raised."""

from __future__ import annotations

from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.rule import GateRule, RuleOutcome
from fraud_assets.gate.rules.rates._rate import ADVICE_RECALL, at_least
from fraud_assets.profiles import RECALL_FLOOR


def bound(grounds: Grounds) -> float:
    """The policy's floor, never under the promise."""
    return max(grounds.policy.min_recall, RECALL_FLOOR)


def judge(grounds: Grounds) -> RuleOutcome:
    """The recall reaches the floor, unrounded."""
    hint = "look at the missed frauds and at the slices with the lowest recall"
    return at_least(grounds.report.metrics.recall, bound(grounds), "recall", hint)


RULE = GateRule(
    name="recall",
    order=600,
    bound=bound,
    judge=judge,
    title="Recall",
    unit="share",
    advice=ADVICE_RECALL,
    section="slices",
    frauds="rests",
    closes_a_promotion=True,
)
