"""The one pure decision: may this candidate serve? Report and policy in, verdict out.

Decisions
    promote                every rule holds, or is still to be proved (`Verdict.unproved`);
    insufficient_evidence  the judged frauds are too few, and nothing fails but what is measured
                           on those few frauds (recall, precision, the champion's difference);
    refuse                 anything else: a rule that needs no frauds fails whatever their number.

What the report lacks, or holds as NaN or as another type, never passes. The publisher demands
`promote` with nothing unproved; no other caller may move production.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from fraud_assets.contract.schema import Policy
from fraud_assets.release.gate_leaks import no_leak
from fraud_assets.release.gate_lineage import (
    as_of_not_older,
    champion_non_inferior,
    describes_model,
)
from fraud_assets.release.gate_numbers import finite_numbers, numbers_agree
from fraud_assets.release.gate_quarantine import quarantine_rules
from fraud_assets.release.gate_rates import (
    alert_rate,
    judged_frauds,
    precision,
    recall,
    recall_lower_bound,
)
from fraud_assets.release.gate_serving import serving_latency, serving_parity
from fraud_assets.release.rule import Rule

__all__ = ["Rule", "Verdict", "decide"]

Decision = Literal["promote", "refuse", "insufficient_evidence"]

RESTS_ON_FRAUDS = frozenset(
    {"judged_frauds", "recall", "recall_lower_bound", "precision", "champion_non_inferior"}
)
"""Rules whose failure says little where the judged frauds are too few."""


@dataclass(frozen=True)
class Verdict:
    """The decision, why in a sentence, and every rule with its evidence, gravest first."""

    decision: Decision
    sentence: str
    rules: tuple[Rule, ...]

    @property
    def failed(self) -> tuple[Rule, ...]:
        """The rules that do not hold."""
        return tuple(rule for rule in self.rules if rule.passed is False)

    @property
    def unproved(self) -> tuple[Rule, ...]:
        """The rules that only the publisher can prove and nobody has proved yet."""
        return tuple(rule for rule in self.rules if rule.passed is None)

    def as_dict(self) -> dict[str, Any]:
        """The verdict as it stands in report.json and metadata.json."""
        return asdict(self) | {"rules": [asdict(rule) for rule in self.rules]}


def decide(
    report: Mapping[str, Any],
    policy: Policy,
    *,
    expected: Mapping[str, Any] | None = None,
    production: Mapping[str, Any] | None = None,
    proof: Mapping[str, Any] | None = None,
) -> Verdict:
    """Judge a report by the policy; pure, and never raises for what a report may hold.

    Parameters
    ----------
    report
        report.json as a mapping.
    policy
        The contract's promotion policy.
    expected
        What the report must describe: `model_digest`, `data_fingerprint`, `contract_digest`,
        and, where the publisher has scored the judged rows again, `threshold`, `confusion` and
        `wrongly_told`, the report's sections that were not what this run finds.
        None leaves the rule unproved.
    production
        `version` and `as_of` of what serves now, or None where nothing does.
    proof
        The serving proof (see `proof` in report.json). None leaves its rules unproved.
    """
    rules = (
        finite_numbers(report),
        numbers_agree(report),
        describes_model(report, expected),
        as_of_not_older(report, production),
        judged_frauds(report, policy),
        recall(report, policy),
        *([recall_lower_bound(report, policy)] if policy.strict else []),
        alert_rate(report, policy),
        precision(report, policy),
        champion_non_inferior(report, policy, production),
        *quarantine_rules(report, policy),
        no_leak(report, policy),
        serving_parity(proof),
        serving_latency(proof, policy),
    )
    decision = _decision(rules)
    return Verdict(decision, _sentence(decision, rules), rules)


def _decision(rules: tuple[Rule, ...]) -> Decision:
    failed = {rule.name for rule in rules if rule.passed is False}
    if not failed:
        return "promote"
    if "judged_frauds" in failed and failed <= RESTS_ON_FRAUDS:
        return "insufficient_evidence"
    return "refuse"


def _sentence(decision: Decision, rules: tuple[Rule, ...]) -> str:
    held = sum(rule.passed is True for rule in rules)
    if decision == "promote":
        shown = {rule.name: rule.sentence for rule in rules}
        unproved = [rule.name for rule in rules if rule.passed is None]
        left = f"; still to be proved at publication: {', '.join(unproved)}" if unproved else ""
        return f"Promote: all {held} rules hold{left}. {shown['recall']}"
    first, *more = [rule for rule in rules if rule.passed is False]
    others = f" Also failed: {', '.join(rule.name for rule in more)}." if more else ""
    opening = "Refused" if decision == "refuse" else "Insufficient evidence"
    return f"{opening} by rule {first.name}: {first.sentence}{others}"
