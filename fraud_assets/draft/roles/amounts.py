"""What a payment is worth: among numbers called so, one that is known when the payment is made."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from fraud_assets.draft.guess import Guess, Roles, Sure
from fraud_assets.draft.language.meanings import CURRENCIES
from fraud_assets.draft.language.words import AMOUNT_RANKS, MEASURE
from fraud_assets.draft.roles.tells import telling_of_an_amount
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.draft.toml import assigned, quoted
from fraud_assets.modelling.leaks.names import AFTERWARDS, FRAUD

_AVERAGED = re.compile(
    r"avg|mean|\d+[hdwm](?:_|$)|(?:^|_)(?:max|min|last|prev\w*)(?:_|$)|balance|limit"
    rf"|(?:^|_)sum_(?!(?:{'|'.join(sorted(CURRENCIES))})(?:_|$))"
)
"""Names of what is made of several amounts, or of an earlier one."""

_LATER = 10
"""Added to the rank of a name that speaks of what comes after a payment."""


def find_amount(
    columns: Sequence[Facts], fraud: np.ndarray, at: np.ndarray | None, roles: Roles
) -> None:
    """Set the amount, where a column is one; questions where several may be, or none is named.

    A column that is blank for frauds alone was filled afterwards and is none, whatever its name.
    `fraud` (n,) bool, `at` (n,) datetime64 of the payments, where every one is known.
    """
    taken = {guess.value for guess in (roles.id, roles.sender) if guess}
    columns = [facts for facts in columns if facts.name not in taken]
    ranks = {facts.name: rank for facts in columns if (rank := _rank(facts)) is not None}
    named = sorted((f for f in columns if f.name in ranks), key=lambda f: ranks[f.name])
    refused = {f.name: why for f in named if (why := telling_of_an_amount(f, fraud, at))}
    honest = [facts for facts in named if facts.name not in refused]
    if honest:
        best = ranks[honest[0].name]
        _take(honest[0], [f.name for f in honest[1:] if ranks[f.name] == best], best, roles)
    else:
        unnamed = (facts for facts in columns if facts.name not in refused)
        _ask_for_amount([f for f in unnamed if not telling_of_an_amount(f, fraud, at)], roles)
    if refused and (not honest or best >= min(ranks[name] for name in refused)):
        _ask_about_refused(refused, honest, roles)


def _rank(facts: Facts) -> int | None:
    """The surest names first; those of what comes after a payment last; None for no amount."""
    if not facts.is_number or facts.levels < 3 or _AVERAGED.search(facts.plain):
        return None
    rank = next((at for at, words in enumerate(AMOUNT_RANKS) if facts.named(words)), None)
    if rank is None:
        return None
    measured = facts.named(MEASURE) and not facts.named(AMOUNT_RANKS[0])
    return rank + measured + _LATER * facts.named(AFTERWARDS, FRAUD)


def _take(best: Facts, close: Sequence[str], rank: int, roles: Roles) -> None:
    is_late = rank >= _LATER
    sure: Sure = "doubtful" if close or is_late else "likely"
    roles.amount = Guess(best.name, "its name and its numbers", sure)
    numbers = best.numbers[np.isfinite(best.numbers)]
    roles.below_zero = float((numbers < 0).mean()) if len(numbers) else 0.0
    if close:
        roles.ask(
            "columns.amount",
            f"{quoted(best.name)} is drafted as what a payment is worth; "
            f"{', '.join(map(quoted, close))} could be it too. Which is it?",
            *(assigned("amount", name) for name in close[:3]),
        )
    elif is_late:
        roles.ask(
            "columns.amount",
            f"{quoted(best.name)} is drafted as what a payment is worth, but its name is one of "
            "what is filled in afterwards. Is it known when the payment is made?",
            "# no amount",
        )


def _ask_for_amount(columns: Sequence[Facts], roles: Roles) -> None:
    """Nothing is named so; ask where a column of broken numbers could be meant."""
    like = [
        facts.name
        for facts in columns
        if facts.is_number
        and not facts.is_whole
        and facts.levels > 20
        and not facts.named(MEASURE, AFTERWARDS, FRAUD)
    ]
    if like:
        roles.ask(
            "columns.amount",
            "No column is named as what a payment is worth, so nothing is counted in money. Is it "
            f"one of {', '.join(map(quoted, like[:5]))}?",
            *(assigned("amount", name) for name in like[:3]),
        )


def _ask_about_refused(refused: Mapping[str, Guess], honest: Sequence[Facts], roles: Roles) -> None:
    """Say which column is called an amount and is none, and what is drafted instead."""
    told = "; ".join(found.why for found in refused.values())
    drafted = f"{quoted(honest[0].name)} is drafted" if honest else "none is drafted"
    roles.ask(
        "columns.amount",
        f"{', '.join(map(quoted, refused))} cannot be what a payment is worth when it is made, as "
        f"{told}; {drafted}. Which column holds what was asked for, fraud or not?",
        *(assigned("amount", facts.name) for facts in honest[1:3]),
    )
