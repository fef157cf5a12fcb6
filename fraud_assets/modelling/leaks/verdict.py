"""What findings mean for a contract whose owner may have checked some of their features."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from fraud_assets.data.notes import Note, Notes
from fraud_assets.documents.report.leaks import Leak, LeaksSection

REACHED = "reached_too_much"
"""Code of a finding on the model itself; all others are on features."""

_BARE_KEY = re.compile("[A-Za-z0-9_-]+")
"""Names that TOML takes as keys without quotes."""


def unchecked(found: Sequence[Leak], checked: Mapping[str, str]) -> tuple[Leak, ...]:
    """The findings of which some feature has not been checked by a person."""
    return tuple(
        leak for leak in found if not leak.features or any(n not in checked for n in leak.features)
    )


def refused(found: Sequence[Leak], checked: Mapping[str, str]) -> tuple[Leak, ...]:
    """The findings that keep a model from serving."""
    return tuple(leak for leak in unchecked(found, checked) if leak.severity == "refuse")


def what_to_do(leaks: Sequence[Leak], checked: Mapping[str, str]) -> str:
    """How to go on after a refusal: which features, and the contract's words that answer."""
    names = dict.fromkeys(n for leak in leaks for n in leak.features if n not in checked)
    keys = [name if _BARE_KEY.fullmatch(name) else json.dumps(name) for name in names]
    keyed = ", ".join(f'{key} = "..."' for key in keys)
    return (
        f"take {', '.join(names)} out of [features] or, where a payment does have it when it is "
        f"made, let a person write why into the contract: [policy.checked] {keyed}."
    )


def leak_refusal(leaks: Sequence[Leak], checked: Mapping[str, str]) -> str:
    """One sentence on findings that refuse: who, by what value and bound, and what to do next.

    That a model reaches too much is no news beside the feature by which it does.
    """
    by_itself = {name for leak in leaks if leak.code != REACHED for name in leak.features}
    told = [leak for leak in leaks if leak.code != REACHED or not set(leak.features) <= by_itself]
    texts = "; ".join(map(_said, told))
    return f"No feature may know the label, but {texts}; {what_to_do(told, checked)}"


def _said(leak: Leak) -> str:
    """A finding as a part of a sentence; the name that it may begin with stays as it is."""
    text = leak.text.rstrip(".")
    return text if text.startswith(leak.features) else text[:1].lower() + text[1:]


def leak_notes(section: LeaksSection, checked: Mapping[str, str]) -> Notes:
    """The findings that nobody has checked as notes, gravest first; codes open with "leak_"."""
    return tuple(
        Note(f"leak_{leak.code}", leak.text, column=leak.features[0] if leak.features else None)
        for leak in unchecked(section.found, checked)
    )
