"""Share of flagged payments that are fraud."""

from __future__ import annotations

from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.rule import GateRule, RuleOutcome
from fraud_assets.gate.rules.rates._rate import ADVICE_FLAGS, at_least


def bound(grounds: Grounds) -> float:
    """The policy's floor."""
    return grounds.policy.min_precision


def judge(grounds: Grounds) -> RuleOutcome:
    """Enough of the alerts are frauds."""
    hint = "recall was bought with false alarms, look at features and candidates"
    return at_least(grounds.report.metrics.precision, bound(grounds), "precision", hint)


RULE = GateRule(
    name="precision",
    order=900,
    bound=bound,
    judge=judge,
    title="Precision",
    unit="share",
    advice=ADVICE_FLAGS,
    section="cost",
    frauds="rests",
)
