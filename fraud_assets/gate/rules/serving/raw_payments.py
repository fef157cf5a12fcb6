"""The service derives from raw payments what the report was judged on, bit for bit."""

from __future__ import annotations

from fraud_assets.documents.report.proof import RawProof
from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.rule import GateRule, RuleOutcome
from fraud_assets.values.counted import counted


def judge(grounds: Grounds) -> RuleOutcome:
    """Features, scores, flags and reasons of flagged raw payments are the report's."""
    proof = grounds.proof
    if proof is None:
        return RuleOutcome(None, None, "Raw payments are replayed at publication.")
    raw = proof.raw
    if not isinstance(raw, RawProof):
        fault = proof.error or "the proof says nothing of them. Publish again with this release"
        return RuleOutcome(False, None, f"Raw payments must be replayed, but {fault}.")
    if raw.why_not:
        return RuleOutcome(True, None, f"No raw payments were replayed: {raw.why_not}", n=0)
    passed = raw.differences == 0 and raw.compared > 0
    end = "." if passed else f": {'; '.join(raw.first) or 'no payment was compared'}."
    sentence = (
        "Of raw payments the service must derive the report's features, scores, flags and the "
        f"reasons of flags to the bit; got {counted(raw.differences, 'difference')} over "
        f"{counted(raw.compared, 'judged payment')} and "
        f"{raw.past:,} of their past{_rewritten(raw)}{end}"
    )
    return RuleOutcome(passed, raw.differences, sentence, n=raw.compared)


def _rewritten(raw: RawProof) -> str:
    if not raw.rewritten:
        return ""
    columns = ", ".join(raw.rewritten)
    return f" ({columns} sent in ISO 8601: single values of it can be read in two ways)"


RULE = GateRule(
    name="raw_payments",
    order=1450,
    bound=lambda _: 0,
    judge=judge,
    title="Raw payments give the judged features",
    unit="count",
    advice=(
        "What the service derives from a raw payment is not what the model was judged on. The "
        "sentence names payment and field: compare that payment's columns in the export with the "
        "contract, and what came of its sender's earlier payments."
    ),
    section="lineage",
)
