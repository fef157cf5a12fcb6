"""In strict mode: the more cautious of recall's exact and clustered lower bounds."""

from __future__ import annotations

from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.rule import GateRule, RuleOutcome, show
from fraud_assets.gate.rules.rates._rate import ADVICE_RECALL
from fraud_assets.gate.rules.rates.recall import bound
from fraud_assets.values.counted import counted


def judge(grounds: Grounds) -> RuleOutcome:
    """Both lower bounds reach the floor."""
    least, evidence = bound(grounds), grounds.report.evidence
    value = min(evidence.recall_low_exact, evidence.recall_low_clustered)
    passed = value >= least
    sentence = (
        f"In strict mode the more cautious lower bound of recall must be at least {least:g}, got "
        f"{show(value)} from {counted(evidence.frauds, 'fraud')} of "
        f"{counted(evidence.fraud_senders, 'sender')}"
        f"{'' if passed else '; more judged frauds narrow the bound'}."
    )
    return RuleOutcome(passed, value, sentence, n=evidence.frauds)


RULE = GateRule(
    name="recall_lower_bound",
    order=700,
    bound=bound,
    judge=judge,
    title="Cautious bound of recall",
    unit="share",
    advice=ADVICE_RECALL,
    section="slices",
    frauds="rests",
    applies=lambda policy: policy.strict,
)
