"""Which families the budget can afford: those too dear are left out, with a sentence.

Thinning the rows makes comparisons cheap, but no further than to the fewest frauds that tell
families apart, and what is published is fitted on all of its history. A family whose declared
cost (see `search.budget`) is too much for either would take the time of all others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fraud_assets.contract import Contract
from fraud_assets.contract.names import blend_names
from fraud_assets.data.rows import Rows
from fraud_assets.families.family import Family
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.search.budget import (
    CANDIDATES,
    allowed,
    encoded_columns,
    fit_seconds,
    folds_seconds,
    rows_fitted,
    thinned,
)
from fraud_assets.modelling.search.sampling import sample_as_declared

TENS = 10.0
"""Processor seconds from which their decimals say nothing."""

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

    First go those whose fit on the whole history costs too much; then, where rows would have to be
    left out of the comparison, those whose stand-in competes; then the dearest until all others
    with their defaults, on the fewest rows that are compared, fit into their share.
    """
    costs = _Costs.of(families, fit, earlier, contract)
    staying, sentences = tuple(families), list[str]()
    for leave in (_too_dear_to_publish, _stood_in_for, _too_dear_to_compare):
        gone = leave(staying, costs, contract)
        staying = tuple(family for family in staying if family.name not in gone)
        sentences += gone.values()
    return Entrants(staying, tuple(sentences))


def blends_too_dear(
    families: Sequence[Family], fit: Rows, earlier: Rows | None, contract: Contract
) -> dict[str, str]:
    """Sums of two of the families whose fit on the history costs too much, with a sentence each."""
    names = {family.name for family in families}
    sums = [FAMILIES[name] for name in blend_names()]
    possible = [blend for blend in sums if names.issuperset(blend.parts)]
    costs = _Costs.of(possible, fit, earlier, contract)
    return _too_dear(possible, costs, contract)


@dataclass(frozen=True)
class _Costs:
    """Rows of the history and of the sample, and each family's processor seconds by its name.

    `published` is a fit on the history, `whole` the defaults on all folds of the sample, `fewest`
    the same on as few rows as may be compared.
    """

    history: int
    sampled: int
    published: Mapping[str, float]
    whole: Mapping[str, float]
    fewest: Mapping[str, float]

    @classmethod
    def of(
        cls, families: Sequence[Family], fit: Rows, earlier: Rows | None, contract: Contract
    ) -> _Costs:
        parts = [rows for rows in (earlier, fit) if rows is not None]
        rows, frauds = sum(map(len, parts)), sum(part.frauds for part in parts)
        sample = sample_as_declared(fit, contract.search)
        columns = {f.name: encoded_columns(fit, contract, f) for f in families}
        published = {}
        for f in families:
            count = columns[f.name]
            fitted = rows_fitted(rows, frauds, contract, f, params=f.defaults, columns=count)
            # A sum by its own pace: extra trees on very many rows are slower than theirs says.
            published[f.name] = fit_seconds(f, f.defaults, fitted, count)
        whole, fewest = (
            {f.name: folds_seconds(f, count, columns[f.name], contract) for f in families}
            for count in (len(sample.rows), len(thinned(sample, 0.0, 0).rows))
        )
        return cls(rows, len(sample.rows), published, whole, fewest)


def _too_dear_to_publish(
    families: Sequence[Family], costs: _Costs, contract: Contract
) -> dict[str, str]:
    """Those whose fit on the history costs too much, each with a sentence; never the cheapest."""
    dear = sorted(families, key=lambda f: -costs.published[f.name])[:-1]
    return _too_dear(dear, costs, contract)


def _too_dear(families: Sequence[Family], costs: _Costs, contract: Contract) -> dict[str, str]:
    most, seconds = allowed(contract, PUBLISHED), costs.published
    what = f"a fit on {costs.history:,} rows"
    return {f.name: _sentence(f, seconds, what, most) for f in families if seconds[f.name] > most}


def _stood_in_for(families: Sequence[Family], costs: _Costs, contract: Contract) -> dict[str, str]:
    """Those whose stand-in grows the same trees faster and competes, where rows are many.

    None where all families with their defaults, on all rows of the sample, are within their share.
    """
    most, names = allowed(contract, CANDIDATES), {family.name for family in families}
    if sum(costs.whole.values()) <= most:
        return {}
    return {
        f.name: _sentence(f, costs.whole, f"comparing it beside {f.stand_in.family}", most)
        for f in families
        if f.stand_in and f.stand_in.family in names and costs.sampled > f.stand_in.above_rows
    }


def _too_dear_to_compare(
    families: Sequence[Family], costs: _Costs, contract: Contract
) -> dict[str, str]:
    """The dearest, until the others on the fewest rows are within their share; one stays."""
    most, gone = allowed(contract, CANDIDATES), dict[str, str]()
    staying = sorted(families, key=lambda f: costs.fewest[f.name])
    while len(staying) > 1 and sum(costs.fewest[f.name] for f in staying) > most:
        dearest = staying.pop()
        gone[dearest.name] = _sentence(dearest, costs.fewest, "comparing its defaults", most)
    return gone


def _sentence(family: Family, seconds: Mapping[str, float], what: str, most: float) -> str:
    cost, left = (f"{x:,.0f}" if x >= TENS else f"{x:.2g}" for x in (seconds[family.name], most))
    return (
        f"{family.name} was left out: {what} would cost about {cost} processor seconds, where "
        f"search.minutes leaves {left} for that."
    )
