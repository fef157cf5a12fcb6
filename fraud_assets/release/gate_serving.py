"""The gate's rules on serving: what answers requests is the judged model, and is fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fraud_assets.contract.schema import Policy
from fraud_assets.profiles import ADDITIVITY_TOLERANCE, PARITY_TOLERANCE
from fraud_assets.release.rule import Rule, at, count, number, show


def serving_parity(proof: Mapping[str, Any] | None) -> Rule:
    """What serves gives the judged model's probabilities, flags and additive reasons."""
    name, path, bound = "serving_parity", "max_probability_difference", PARITY_TOLERANCE
    if proof is None:
        return Rule(name, bound, None, None, "Serving parity is proved at publication.")
    value, gap = number(proof, path), number(proof, "max_reason_gap")
    flags, n = count(proof, "flags_different"), count(proof, "n")
    passed = (
        at(proof, "served") is True
        and not at(proof, "error")
        and n not in {None, 0}
        and flags == 0
        and value is not None
        and 0 <= value <= bound
        and gap is not None
        and 0 <= gap <= ADDITIVITY_TOLERANCE
    )
    sentence = (
        f"Served probabilities must be the pipeline's within {bound:g}, flags equal and reasons "
        f"within {ADDITIVITY_TOLERANCE:g}; got {show(value)}, {flags} flags and {show(gap)} "
        f"over {n} rows"
    )
    fault = at(proof, "error") or "the service cannot score this model exactly"
    return Rule(name, bound, value, passed, sentence + ("." if passed else f": {fault}."), n=n)


def serving_latency(proof: Mapping[str, Any] | None, policy: Policy) -> Rule:
    """One payment's 95th percentile in the serving runtime, in milliseconds."""
    name, bound = "serving_latency", policy.max_p95_ms
    if proof is None:
        return Rule(name, bound, None, None, "Serving latency is measured at publication.")
    value, n = number(proof, "p95_ms"), count(proof, "n")
    passed = value is not None and 0 <= value < bound and n not in {None, 0}
    hint = "" if passed else "; take a smaller model"
    shown = f"{show(value)} ms over {n} calls{hint}"
    sentence = f"One payment's p95 in the serving runtime must be under {bound:g} ms, got {shown}."
    return Rule(name, bound, value, passed, sentence, n=n)
