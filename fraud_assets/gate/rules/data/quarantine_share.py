"""Share of raw rows that broke a rule of the contract."""

from __future__ import annotations

from fraud_assets.documents.rates import Interval
from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.rule import GateRule, RuleOutcome, show
from fraud_assets.gate.rules.data._aside import most
from fraud_assets.values.counted import counted


def bound(grounds: Grounds) -> float:
    """The policy's ceiling."""
    return grounds.policy.max_quarantine_share


def judge(grounds: Grounds) -> RuleOutcome:
    """Few enough rows are in quarantine."""
    ceiling, data = bound(grounds), grounds.report.data
    told = data.quarantine
    passed = 0 <= told.share <= ceiling
    hint = "" if passed else most(told.rules, told, "rows")
    sentence = (
        f"The share of quarantined rows must be at most {ceiling:g}, got {show(told.share)} "
        f"(n = {counted(data.rows, 'row')}){hint}."
    )
    between = Interval(told.low, told.high, told.method)
    return RuleOutcome(passed, told.share, sentence, between, data.rows)


RULE = GateRule(
    name="quarantine_share",
    order=1100,
    bound=bound,
    judge=judge,
    title="Share of rows in quarantine",
    unit="share",
    advice="See which rule sets the rows aside; a changed export shows there first.",
    section="data",
)
