"""What names each payment: a different value in every row; a name only says which of several."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fraud_assets.draft.guess import Guess, Roles
from fraud_assets.draft.language.words import (
    CODE_END,
    MEASURE,
    PAYMENT,
    PAYMENT_ID,
    PERSONAL,
    RECEIVER,
    SENDER_RANKS,
)
from fraud_assets.draft.roles.codes import is_phone, is_row_number
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.draft.toml import assigned, quoted
from fraud_assets.values.counted import counted

_ONCE = 0.95
"""Share of different values from which a column called so may name each payment once."""

_LEAST_ROWS = 50
"""Rows from which a column that nothing names so may be the id because no value repeats."""

_WORD = r"(?=\S*\d)\S{4,80}"
"""An identifier as text: one word with a digit in it."""

_DIGITS = r"\d{6,}(?:\.0)?"
"""An identifier in digits; shorter numbers are often quantities."""


def find_id(columns: Sequence[Facts], roles: Roles) -> None:
    """Set the id, where a column is one; a question where values alone say so."""
    ranked = [(rank, facts) for facts in columns if (rank := _rank(facts)) is not None]
    ranked.sort(key=lambda item: (item[1].uniqueness < 1, item[0]))
    if not ranked:
        return
    rank, best = ranked[0]
    roles.id = _guess(best, rank)
    if rank == _UNNAMED:
        others = [facts.name for _, facts in ranked[1:4]]
        also = f" {', '.join(map(quoted, others))} could be it too." if others else ""
        roles.ask(
            "columns.id",
            f"{quoted(best.name)} has a different value in each of "
            f"{counted(best.present, 'row')}, so it is "
            f"drafted as what names a payment. Is it?{also} A payment that comes again must bear "
            "the same.",
            *(assigned("id", name) for name in others),
            *([] if others else ["# no id"]),
        )


_NAMED, _PAYMENT, _CODE, _UNNAMED = range(4)


def _rank(facts: Facts) -> int | None:
    """How surely a column names payments, the surest first; None where it does not."""
    if not _names_things(facts):
        return None
    if facts.named(PAYMENT_ID) and facts.uniqueness >= _ONCE:
        return _NAMED if _speaks_of_payments(facts) else _PAYMENT
    if facts.uniqueness < 1 or facts.named(*SENDER_RANKS, RECEIVER):
        return None
    if facts.named(PAYMENT):
        return _PAYMENT
    if facts.named(CODE_END):
        return _CODE
    return _UNNAMED if _looks_like_ids(facts) else None


def _speaks_of_payments(facts: Facts) -> bool:
    """Rather than a plain `id`, `ref` or `hash`."""
    return facts.named(PAYMENT) or re.search(r"tx|tr[xn]|order|charge", facts.plain) is not None


def _names_things(facts: Facts) -> bool:
    if facts.is_number:
        return facts.is_whole
    return facts.is_text and not facts.named(MEASURE)


def _looks_like_ids(facts: Facts) -> bool:
    """Whether every row has a word or a number of its own that counts and measures nothing."""
    if facts.present < _LEAST_ROWS or facts.missing.any() or facts.named(PERSONAL, MEASURE):
        return False
    if facts.share(_DIGITS) > 0.99:
        same_length = facts.text.str.replace(r"\.0$", "", regex=True).str.len().nunique() == 1
        return same_length and not is_row_number(facts) and not is_phone(facts)
    return not facts.is_number and facts.share(_WORD) > 0.99 and not is_phone(facts)


def _guess(facts: Facts, rank: int) -> Guess:
    if facts.uniqueness < 1:
        repeats = int(facts.every.count()) - facts.every.nunique()
        return Guess(
            facts.name,
            f"its name; {counted(repeats, 'row repeats', 'rows repeat')} an earlier one's",
            "likely",
        )
    if rank == _UNNAMED:
        return Guess(facts.name, "a different value in every row", "doubtful")
    return Guess(facts.name, "its name, and a different value in every row", "sure")
