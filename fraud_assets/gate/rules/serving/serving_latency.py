"""One payment's 95th percentile in the serving runtime, in milliseconds."""

from __future__ import annotations

from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.rule import GateRule, RuleOutcome, show
from fraud_assets.gate.rules.serving._advice import ADVICE


def bound(grounds: Grounds) -> float:
    """The policy's ceiling, in milliseconds."""
    return grounds.policy.max_p95_ms


def judge(grounds: Grounds) -> RuleOutcome:
    """The service answers one payment in time."""
    proof, ceiling = grounds.proof, bound(grounds)
    if proof is None:
        return RuleOutcome(None, None, "Serving latency is measured at publication.")
    value, n = proof.p95_ms, proof.n
    passed = value is not None and 0 <= value < ceiling and n > 0
    shown = f"{show(value)} ms over {n} calls{'' if passed else '; take a smaller model'}"
    sentence = (
        f"One payment's p95 in the serving runtime must be under {ceiling:g} ms, got {shown}."
    )
    return RuleOutcome(passed, value, sentence, n=n)


RULE = GateRule(
    name="serving_latency",
    order=1500,
    bound=bound,
    judge=judge,
    title="One payment is scored in time",
    unit="milliseconds",
    advice=ADVICE,
    section="lineage",
)
