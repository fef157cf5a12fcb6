"""What serves gives the judged model's probabilities, flags and additive reasons."""

from __future__ import annotations

from fraud_assets.documents.report.proof import Proof
from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.rule import GateRule, RuleOutcome, show
from fraud_assets.gate.rules.serving._advice import ADVICE
from fraud_assets.profiles import ADDITIVITY_TOLERANCE, PARITY_TOLERANCE
from fraud_assets.values.counted import counted


def judge(grounds: Grounds) -> RuleOutcome:
    """The service answered every golden row as the pipeline does."""
    proof = grounds.proof
    if proof is None:
        return RuleOutcome(None, None, "Serving parity is proved at publication.")
    passed = _is_same(proof)
    sentence = (
        f"Served probabilities must be the pipeline's within {PARITY_TOLERANCE:g}, flags equal and "
        f"reasons within {ADDITIVITY_TOLERANCE:g}; got {show(proof.max_probability_difference)}, "
        f"{proof.flags_different} flags and {show(proof.max_reason_gap)} over "
        f"{counted(proof.n, 'row')}"
    )
    fault = proof.error or "the service cannot score this model exactly"
    end = "." if passed else f": {fault}."
    return RuleOutcome(passed, proof.max_probability_difference, sentence + end, n=proof.n)


def _is_same(proof: Proof) -> bool:
    difference, gap = proof.max_probability_difference, proof.max_reason_gap
    return (
        proof.served is True
        and not proof.error
        and proof.n > 0
        and proof.flags_different == 0
        and difference is not None
        and 0 <= difference <= PARITY_TOLERANCE
        and gap is not None
        and 0 <= gap <= ADDITIVITY_TOLERANCE
    )


RULE = GateRule(
    name="serving_parity",
    order=1400,
    bound=lambda _: PARITY_TOLERANCE,
    judge=judge,
    title="Served as judged",
    unit="number",
    advice=ADVICE,
    section="lineage",
)
