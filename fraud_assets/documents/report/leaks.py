"""Section leaks: features that tell more of the label than a payment can know when it is made."""

from __future__ import annotations

from typing import Literal

import msgspec

from fraud_assets.documents.rates import NonNegative

Severity = Literal["refuse", "warn"]


class Leak(msgspec.Struct, frozen=True):
    """One finding: which features, a stable code, how grave, and the measure that says so.

    `value` is what `measure` names, such as "ROC-AUC alone", on n rows of which `frauds` are
    frauds. `text` is one sentence for a person.
    """

    features: tuple[str, ...]
    code: str
    severity: Severity
    measure: str
    value: float
    n: NonNegative
    frauds: NonNegative
    text: str


class SharedRows(msgspec.Struct, frozen=True):
    """Judged rows that have the same value in every feature as some row of the fitted window.

    `under_new_ids` counts rows of all windows that repeat another row's sender, time, amount and
    raw features under another id; None where the contract names no id.
    """

    judged: NonNegative
    of_judged: NonNegative
    judged_frauds: NonNegative
    of_judged_frauds: NonNegative
    under_new_ids: NonNegative | None


class RepeatedEntity(msgspec.Struct, frozen=True):
    """Of the judged frauds, those whose entity had a fraud in the fitted window already."""

    entity: str
    judged_frauds: NonNegative
    of_judged_frauds: NonNegative


class LeaksSection(msgspec.Struct, frozen=True):
    """What was found, gravest first, and what the windows share.

    `checked` gives the reasons by which the contract's owner vouches for features found.
    """

    found: tuple[Leak, ...]
    checked: dict[str, str]
    shared: SharedRows
    repeated: tuple[RepeatedEntity, ...]
