"""Who pays: by name first, then by coming again; and every entity of a payment in its order."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from fraud_assets.draft.guess import Guess, Roles
from fraud_assets.draft.language.words import CODE_END, MEASURE, RECEIVER, SENDER_RANKS
from fraud_assets.draft.roles.amounts import find_amount
from fraud_assets.draft.roles.codes import is_row_number
from fraud_assets.draft.roles.ids import find_id
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.draft.toml import assigned, quoted
from fraud_assets.values.counted import counted

_NO_SENDER = re.compile(
    r"(?:^|_)(?:type|typ|tipo|class|klasse|brand|country|land|pais|currency|status|state|city|network"
    r"|issuer|level|segment|tier|gender|language|domain|family|product|present|bank|code)(?:_|$)"
    r"|email_?domain|country|land$|(?:_|^)name$"
)
"""Names of what describes a sender and names none."""


def find_entities(
    columns: Iterable[Facts], fraud: np.ndarray, at: np.ndarray | None, roles: Roles
) -> None:
    """Set id, sender and amount among the columns; questions where two are alike.

    `fraud` (n,) bool, `at` (n,) datetime64 of the payments, where every one is known.
    """
    columns = list(columns)
    find_id(columns, roles)
    _find_sender(columns, roles)
    find_amount(columns, fraud, at, roles)


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
    why = f"its name; {counted(best.levels, 'different value')} in {counted(best.present, 'row')}"
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
