"""What pydantic finds wrong, as faults in plain sentences: the key, the rule, what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from fraud_assets.contract.keys import (
    SchemaPlace,
    did_you_mean,
    follow_place,
    known_keys,
    known_kinds,
    sections_with,
)
from fraud_assets.errors import NOTHING, Fault

_TEXT = "must be a text in quotes"
_NUMBER = "must be a number"
_WHOLE = "must be a whole number"
_TABLE = "must be a table with keys of its own"
_LIST = 'must be a list such as ["a", "b"]'
_SWITCH = "must be true or false"
_INSTANT = "must be a time such as 2025-01-31T00:00:00"
_SCALAR = "must be a text in quotes, a number, or true or false"

_RULES: dict[str, str] = {
    "missing": "must be set",
    "string_type": _TEXT,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": "must be a finite number",
    "bool_type": _SWITCH,
    "bool_parsing": _SWITCH,
    "tuple_type": _LIST,
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
    "string_too_short": "must not be empty",
    "too_short": "must not be an empty list",
}

_FORMS: dict[str, str] = {
    "^[a-z][a-z0-9_]*$": "must be small letters, digits and underscores, a letter first",
    "^[A-Z][A-Z0-9_]*$": "must be capital letters, digits and underscores, a letter first",
}


def plain_faults(error: ValidationError) -> list[Fault]:
    """Every fault once, under the key as a person writes it."""
    faults: dict[str, Fault] = {}
    short: set[str] = set()
    for item in error.errors(include_url=False):
        found = follow_place(item["loc"])
        fault = _fault(found, item)
        faults.setdefault(fault.key, fault)
        if item["type"] == "too_short":
            short.add(fault.key)
    # A list whose items are all at fault is also called too short.
    inner = {key.rpartition(".")[0] for key in faults}
    return [fault for key, fault in faults.items() if not (key in short and key in inner)]


def _fault(found: SchemaPlace, item: Mapping[str, Any]) -> Fault:
    kind, value = item["type"], item["input"]
    key = ".".join(found.path)
    if kind == "extra_forbidden":
        return _unknown_key(item["loc"])
    if kind == "missing":
        return Fault(key, _RULES[kind], NOTHING)
    if kind.startswith("union_tag"):
        return _unknown_kind(key, item)
    if found.in_union and kind in _RULES and not isinstance(value, dict):
        return Fault(key, _SCALAR, value)
    special = _SPECIAL.get(kind)
    rule = special(item) if special else _RULES.get(kind) or _rule(item["msg"])
    if kind.startswith("datetime"):
        rule = _INSTANT
    return Fault(key, rule, value)


def _unknown_key(place: tuple[int | str, ...]) -> Fault:
    above, key = follow_place(place[:-1]), str(place[-1])
    known = known_keys(above.annotation)
    where = f"[{'.'.join(above.path)}]" if above.path else "a contract"
    hint = did_you_mean(key, known)
    elsewhere = [name for name in sections_with(key) if name not in above.path]
    if not hint and elsewhere:
        hint = f" (it is a key of {' and '.join(f'[{name}]' for name in elsewhere)})"
    rule = f"must be a key that {where} has{hint or ': ' + ', '.join(known)}"
    return Fault(".".join((*above.path, key)), rule, key)


def _unknown_kind(key: str, item: Mapping[str, Any]) -> Fault:
    """A derived column whose `kind` is missing or misspelt."""
    context = item.get("ctx") or {}
    given = context.get("tag", NOTHING)
    kinds = known_kinds(follow_place(item["loc"]).annotation)
    rule = f"must be one of {', '.join(kinds)}{did_you_mean(given, kinds)}"
    return Fault(f"{key}.kind", rule, given)


def _literal(item: Mapping[str, Any]) -> str:
    """One of a few words; the nearest is named where a text was given."""
    expected = str((item.get("ctx") or {}).get("expected", ""))
    words = [word.strip("' ") for word in expected.replace(" or ", ",").split(",")]
    return f"must be {expected}{did_you_mean(item['input'], words)}"


def _form(item: Mapping[str, Any]) -> str:
    pattern = str((item.get("ctx") or {}).get("pattern", ""))
    return _FORMS.get(pattern, f"must have the form {pattern}")


def _bound(words: str, name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda item: f"must be {words} {(item.get('ctx') or {})[name]}"


_SPECIAL: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "literal_error": _literal,
    "string_pattern_mismatch": _form,
    "greater_than_equal": _bound("at least", "ge"),
    "greater_than": _bound("more than", "gt"),
    "less_than_equal": _bound("at most", "le"),
    "less_than": _bound("less than", "lt"),
}


def _rule(message: str) -> str:
    text = message.removeprefix("Value error, ").removeprefix("Input should be ")
    return text if text.startswith("must") else f"must be: {text}"
