"""Share of the frauds that broke a rule; labels that nobody understands count as frauds."""

from __future__ import annotations

import msgspec

from fraud_assets.data.quarantine.advice import frauds_taken
from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.rule import GateRule, RuleOutcome, show
from fraud_assets.gate.rules.data._aside import NOT_COUNTED, unknown_labels
from fraud_assets.values.counted import counted


def bound(grounds: Grounds) -> float:
    """The policy's ceiling."""
    return grounds.policy.max_quarantined_fraud_share


def judge(grounds: Grounds) -> RuleOutcome:
    """Few enough frauds are in quarantine, and their share is that of their counts."""
    ceiling, quarantine = bound(grounds), grounds.report.data.quarantine
    told = quarantine.frauds
    if told is msgspec.UNSET:
        return RuleOutcome(passed=False, value=None, sentence=NOT_COUNTED.format("frauds"))
    lost, n = told.quarantined, told.quarantined + told.kept
    passed = abs(told.share * n - lost) < 0.5 and 0 <= told.share <= ceiling
    taken = frauds_taken(lost, told.kept, told.rules, unknown_labels(quarantine))
    sentence = (
        f"The share of frauds in quarantine must be at most {ceiling:g}, got {show(told.share)} "
        f"(n = {counted(n, 'fraud')})."
    )
    sentence = sentence if passed or not taken else f"{sentence} {taken}"
    return RuleOutcome(passed, told.share, sentence, n=n)


RULE = GateRule(
    name="quarantined_frauds",
    order=1200,
    bound=bound,
    judge=judge,
    title="Share of frauds in quarantine",
    unit="share",
    advice=("See which rule takes the frauds; often it is a label's word that the contract lacks."),
    section="data",
)
