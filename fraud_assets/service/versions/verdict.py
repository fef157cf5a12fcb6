"""Whether a version may serve by its own signed verdict; read strictly, for it may say anything."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from fraud_assets.documents.metadata import Metadata
from fraud_assets.documents.unread import is_read, readable
from fraud_assets.documents.verdict import Finding
from fraud_assets.errors import RefusedError
from fraud_assets.store.versions.verified import Verified

Standing: TypeAlias = Literal["passed", "refused"]
"""What the gate said of a version: every rule that it applied holds, or anything else."""


def standing_of(metadata: Metadata) -> Standing:
    """Passed where the verdict is to promote, no rule failed and there is no refusal."""
    is_promoted = readable(lambda: metadata.verdict.decision) == "promote"
    is_whole = readable(lambda: metadata.verdict.rules) is not None and not failed_rules(metadata)
    return "passed" if is_promoted and is_whole and metadata.refusal is msgspec.UNSET else "refused"


def rules_of(metadata: Metadata) -> list[Finding]:
    """The rules that the verdict names, as far as each says what it is and how it ended."""
    rules = readable(lambda: metadata.verdict.rules) or ()
    return [rule for rule in rules if _is_said(rule)]


def failed_rules(metadata: Metadata) -> list[str]:
    """Names of the rules that do not hold, or cannot be read."""
    rules = readable(lambda: metadata.verdict.rules) or ()
    return [_name(rule) for rule in rules if not _is_said(rule) or rule.passed is False]


def demand_passed(verified: Verified, act: str) -> None:
    """Demand that a version passed the gate; `act` says what lets it serve all the same.

    Raises
    ------
    RefusedError
        If it did not; names the rules that failed.
    """
    metadata = verified.metadata
    if standing_of(metadata) == "passed":
        return
    failed = ", ".join(failed_rules(metadata)) or "none is named"
    raise RefusedError(
        f"The verdict of {verified.version} must be 'promote' with no rule failed, it is "
        f"{readable(lambda: metadata.verdict.decision)!r}, failed: {failed}; {act}."
    )


def _is_said(rule: Finding) -> bool:
    return is_read(rule) and is_read(rule.name, rule.passed)


def _name(rule: Finding) -> str:
    return readable(lambda: rule.name) or "one that cannot be read"
