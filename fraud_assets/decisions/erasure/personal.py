"""Which values of a decision are personal, and whose they are; from the contract alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from fraud_assets.contract import Contract
from fraud_assets.documents.decision import Decision, JsonValue
from fraud_assets.documents.reason import Reason
from fraud_assets.values.identity import identity

Rewrite = Callable[[str, JsonValue], JsonValue]
"""Makes another value of a personal one, given where it stands in the decision."""


@dataclass(frozen=True)
class Personal:
    """The subject's column, and all columns whose values are personal, the subject among them."""

    subject: str
    columns: frozenset[str]

    def subject_of(self, decision: Decision) -> str | None:
        """Whose payment it is, None where it does not say."""
        value = decision.payment.get(self.subject)
        return None if value is None else identity(value)

    def changed(self, decision: Decision, change: Rewrite) -> Decision:
        """The decision with every personal value changed; a missing value stays missing."""
        return rewrite_personal(decision, self.columns.__contains__, change)


def rewrite_personal(
    decision: Decision, is_personal: Callable[[str], bool], change: Rewrite
) -> Decision:
    """The decision with the values of personal columns changed, wherever they stand."""

    def values(where: str, given: dict[str, JsonValue]) -> dict[str, JsonValue]:
        return {
            name: change(f"{where}.{name}", value)
            if value is not None and is_personal(name)
            else value
            for name, value in given.items()
        }

    def reason(at: int, given: Reason) -> Reason:
        if not is_personal(given.feature):
            return given
        value = None if given.value is None else change(f"reasons.{at}.value", given.value)
        text = change(f"reasons.{at}.text", given.text)
        return msgspec.structs.replace(given, value=value, text=text)

    return msgspec.structs.replace(
        decision,
        payment=values("payment", decision.payment),
        features=values("features", decision.features),
        reasons=tuple(reason(at, one) for at, one in enumerate(decision.reasons)),
    )


def personal_of(contract: Contract) -> Personal | None:
    """What the contract's section [decisions] names; None where it names nothing."""
    said = contract.decisions
    subject = said.subject or (contract.columns.sender if said.personal else None)
    if subject is None:
        return None
    return Personal(subject, frozenset((subject, *said.personal)))
