"""No feature knows the label: refused unless a person has checked it."""

from __future__ import annotations

import msgspec

from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.rule import GateRule, RuleOutcome
from fraud_assets.modelling.leaks.verdict import leak_refusal, refused, unchecked


def judge(grounds: Grounds) -> RuleOutcome:
    """No feature is too good to be true, but those that `policy.checked` gives a reason for."""
    told, checked = grounds.report.leaks, grounds.policy.checked
    if told is msgspec.UNSET:
        sentence = "The report must tell of leaks, but does not; evaluate the model again."
        return RuleOutcome(passed=False, value=None, sentence=sentence)
    grave = refused(told.found, checked)
    if grave:
        sentence = leak_refusal(grave, checked)
        return RuleOutcome(passed=False, value=len(grave), sentence=sentence, n=grave[0].frauds)
    doubted = [name for leak in unchecked(told.found, checked) for name in leak.features]
    named = f"; look at {', '.join(dict.fromkeys(doubted))}, which tell much" if doubted else ""
    return RuleOutcome(passed=True, value=0, sentence=f"No feature knows the label{named}.")


RULE = GateRule(
    name="no_leak",
    order=1350,
    bound=lambda _: 0,
    judge=judge,
    title="No feature knows the label",
    unit="count",
    advice=(
        "Ask when the feature gets its value; one that comes after the payment has no place here."
    ),
    section="data",
    answers_for=("leaks",),
)
