"""The report speaks of exactly this model, data and contract, and of its scores."""

from __future__ import annotations

from collections.abc import Iterator

from fraud_assets.documents.report.whole import Report
from fraud_assets.gate.grounds import Expected, Grounds
from fraud_assets.gate.rule import GateRule, RuleOutcome
from fraud_assets.gate.rules.lineage._identity import ADVICE


def bound(grounds: Grounds) -> str | None:
    """The digest of the model that would be published."""
    return None if grounds.expected is None else grounds.expected.model_digest or None


def judge(grounds: Grounds) -> RuleOutcome:
    """Digests are those of what is published, and the numbers those of its scores."""
    if grounds.expected is None:
        return RuleOutcome(None, None, "Model, data and contract are compared at publication.")
    wrong = list(_differences(grounds.report, grounds.expected))
    sentence = (
        f"The report must describe what is published; it differs in {', '.join(wrong)}. "
        "Evaluate this very model on this data and publish again."
        if wrong
        else "The report describes exactly this model, data and contract."
    )
    return RuleOutcome(not wrong, grounds.report.model.digest or None, sentence)


def _differences(report: Report, expected: Expected) -> Iterator[str]:
    told = {
        "model_digest": (report.model.digest, expected.model_digest),
        "data_fingerprint": (report.data.fingerprint, expected.data_fingerprint),
        "contract_digest": (report.contract.digest, expected.contract_digest),
    }
    # Nothing equals nothing, but two missing digests describe no model.
    yield from (name for name, (found, wanted) in told.items() if not found or found != wanted)
    if expected.threshold is not None and report.threshold.value != expected.threshold:
        yield "threshold"
    if expected.confusion is not None and report.metrics.confusion != expected.confusion:
        yield "confusion"
    yield from expected.wrongly_told


RULE = GateRule(
    name="describes_model",
    order=300,
    bound=bound,
    judge=judge,
    title="The report describes this model, data and contract",
    unit="number",
    advice=ADVICE,
    section="lineage",
    answers_for=("contract", "model", "data.fingerprint"),
)
