"""The gate's rule on features that know the label: refused unless a person has checked them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from fraud_assets.contract.schema import Policy
from fraud_assets.documents.report.leaks import LeaksSection
from fraud_assets.modelling.leaks.verdict import refused, unchecked, what_to_do
from fraud_assets.release.rule import Rule, at


def no_leak(report: Mapping[str, Any], policy: Policy) -> Rule:
    """No feature is too good to be true, but those that `policy.checked` gives a reason for."""
    try:
        found = msgspec.convert(at(report, "leaks"), LeaksSection).found
    except msgspec.ValidationError as error:
        sentence = f"The report must tell of leaks, but does not: {error}; evaluate again."
        return Rule("no_leak", 0, None, passed=False, sentence=sentence)
    grave = refused(found, policy.checked)
    if grave:
        told = " ".join(leak.text for leak in grave)
        sentence = f"No feature may know the label: {told} {what_to_do(grave, policy.checked)}"
        return Rule("no_leak", 0, len(grave), passed=False, sentence=sentence, n=grave[0].frauds)
    doubted = [name for leak in unchecked(found, policy.checked) for name in leak.features]
    named = f"; look at {', '.join(dict.fromkeys(doubted))}, which tell much" if doubted else ""
    return Rule("no_leak", 0, 0, passed=True, sentence=f"No feature knows the label{named}.")
