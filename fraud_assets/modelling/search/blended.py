"""Blends of families that competed: their scores are sums, so comparing them costs no fit.

A blend enters where a contract names it, or names no families at all, and both its parts are among
the entries. It is one more family to choose among: dearer to serve than either part, so that a
part which is shown to be as good goes before it. What both say is steadier than what one says: a
family that is ahead of it by luck does not go before it (see `choice`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from fraud_assets.contract.names import blend_names, family_names
from fraud_assets.families.family import Family
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.search.choice import Contender, leading
from fraud_assets.modelling.search.validation import Validation


def competing_sums(
    families: Collection[str], entered: Collection[str], without: Collection[str] = ()
) -> list[Family]:
    """The blends whose parts have all `entered`.

    `families` are those of the contract (see `search.families`), `without` the blends that are too
    dear to publish.
    """
    default = tuple(families) == family_names()
    named = [FAMILIES[name] for name in blend_names() if default or name in families]
    return [
        blend
        for blend in named
        if blend.name not in without and set(entered).issuperset(blend.parts)
    ]


def blended(
    entries: Mapping[str, Contender],
    usual: Mapping[str, Contender],
    validation: Validation,
    families: Collection[str],
    without: Collection[str] = (),
) -> dict[str, Contender]:
    """Each blend whose parts are all among the entries, at its best weight, by its name.

    Its first part is the entry, its second one is as `usual`, which holds families with their
    defaults: a sum needs fewer trees than trees alone. `families` and `without` are as in
    `competing_sums`.
    """
    found = {}
    for blend in competing_sums(families, usual.keys() & entries.keys(), without):
        first, second = blend.parts
        found[blend.name] = _best_weight(blend, [entries[first], usual[second]], validation)
    return found


def _best_weight(blend: Family, parts: list[Contender], validation: Validation) -> Contender:
    first, second = parts
    ((name, weights),) = blend.grid.items()
    settings = dict(first.params) | dict(second.params)
    found = [
        Contender(
            blend.name,
            settings | {name: weight},
            [a + weight * b for a, b in zip(first.scores, second.scores, strict=True)],
            first.cost + second.cost,
            is_sum=True,
        )
        for weight in weights
    ]
    return leading(found, validation)
