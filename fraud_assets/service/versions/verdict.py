"""Whether a version may serve by its own signed verdict; read strictly, for it may say anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from fraud_assets.errors import RefusedError
from fraud_assets.store.version import Verified

Standing: TypeAlias = Literal["passed", "refused"]
"""What the gate said of a version: every rule that it applied holds, or anything else."""


def standing_of(metadata: Mapping[str, Any]) -> Standing:
    """Passed where the verdict is to promote, no rule failed and there is no refusal."""
    verdict = metadata.get("verdict")
    if not isinstance(verdict, Mapping) or verdict.get("decision") != "promote":
        return "refused"
    return "refused" if failed_rules(metadata) or metadata.get("refusal") else "passed"


def rules_of(metadata: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rules that the verdict names."""
    verdict = metadata.get("verdict")
    rules = verdict.get("rules") if isinstance(verdict, Mapping) else None
    return [rule for rule in rules or [] if isinstance(rule, Mapping)]


def failed_rules(metadata: Mapping[str, Any]) -> list[str]:
    """Names of the rules that do not hold."""
    return [str(rule.get("name")) for rule in rules_of(metadata) if rule.get("passed") is False]


def demand_passed(verified: Verified, act: str) -> None:
    """Demand that a version passed the gate; `act` says what lets it serve all the same.

    Raises
    ------
    RefusedError
        If it did not; names the rules that failed.
    """
    if standing_of(verified.metadata) == "passed":
        return
    verdict = verified.metadata.get("verdict")
    decision = verdict.get("decision") if isinstance(verdict, Mapping) else None
    failed = ", ".join(failed_rules(verified.metadata)) or "none is named"
    raise RefusedError(
        f"The verdict of {verified.version} must be 'promote' with no rule failed, it is "
        f"{decision!r}, failed: {failed}; {act}."
    )
