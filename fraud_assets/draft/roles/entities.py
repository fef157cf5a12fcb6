"""Who pays, what names a payment, and what it is worth: by name first, then by values."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from fraud_assets.draft.guess import Guess, Roles
from fraud_assets.draft.language.words import (
    AMOUNT_RANKS,
    CODE_END,
    MEASURE,
    PAYMENT_ID,
    RECEIVER,
    SENDER_RANKS,
)
from fraud_assets.draft.roles.codes import is_row_number
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.draft.toml import assigned, quoted

_ONCE = 0.95
"""Share of different values from which a column may name each payment once."""

_NO_SENDER = re.compile(
    r"(?:^|_)(?:type|typ|tipo|class|klasse|brand|country|land|pais|currency|status|state|city|network"
    r"|issuer|level|segment|tier|gender|language|domain|family|product|present|bank|code)(?:_|$)"
    r"|email_?domain|country|land$|(?:_|^)name$"
)
"""Names of what describes a sender and names none."""


_AVERAGED = re.compile(
    r"avg|mean|\d+[hdwm](?:_|$)|(?:^|_)(?:sum|max|min|last|prev\w*)(?:_|$)|balance|limit"
)
"""Names of what is made of several amounts, or of an earlier one."""


def find_entities(columns: Iterable[Facts], roles: Roles) -> None:
    """Set id, sender and amount among the columns; questions where two are alike."""
    columns = list(columns)
    _find_id(columns, roles)
    _find_sender(columns, roles)
    _find_amount(columns, roles)


def _find_id(columns: list[Facts], roles: Roles) -> None:
    found = [facts for facts in columns if facts.named(PAYMENT_ID) and _names_things(facts)]
    found = [facts for facts in found if facts.uniqueness >= _ONCE]
    if not found:
        found = [
            facts
            for facts in columns
            if facts.named(CODE_END)
            and facts.uniqueness == 1
            and _names_things(facts)
            and not facts.named(*SENDER_RANKS, RECEIVER)
        ]
    found.sort(key=lambda facts: (facts.uniqueness < 1, _rank_of_id(facts)))
    if not found:
        return
    best = found[0]
    if best.uniqueness == 1:
        roles.id = Guess(best.name, "its name, and a different value in every row", "sure")
        return
    repeats = int(best.every.count()) - best.every.nunique()
    roles.id = Guess(best.name, f"its name; {repeats:,} rows repeat an earlier one's", "likely")


def _rank_of_id(facts: Facts) -> int:
    """Names that speak of payments before a plain `id`, `ref` or `hash`."""
    return 0 if re.search(r"tx|tr[xn]|trans|pay|order|charge|zahlung|pago", facts.plain) else 1


def _names_things(facts: Facts) -> bool:
    return (facts.is_text and not facts.named(MEASURE)) or facts.is_whole


def _find_sender(columns: list[Facts], roles: Roles) -> None:
    taken = roles.id.value if roles.id else None
    ranked: list[tuple[int, int, Facts]] = []
    for at, facts in enumerate(columns):
        rank = next((i for i, words in enumerate(SENDER_RANKS) if facts.named(words)), None)
        if rank is not None and facts.name != taken and _may_send(facts):
            ranked.append((rank - 1 if facts.named(CODE_END) else rank, at, facts))
    ranked.sort(key=lambda item: item[:2])
    if not ranked:
        _ask_for_sender(columns, roles)
        return
    best, others = ranked[0][2], [facts.name for _, _, facts in ranked[1:4]]
    why = f"its name; {best.levels:,} different values in {best.present:,} rows"
    close = [facts.name for rank, _, facts in ranked[1:] if rank == ranked[0][0]]
    roles.sender = Guess(best.name, why, "doubtful" if close else "likely")
    if close:
        roles.ask(
            "columns.sender",
            f"{quoted(best.name)} is drafted as who pays; {', '.join(map(quoted, close))} could "
            "be it too. Which one stays the same when a person pays again?",
            *(assigned("sender", name) for name in others),
        )


def _may_send(facts: Facts) -> bool:
    """Repeats across rows, and names somebody."""
    if facts.named(MEASURE, _NO_SENDER, RECEIVER) or not (facts.is_text or facts.is_whole):
        return False
    if is_row_number(facts) or facts.levels < 3:
        return False
    return 0.0005 < facts.uniqueness < 0.98 and facts.present > 0.5 * len(facts.values)


def _ask_for_sender(columns: list[Facts], roles: Roles) -> None:
    """Nothing is named so; ask where a column could be meant."""
    taken = roles.id.value if roles.id else None
    like = [
        facts.name
        for facts in columns
        if facts.name != taken
        and facts.levels > 50
        and facts.uniqueness < 0.9
        and (facts.is_text or (facts.is_whole and facts.named(CODE_END)))
        and not facts.named(MEASURE, RECEIVER)
        and not (facts.is_number and not facts.is_whole)
    ]
    if like:
        roles.ask(
            "columns.sender",
            "No column is named as who pays, so no feature of a sender's past is drafted. Is it "
            f"one of {', '.join(map(quoted, like[:5]))}?",
            *(assigned("sender", name) for name in like[:3]),
        )


def _find_amount(columns: list[Facts], roles: Roles) -> None:
    taken = {guess.value for guess in (roles.id, roles.sender) if guess}
    ranked: list[tuple[int, int, Facts]] = []
    for at, facts in enumerate(columns):
        rank = next((i for i, words in enumerate(AMOUNT_RANKS) if facts.named(words)), None)
        if rank is None or facts.name in taken or not facts.is_number or facts.levels < 3:
            continue
        measured = facts.named(MEASURE) and not facts.named(AMOUNT_RANKS[0])
        averaged = _AVERAGED.search(facts.plain)
        if not (measured and rank == 0) and not averaged:
            ranked.append((rank + (1 if measured else 0), at, facts))
    ranked.sort(key=lambda item: item[:2])
    if not ranked:
        _ask_for_amount(columns, roles)
        return
    best = ranked[0][2]
    close = [facts.name for rank, _, facts in ranked[1:] if rank == ranked[0][0]]
    roles.amount = Guess(best.name, "its name and its numbers", "doubtful" if close else "likely")
    numbers = best.numbers[np.isfinite(best.numbers)]
    roles.below_zero = float((numbers < 0).mean()) if len(numbers) else 0.0
    if close:
        roles.ask(
            "columns.amount",
            f"{quoted(best.name)} is drafted as what a payment is worth; "
            f"{', '.join(map(quoted, close))} could be it too. Which is it?",
            *(assigned("amount", name) for name in close[:3]),
        )


def _ask_for_amount(columns: list[Facts], roles: Roles) -> None:
    """Nothing is named so; ask where a column of broken numbers could be meant."""
    taken = {guess.value for guess in (roles.id, roles.sender) if guess}
    like = [
        facts.name
        for facts in columns
        if facts.name not in taken
        and facts.is_number
        and not facts.is_whole
        and facts.levels > 20
        and not facts.named(MEASURE)
    ]
    if like:
        roles.ask(
            "columns.amount",
            "No column is named as what a payment is worth, so nothing is counted in money. Is it "
            f"one of {', '.join(map(quoted, like[:5]))}?",
            *(assigned("amount", name) for name in like[:3]),
        )
