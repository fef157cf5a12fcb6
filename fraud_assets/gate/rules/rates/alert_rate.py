"""Share of all judged payments that are flagged."""

from __future__ import annotations

from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.rule import GateRule, RuleOutcome
from fraud_assets.gate.rules.rates._rate import ADVICE_FLAGS, at_most


def bound(grounds: Grounds) -> float:
    """The policy's ceiling."""
    return grounds.policy.max_alert_rate


def judge(grounds: Grounds) -> RuleOutcome:
    """Few enough payments are flagged."""
    hint = "recall was bought by flagging too many, look at features and candidates"
    return at_most(grounds.report.metrics.alert_rate, bound(grounds), "alert rate", hint)


RULE = GateRule(
    name="alert_rate",
    order=800,
    bound=bound,
    judge=judge,
    title="Share of payments flagged",
    unit="share",
    advice=ADVICE_FLAGS,
    section="cost",
)
