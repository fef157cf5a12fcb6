"""Enough matured frauds among the judged rows to speak about recall at all."""

from __future__ import annotations

from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.rule import GateRule, RuleOutcome


def bound(grounds: Grounds) -> int:
    """The policy's fewest frauds."""
    return grounds.policy.min_judged_frauds


def judge(grounds: Grounds) -> RuleOutcome:
    """The recall rests on that many frauds."""
    least, n = bound(grounds), grounds.report.metrics.recall.n
    passed = n >= least
    hint = "" if passed else "; lengthen the judged window in [windows] or wait for more labels"
    sentence = f"Matured frauds among the judged rows must be at least {least}, got {n}{hint}."
    return RuleOutcome(passed, n, sentence, n=n)


RULE = GateRule(
    name="judged_frauds",
    order=500,
    bound=bound,
    judge=judge,
    title="Matured frauds among the judged rows",
    unit="count",
    advice="Wait until more labels have matured, or let the contract's windows reach further back.",
    section="data",
    frauds="demands",
)
