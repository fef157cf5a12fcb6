"""Every part of the report is there and of its kind, and every number is finite."""

from __future__ import annotations

from contextlib import suppress

from fraud_assets.documents.unread import UnreadableError
from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.rule import GateRule, RuleOutcome

RATES = ("recall", "precision", "alert_rate", "false_positive_rate")
"""Rates that must have a value; others may lack it, such as a week's without frauds."""

SHOWN = 5


def judge(grounds: Grounds) -> RuleOutcome:
    """No fault that another rule does not tell, and no rate without a value."""
    faults = [fault.key for fault in grounds.faults]
    for name in RATES:
        with suppress(UnreadableError):
            if getattr(grounds.report.metrics, name).value is None:
                faults.append(f"metrics.{name}.value")
    shown = ", ".join(faults[:SHOWN])
    more = f" and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    sentence = (
        f"All numbers of the report must be present and finite; these are not: {shown}{more}. "
        "Evaluate the model again and look at its scores."
        if faults
        else "All numbers of the report are present and finite."
    )
    return RuleOutcome(not faults, len(faults), sentence)


RULE = GateRule(
    name="finite_numbers",
    order=100,
    bound=lambda _: 0,
    judge=judge,
    title="No number is missing or infinite",
    unit="count",
    advice="Look for empty windows and for columns that hold one value only, then run again.",
    section="data",
)
