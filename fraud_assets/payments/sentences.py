"""What a payment that breaks a rule is told: the rule in words, its bound, the value, its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fraud_assets.contract import Contract
from fraud_assets.contract.names import TOO_LARGE, UNPARSABLE
from fraud_assets.errors import Fault
from fraud_assets.masking import without_secrets
from fraud_assets.payments.roles import kind_of
from fraud_assets.values.number import LARGEST_NUMBER

ABSENT = "must be a field of the payment; null means missing"
"""The rule of a column that a payment does not have."""

_LONGEST = 80
_BUILT_IN: Mapping[str, str] = {
    "time_missing": "must be there",
    "time_after_now": "must not lie after now",
    "id_missing": "must be there",
}


def fault_sentence(fault: Fault, contract: Contract) -> str:
    """A fault of a payment in one sentence."""
    if fault.rule == ABSENT:
        return "Field required; null means missing"
    shown = without_secrets(repr(fault.value))
    shown = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 4]} ..."
    demanded = _demanded(fault, contract)
    return f"{fault.key} {demanded}, got {shown}: rule {fault.rule}"


def told_once(faults: Sequence[Fault]) -> list[Fault]:
    """The faults without those that follow from another one of the same column.

    What is not there, or cannot be read, is missing as well; nobody needs to hear both.
    """
    first = {one.key: one for one in reversed(faults) if _is_unread(one)}
    return [one for one in faults if first.get(one.key, one) is one]


def _is_unread(fault: Fault) -> bool:
    return fault.rule == ABSENT or fault.rule.startswith(UNPARSABLE)


def _demanded(fault: Fault, contract: Contract) -> str:
    rule = contract.rules.get(fault.rule)
    if rule is not None:
        there = ["there"] if rule.required else []
        return f"must be {' and '.join([*there, *rule.bounds()])}"
    if fault.rule.startswith(UNPARSABLE):
        if kind_of(fault.key, contract) == "time":
            return "must be a time, as the contract says it or in ISO 8601"
        return f"must be a number, or its text with the decimal sign {contract.source.decimal!r}"
    if fault.rule.startswith(TOO_LARGE):
        return f"must lie between -{LARGEST_NUMBER:g} and {LARGEST_NUMBER:g}"
    return _BUILT_IN.get(fault.rule, "must keep the contract's rule")
