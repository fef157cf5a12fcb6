"""The gate's verdict as it stands in report.json and metadata.json."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from fraud_assets.documents.rates import Interval, NonNegative

VerdictDecision: TypeAlias = Literal["promote", "refuse", "insufficient_evidence"]


class Finding(msgspec.Struct, frozen=True):
    """What one rule of the gate says: `passed` is None where only the publisher can prove it.

    `interval` is that of the value, `n` the rows that the value rests on.
    """

    name: str
    bound: int | float | str | None
    value: int | float | str | None
    passed: bool | None
    sentence: str
    interval: Interval | None = None
    n: NonNegative | None = None


class Verdict(msgspec.Struct, frozen=True):
    """The decision, why in a sentence, and what each rule says, gravest first."""

    decision: VerdictDecision
    sentence: str
    rules: tuple[Finding, ...]

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The rules that do not hold."""
        return tuple(finding for finding in self.rules if finding.passed is False)

    @property
    def unproved(self) -> tuple[Finding, ...]:
        """The rules that only the publisher can prove and nobody has proved yet."""
        return tuple(finding for finding in self.rules if finding.passed is None)
