"""Settings of several families once more, on a history many times as long as the window.

What won on few rows need not win on many, so the best setting of each family is fitted on as much
of the history as the budget lasts for, and scores the window's later half. Rows that are scored
are never left out. Where the budget lasts for more, more settings enter, and more blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fraud_assets.contract import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.lookback.walk import BLOCKS, Try, Walk, begins
from fraud_assets.modelling.progress import Progress
from fraud_assets.modelling.reach import FittedReach
from fraud_assets.modelling.search.budget import AGAIN, affordable, allowed
from fraud_assets.modelling.search.choice import Contender, choose_setting
from fraud_assets.modelling.search.sampling import sample_as_declared
from fraud_assets.work.workers import Workers

MANY_ROWS = 50_000
"""Rows from which a family's settings for many rows are tried too."""


def meet(
    contenders: Sequence[Contender],
    reach: FittedReach,
    rows: Rows,
    fit: Rows,
    contract: Contract,
    *,
    workers: Workers = 1,
    progress: Progress | None = None,
) -> tuple[Contender, str]:
    """The contender to publish, fitted on the history taken, and the sentence that says why.

    `rows` are all rows that the history may reach, `fit` the window at their end.
    """
    sample = sample_as_declared(rows, contract.search)
    first = begins(sample, fit)

    def walk(count: int, share: float = 1.0) -> Walk:
        return Walk(sample, first, contract, workers, progress, count=count, share=share)

    many = len(reach.taken(rows)) >= MANY_ROWS
    entered, sure = _in_turn(contenders, many=many)
    tries = [Try(one.family, one.params, reach) for one in entered]
    once, budget = walk(1), allowed(contract, AGAIN)
    costs = [once.cost(one) for one in tries]
    share = min(1.0, budget / max(sum(costs[:sure]), 1e-9))
    count = BLOCKS if sum(costs) * BLOCKS <= budget else 1
    kept = max(sure, affordable(costs, budget)) if share >= 1 else sure
    found = walk(count, share)
    scored = found.score(tries[:kept])
    pairs = zip(entered[:kept], scored, strict=True)
    met = [replace(one, scores=of.margins, cost=of.cost) for one, of in pairs]
    choice = choose_setting(met, found.validation, found.seed)
    part = "" if share >= 1 else f"{share:.0%} of the "
    return choice.contender, (
        f" {len(met)} settings met once more, fitted on {part}{len(reach.taken(sample.rows)):,} "
        f"rows of the history taken: {choice.sentence}"
    )


def _in_turn(contenders: Sequence[Contender], *, many: bool) -> tuple[list[Contender], int]:
    """The best of each family and its defaults, settings for many rows, the others.

    And how many of them meet in any case. Defaults stand for what suits many rows: the best
    setting on few of them may learn too slowly to use the others.
    """
    best = {one.family: one for one in reversed(contenders)}
    first = [best[name] for name in dict.fromkeys(one.family for one in contenders)]
    steady = [one for one in first if FAMILIES[one.family].always_searched]
    usual = [replace(one, params=dict(FAMILIES[one.family].defaults)) for one in steady]
    large = [
        replace(one, params=dict(params))
        for one in first
        for params in (FAMILIES[one.family].large if many else ())
    ]
    sure, found = _apart([*first, *usual]), _apart([*first, *usual, *large, *contenders])
    return found, len(sure)


def _apart(contenders: Sequence[Contender]) -> list[Contender]:
    """Each family with a setting once, in the order given."""
    found: list[Contender] = []
    for one in contenders:
        if all((one.family, one.params) != (c.family, c.params) for c in found):
            found.append(one)
    return found
