"""The words of a feature: its definition for callers, its reason for analysts."""

from __future__ import annotations

import re

from fraud_assets.contract import Contract
from fraud_assets.scoring.spec import Wording


def description(name: str, contract: Contract) -> str:
    """What a caller must send: a derived feature's exact definition, else the raw column."""
    derived = contract.derived.get(name)
    if derived is not None:
        said = derived.definition
        return said if "null" in said else f"{said} null means missing."
    if name in contract.features.numeric:
        return f"The payment's {_plain(name)}, a number. null means missing."
    return f"The payment's {_plain(name)}, text. null means missing."


def wording(name: str, contract: Contract) -> Wording:
    """The contract's code and sentences, with plain ones where it gives none."""
    given = contract.reasons.get(name)
    numeric = name in contract.features.numeric
    default = _number_reason(name) if numeric else _text_reason(name)
    if given is None:
        return default
    low = getattr(given, "low", "") or (default.low if numeric else given.text)
    missing = getattr(given, "missing", "") or default.missing
    return Wording(given.code, given.text, low, missing, dict(given.levels))


def _number_reason(name: str) -> Wording:
    plain = _plain(name)
    return Wording(
        _code(name),
        f"{_capital(plain)} of {{value}} is higher than in {{percentile}} of legitimate payments.",
        f"{_capital(plain)} of {{value}} is lower than in {{percentile}} of legitimate payments.",
        f"{_capital(plain)} is missing, as in {{percentile}} of legitimate payments.",
    )


def _text_reason(name: str) -> Wording:
    plain = _plain(name)
    text = f"{_capital(plain)} is {{value}}, as in {{percentile}} of legitimate payments."
    missing = f"{_capital(plain)} is missing, as in {{percentile}} of legitimate payments."
    return Wording(_code(name), text, text, missing)


def _code(name: str) -> str:
    code = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")
    return code if code[:1].isalpha() else f"F_{code}"


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
