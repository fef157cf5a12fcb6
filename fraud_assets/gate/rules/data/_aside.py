"""The rule of the contract that took most, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from fraud_assets.data.quarantine.advice import advice, largest
from fraud_assets.documents.report.data import Quarantine

NOT_COUNTED = (
    "The report must count {} in quarantine apart, but does not; evaluate the model again."
)
"""The sentence on a report of a release that counted rows alone."""


def unknown_labels(quarantine: Quarantine) -> dict[str, int]:
    """Label words that are none of the contract's; none where they were not counted."""
    told = quarantine.unknown_labels
    return {} if told is msgspec.UNSET else told


def most(rules: Mapping[str, float | None], quarantine: Quarantine, unit: str) -> str:
    """The rule that took most and the next step, as the end of a sentence."""
    counted = {name: count for name, count in rules.items() if count is not None}
    if not counted:
        return "; look at the quarantine's counts by rule"
    worst = largest(counted)
    what_next = advice(worst, unknown_labels(quarantine))
    return f"; most ({counted[worst]:,.0f} {unit}) by rule {worst}: {what_next}"
