"""Which families the budget can afford: those too dear are left out, with a sentence.

Thinning the rows makes comparisons cheap, but no further than to the fewest frauds that tell
families apart, and what is published is fitted on all of its history. A family whose declared
cost (see `search.budget`) is too much for either would take the time of all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fraud_assets.contract import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.families.family import Family
from fraud_assets.modelling.search.budget import (
    CANDIDATES,
    allowed,
    encoded_columns,
    fit_seconds,
    rows_fitted,
    thinned,
)
from fraud_assets.modelling.search.sampling import sample_as_declared

PUBLISHED = 1.0
"""Share of the budget that the fit to be published may cost beside the search."""


@dataclass(frozen=True)
class Entrants:
    """The families that compete, and a sentence on each that is left out."""

    families: tuple[Family, ...]
    sentences: tuple[str, ...]


def entrants(
    families: Sequence[Family], fit: Rows, earlier: Rows | None, contract: Contract
) -> Entrants:
    """The families that the budget lasts for, in the order given; at least the cheapest.

    First go those whose fit on the whole history costs too much, then the dearest until all
    others with their defaults, on the fewest rows that are compared, fit into their share.
    """
    counted = [rows for rows in (earlier, fit) if rows is not None]
    rows, frauds = sum(map(len, counted)), sum(part.frauds for part in counted)
    columns = {f.name: encoded_columns(fit, contract, f) for f in families}
    published = {
        f.name: fit_seconds(
            f, f.defaults, rows_fitted(rows, frauds, contract, f.fit_times), columns[f.name]
        )
        for f in families
    }
    fewest = len(thinned(sample_as_declared(fit, contract.search), 0.0, 0).rows)
    folds = {
        f.name: contract.search.folds * fit_seconds(f, f.defaults, fewest / 2, columns[f.name])
        for f in families
    }
    most, sentences = allowed(contract, PUBLISHED), []
    staying = sorted(families, key=lambda f: published[f.name])
    while len(staying) > 1 and published[staying[-1].name] > most:
        gone = staying.pop().name
        sentences.append(_sentence(gone, published[gone], f"a fit on {rows:,} rows", most))
    most = allowed(contract, CANDIDATES)
    staying.sort(key=lambda f: folds[f.name])
    while len(staying) > 1 and sum(folds[f.name] for f in staying) > most:
        gone = staying.pop().name
        sentences.append(_sentence(gone, folds[gone], "comparing its defaults", most))
    names = {family.name for family in staying}
    return Entrants(tuple(f for f in families if f.name in names), tuple(sentences))


def _sentence(name: str, seconds: float, what: str, most: float) -> str:
    return (
        f"{name} was left out: {what} would cost about {seconds:,.0f} processor seconds, where "
        f"search.minutes leaves {most:,.0f} for that."
    )
