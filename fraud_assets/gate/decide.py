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

from collections.abc import Iterable, Sequence

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.documents.formats import to_plain
from fraud_assets.documents.reading import read_parts
from fraud_assets.documents.report.proof import Proof
from fraud_assets.documents.report.whole import examine_report
from fraud_assets.documents.unread import UnreadableError
from fraud_assets.documents.verdict import Finding, Verdict, VerdictDecision
from fraud_assets.errors import Fault
from fraud_assets.gate.grounds import Expected, Grounds, Serving
from fraud_assets.gate.registry import gate_rules
from fraud_assets.gate.rule import Bound, GateRule, RuleOutcome


def decide(
    report: object,
    policy: Policy,
    *,
    expected: Expected | None = None,
    production: Serving | None = None,
    proof: object = None,
) -> Verdict:
    """Judge a report by the policy; pure, and never raises for what a report may hold.

    Parameters
    ----------
    report
        A Report, or whatever claims to be report.json; it is read strictly, here and once.
    policy
        The contract's promotion policy.
    expected
        What the report must describe. None leaves the rule unproved.
    production
        What serves now, or None where nothing does.
    proof
        The serving proof. None leaves its rules unproved.
    """
    reading = examine_report(report)
    rules = [rule for rule in gate_rules() if rule.applies(policy)]
    answered = [path for rule in rules for path in rule.answers_for]
    told = reading.faults_of(*answered)
    grounds = Grounds(
        report=reading.document,
        faults=tuple(fault for fault in reading.faults if fault not in told),
        policy=policy,
        expected=expected,
        production=production,
        proof=_read_proof(proof),
    )
    findings = tuple(
        _finding(rule, grounds, reading.faults_of(*rule.answers_for)) for rule in rules
    )
    decision = _decision(rules, findings)
    return Verdict(decision, _sentence(decision, rules, findings), findings)


def findings_of(
    names: Sequence[str], report: object, policy: Policy, *, proof: object = None
) -> tuple[Finding, ...]:
    """What single rules say of a report of which no more than they read may be known yet."""
    reading = examine_report(report)
    grounds = Grounds(
        report=reading.document, faults=reading.faults, policy=policy, proof=_read_proof(proof)
    )
    return tuple(_finding(rule, grounds, ()) for rule in gate_rules() if rule.name in names)


def _read_proof(proof: object) -> Proof | None:
    return None if proof is None else read_parts(Proof, to_plain(proof)).document


def _finding(rule: GateRule, grounds: Grounds, faults: Sequence[Fault]) -> Finding:
    bound: Bound = None
    try:
        bound = rule.bound(grounds)
        outcome = _unreadable(faults) if faults else rule.judge(grounds)
    except UnreadableError as error:
        outcome = _unreadable([error.fault])
    return Finding(
        rule.name,
        bound,
        outcome.value,
        outcome.passed,
        outcome.sentence,
        outcome.interval,
        outcome.n,
    )


def _unreadable(faults: Iterable[Fault]) -> RuleOutcome:
    told = "; ".join(map(str, faults))
    sentence = f"What the rule reads must be there: {told}. Evaluate the model again."
    return RuleOutcome(passed=False, value=None, sentence=sentence)


def _decision(rules: Sequence[GateRule], findings: Sequence[Finding]) -> VerdictDecision:
    failed = [
        rule for rule, finding in zip(rules, findings, strict=True) if finding.passed is False
    ]
    if not failed:
        return "promote"
    too_few = any(rule.frauds == "demands" for rule in failed)
    if too_few and all(rule.frauds != "independent" for rule in failed):
        return "insufficient_evidence"
    return "refuse"


def _sentence(
    decision: VerdictDecision, rules: Sequence[GateRule], findings: Sequence[Finding]
) -> str:
    if decision == "promote":
        held = sum(finding.passed is True for finding in findings)
        unproved = [finding.name for finding in findings if finding.passed is None]
        left = f"; still to be proved at publication: {', '.join(unproved)}" if unproved else ""
        closing = [
            finding.sentence
            for rule, finding in zip(rules, findings, strict=True)
            if rule.closes_a_promotion
        ]
        return " ".join([f"Promote: all {held} rules hold{left}.", *closing])
    first, *more = [finding for finding in findings if finding.passed is False]
    others = f" Also failed: {', '.join(finding.name for finding in more)}." if more else ""
    opening = "Refused" if decision == "refuse" else "Insufficient evidence"
    return f"{opening} by rule {first.name}: {first.sentence}{others}"
