"""The currency of the amount: in a column's name, in its values, or in a column of its own."""

from __future__ import annotations

import re

import numpy as np

from fraud_assets.draft.guess import Guess, Roles
from fraud_assets.draft.language.meanings import CURRENCIES, SYMBOLS
from fraud_assets.draft.language.words import MINOR
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.draft.toml import assigned, quoted
from fraud_assets.values.counted import counted

_COLUMN = r"(?:^|_)(?:currency|curr|ccy|wahrung|waehrung|moneda|devise|divisa)(?:_|$)"


def find_currency(columns: dict[str, Facts], roles: Roles) -> None:
    """Set the amount's currency, or ask for it."""
    if roles.amount is None:
        return
    amount = columns[roles.amount.value]
    own = _own_column(columns)
    if own is not None and len(own.counts) > 1:
        _ask_for_rates(own, amount, roles)
    elif own is not None:
        code = str(own.counts.index[0]).upper()
        roles.currency = Guess(code, f"every row of {quoted(own.name)} says so", "sure")
    else:
        roles.currency = _named(amount) or _written(amount) or _ask(amount, roles)
    if amount.named(MINOR) or _looks_minor(amount):
        roles.ask(
            "columns.amount",
            f"{quoted(amount.name)} holds whole numbers only. Does it count cents? Reports "
            "would then show a hundredfold; deliver it in whole units.",
        )


def _own_column(columns: dict[str, Facts]) -> Facts | None:
    for facts in columns.values():
        if re.search(_COLUMN, facts.plain) and facts.share(r"[A-Za-z]{3,4}") > 0.95:
            return facts
    return None


def _named(amount: Facts) -> Guess | None:
    codes = [word for word in amount.plain.split("_") if word in CURRENCIES]
    if not codes:
        return None
    return Guess(codes[-1].upper(), f"the name {quoted(amount.name)} says so", "sure")


def _written(amount: Facts) -> Guess | None:
    if not amount.is_text:
        return None
    for symbol, code in SYMBOLS.items():
        if amount.text.str.contains(symbol, regex=False).mean() > 0.5:
            return Guess(code, f"the values are written with {symbol}", "likely")
    return None


def _ask(amount: Facts, roles: Roles) -> Guess:
    roles.ask(
        "columns.currency",
        f"Nothing says in which currency {quoted(amount.name)} is; USD is drafted. Which is it?",
        assigned("currency", "EUR"),
    )
    return Guess("USD", "nothing in the data says which", "doubtful")


def _ask_for_rates(own: Facts, amount: Facts, roles: Roles) -> None:
    told = ", ".join(
        f"{code} in {counted(rows, 'row')}" for code, rows in own.counts.head(5).items()
    )
    most = str(own.counts.index[0]).upper()
    roles.currency = Guess(most, f"the most frequent in {quoted(own.name)}", "doubtful")
    roles.ask(
        "columns.currency",
        f"{quoted(own.name)} names several currencies ({told}), but {quoted(amount.name)} is read "
        f"as one. Is it already converted to {most}? If not, deliver it in one currency.",
    )


def _looks_minor(amount: Facts) -> bool:
    """Whole numbers of hundreds and more, hardly any a multiple of a hundred."""
    known = amount.numbers[np.isfinite(amount.numbers)]
    if not amount.is_whole or len(known) < 100:
        return False
    return bool(np.median(known) >= 500 and (known % 100 == 0).mean() < 0.1)
