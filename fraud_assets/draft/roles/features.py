"""Which of the remaining columns a model may learn from; each that is left out says why."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from fraud_assets.contract.names import is_plain
from fraud_assets.draft.guess import Guess, Roles
from fraud_assets.draft.language.words import OF_MANY_PERSONS, PERSONAL, RECEIVER
from fraud_assets.draft.roles.codes import is_phone, not_a_quantity
from fraud_assets.draft.roles.tells import OF_AN_AMOUNT, telling
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.draft.toml import quoted
from fraud_assets.values.counted import counted
from fraud_assets.values.number import LARGEST_NUMBER

FEW_LEVELS = 60
"""Levels that are always few enough for a category."""

MOST_LEVELS = 250
"""Levels of a category, such as countries, where each stands in many rows."""

_ROWS_A_LEVEL = 20

MANY_ROWS_A_LEVEL = 5
"""Rows a level of a text of more levels than that, such as merchants, which is encoded by its
share of frauds; what comes less often names payments or persons."""


def find_features(
    columns: Collection[Facts],
    times: Collection[str],
    fraud: np.ndarray,
    roles: Roles,
    at: np.ndarray | None = None,
) -> None:
    """Sort every column without another role into numeric, categorical and left out.

    `fraud` (n,) bool, `at` (n,) datetime64 of the payments, where every one is known.
    """
    taken = {guess.value for guess in (roles.id, roles.sender) if guess}
    asked: dict[str, Guess] = {}
    strong: list[str] = []
    for facts in (facts for facts in columns if facts.name not in taken):
        why = "a time" if facts.name in times else _no_feature(facts)
        if why is not None:
            roles.left_out[facts.name] = why
            continue
        tells = telling(facts, fraud, at)
        is_amount = roles.amount is not None and facts.name == roles.amount.value
        if tells is not None and tells.value == "strong_alone":
            strong += [] if is_amount else [tells.why]
        elif tells is not None and (tells.value in OF_AN_AMOUNT or not is_amount):
            roles.left_out[facts.name] = f"{tells.sure}: may tell the label: {tells.why}"
            if tells.sure != "sure":
                asked[facts.name] = tells
            continue
        _sort(facts, roles)
    _ask_about(asked, roles)
    if strong:
        roles.ask("features", f"{'. '.join(strong)}. Taken as features; take out what is not.")
    _ask_if_codes(roles)
    _find_case({facts.name: facts for facts in columns}, roles)


def _no_feature(facts: Facts) -> str | None:
    """Why a column teaches nothing, whatever it says of fraud."""
    if not is_plain(facts.name):
        return "its name has quotes, backslashes or control characters"
    if facts.levels == 0:
        return "empty"
    if facts.levels == 1 and not facts.missing.any():
        return "one value in every row"
    return None


def _sort(facts: Facts, roles: Roles) -> None:
    is_number = facts.is_number
    code = not_a_quantity(facts) if is_number else None
    if is_number and code is None:
        _numeric(facts, roles)
        return
    if is_phone(facts):
        roles.left_out[facts.name] = "a phone number"
        return
    if code is not None and code.value == "row":
        roles.left_out[facts.name] = code.why
        return
    if code is not None and code.sure == "doubtful":
        roles.doubted.setdefault(code.why, []).append(facts.name)
    if _is_category(facts):
        roles.categorical[facts.name] = (
            code.why if code else f"text of {counted(facts.levels, 'value')}"
        )
    elif code is None and _recurs(facts):
        roles.categorical[facts.name] = (
            f"text of {counted(facts.levels, 'value')}, encoded by their shares of frauds"
        )
    else:
        roles.left_out[facts.name] = _too_many(facts, code)


def _numeric(facts: Facts, roles: Roles) -> None:
    known = np.abs(facts.numbers[np.isfinite(facts.numbers)])
    if (known > LARGEST_NUMBER).mean() < 0.01:
        roles.numeric[facts.name] = "numbers"
    else:
        roles.left_out[facts.name] = "numbers beyond 1e15; write them in a larger unit"


def _is_category(facts: Facts) -> bool:
    """Few enough values once the case is put aside, and none that names one person."""
    levels = facts.text.str.casefold().nunique()
    if facts.named(PERSONAL) and levels > FEW_LEVELS:
        return False
    return levels <= FEW_LEVELS or (
        levels <= MOST_LEVELS and facts.present >= _ROWS_A_LEVEL * levels
    )


def _recurs(facts: Facts) -> bool:
    """Whether each of its many texts comes in several rows, and is no person's."""
    is_own = facts.named(PERSONAL) and not facts.named(OF_MANY_PERSONS)
    return not is_own and facts.uniqueness * MANY_ROWS_A_LEVEL <= 1


def _too_many(facts: Facts, code: Guess | None) -> str:
    what = counted(facts.levels, "different value")
    if facts.named(PERSONAL):
        return f"{what} that tell persons apart"
    if facts.uniqueness < 0.9 and (facts.named(RECEIVER) or code is not None):
        return f'{what}; count payments over it by [derived.NAME] with entity = "..."'
    return what if code is None else f"{code.why}; {what}"


def _ask_if_codes(roles: Roles) -> None:
    """One question for all columns that may name things for the same reason."""
    for why, names in roles.doubted.items():
        roles.ask(
            "features.numeric",
            f"Do {', '.join(map(quoted, names))} measure or count something, or name things "
            f"({why})? They are drafted as categories, or left out where they have too many "
            "values; move to numeric what measures.",
        )


def _ask_about(asked: dict[str, Guess], roles: Roles) -> None:
    """One question for all columns that may tell the label for the same reason."""
    for why in dict.fromkeys(tells.why for tells in asked.values()):
        names = [name for name, tells in asked.items() if tells.why == why]
        roles.ask(
            "features",
            f"Is the value of {', '.join(map(quoted, names))} known when the payment is decided, "
            f"or filled in afterwards? Left out, because {why}; add to the features what is known "
            "beforehand.",
        )


def _find_case(columns: dict[str, Facts], roles: Roles) -> None:
    """Whether the same words come in more than one case."""
    mixed = [
        name
        for name in roles.categorical
        if columns[name].text.str.upper().nunique() < columns[name].levels
    ]
    if mixed:
        why = f"{', '.join(map(quoted, mixed))} have the same words in more than one case"
        roles.case = Guess("upper", why, "sure")
