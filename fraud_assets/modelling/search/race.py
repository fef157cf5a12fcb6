"""A grid raced: all settings on few rows, the best quarter of them on all folds.

Successive halving (Jamieson and Talwalkar 2016, arXiv 1502.07943): folds in time order train on
more rows from one to the next, so the first rung is the cheap folds. What leaves the race keeps
its place behind those that stay. The same rows, seed and settings give the same race, whatever
the clock and the number of workers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from sklearn.model_selection import ParameterGrid

from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.family import Family
from fraud_assets.modelling.search.budget import affordable, fit_seconds
from fraud_assets.modelling.search.folds import EncodedFold
from fraud_assets.modelling.search.grid import fit_groups, score_settings
from fraud_assets.modelling.search.settings import ScoredGrid
from fraud_assets.modelling.search.validation import Validation
from fraud_assets.work.workers import Workers

FIRST_RUNG = (1, 2)
"""Folds of the first rung: the oldest has too few frauds to tell settings apart."""

STAY = 4
"""One fit of so many goes on to all folds."""

LEAST_FITS = 2
"""A grid of fewer fits a fold is scored whole."""


def race_grid(
    family: Family,
    folds: Sequence[EncodedFold],
    validation: Validation,
    seed: int,
    *,
    budget: float = math.inf,
    known: ScoredGrid | None = None,
    beside: Sequence[Parameters] = (),
    workers: Workers = 1,
    progress: Callable[[str], None] | None = None,
) -> ScoredGrid:
    """The family's grid and settings `beside` it, the best quarter scored on every fold.

    Where `budget`, in processor seconds of the reference machine, does not last for the whole
    grid, a drawn part of it enters, and fewer stay. `known` are settings that were scored on
    every fold of these before; they are not fitted again.
    """
    settings = [dict(setting) for setting in (*ParameterGrid(dict(family.grid)), *beside)]
    offered = len(settings)
    groups = fit_groups(family, settings)
    if _cost(family, groups, folds, range(len(folds))) > budget:
        groups = _entering(family, groups, folds, budget / 2, seed)
        settings = [setting for group in groups for setting in group]

    def score(some: Sequence[Parameters], among: Sequence[int]) -> ScoredGrid:
        new = [setting for setting in some if known is None or setting not in known.params]
        old = [] if known is None else [known.params.index(s) for s in some if s not in new]
        parts = [] if known is None or not old else [_on(_part(known, old), among)]
        if new:
            fresh = score_settings(
                family,
                new,
                folds,
                seed,
                validation=validation,
                among=among,
                workers=workers,
                progress=progress,
            )
            parts.append(fresh)
        return _together(parts, some)

    if len(groups) < LEAST_FITS or len(folds) <= len(FIRST_RUNG) + 1:
        return replace(score(settings, range(len(folds))), offered=offered)
    rung = score(settings, FIRST_RUNG)
    rest = [k for k in range(len(folds)) if k not in FIRST_RUNG]
    best = _ranked(rung, groups)[: -(-len(groups) // STAY)]
    costs = [_cost(family, [group], folds, rest) for group in best]
    staying = [setting for group in best[: affordable(costs, budget / 2)] for setting in group]
    kept = [at for at, setting in enumerate(settings) if setting in staying]
    left = [at for at in range(len(settings)) if at not in set(kept)]
    late = score([settings[at] for at in kept], rest)
    whole = _in_order(_part(rung, kept), late, [*FIRST_RUNG, *rest])
    dropped = _part(rung, sorted(left, key=lambda at: rung.rank[at])).rows()
    return replace(whole, fits=rung.fits + late.fits, dropped=dropped, offered=offered)


def _entering(
    family: Family,
    groups: Sequence[list[Parameters]],
    folds: Sequence[EncodedFold],
    budget: float,
    seed: int,
) -> list[list[Parameters]]:
    """As many fits as the budget lasts for on the first rung, drawn, in the grid's order."""
    drawn = np.random.default_rng(seed).permutation(len(groups))
    costs = [_cost(family, [groups[at]], folds, FIRST_RUNG) for at in drawn]
    return [groups[at] for at in sorted(drawn[: affordable(costs, budget)])]


def _cost(
    family: Family,
    groups: Sequence[Sequence[Parameters]],
    folds: Sequence[EncodedFold],
    among: Sequence[int],
) -> float:
    """Processor seconds of the reference machine: one fit of the largest size for each group."""
    size = family.size
    largest = [max(group, key=lambda s: 0 if size is None else s[size]) for group in groups]
    shapes = [folds[k].train.shape for k in among if k < len(folds)]
    return sum(fit_seconds(family, one, *shape) for one in largest for shape in shapes)


def _ranked(rung: ScoredGrid, groups: Sequence[list[Parameters]]) -> list[list[Parameters]]:
    """The fits by the rank of their best setting."""
    rank = dict(zip(map(_key, rung.params), rung.rank.tolist(), strict=True))
    return sorted(groups, key=lambda group: min(rank[_key(setting)] for setting in group))


def _part(settings: ScoredGrid, at: Sequence[int]) -> ScoredGrid:
    where = list(at)
    return replace(
        settings,
        params=tuple(settings.params[i] for i in where),
        fold_auc=settings.fold_auc[where],
        scores=tuple(settings.scores[i] for i in where),
        cost=tuple(settings.cost[i] for i in where),
        bought=None if settings.bought is None else settings.bought[where],
    )


def _on(settings: ScoredGrid, among: Sequence[int]) -> ScoredGrid:
    """The same settings on some of the folds, for no further fit."""
    where = list(among)
    return replace(
        settings,
        fits=0,
        fold_auc=settings.fold_auc[:, where],
        scores=tuple(tuple(row[k] for k in where) for row in settings.scores),
        bought=None if settings.bought is None else settings.bought[:, where],
    )


def _together(parts: Sequence[ScoredGrid], settings: Sequence[Parameters]) -> ScoredGrid:
    """One grid of parts with the same folds, in the order of `settings`."""
    if len(parts) == 1:
        return _part(parts[0], [parts[0].params.index(setting) for setting in settings])
    bought = [part.bought for part in parts if part.bought is not None]
    whole = replace(
        parts[0],
        params=tuple(setting for part in parts for setting in part.params),
        fold_auc=np.concatenate([part.fold_auc for part in parts]),
        fits=sum(part.fits for part in parts),
        scores=tuple(row for part in parts for row in part.scores),
        cost=tuple(cost for part in parts for cost in part.cost),
        bought=np.concatenate(bought) if len(bought) == len(parts) else None,
    )
    return _part(whole, [whole.params.index(setting) for setting in settings])


def _in_order(first: ScoredGrid, late: ScoredGrid, folds: Sequence[int]) -> ScoredGrid:
    """The same settings on the folds of both, in the folds' order; the cost is the late one's."""
    order = np.argsort(folds)
    pairs = zip(first.scores, late.scores, strict=True)
    both = [[*early, *later] for early, later in pairs]
    bought = None
    if first.bought is not None and late.bought is not None:
        bought = np.concatenate([first.bought, late.bought], axis=1)[:, order]
    return replace(
        late,
        fold_auc=np.concatenate([first.fold_auc, late.fold_auc], axis=1)[:, order],
        scores=tuple(tuple(row[i] for i in order) for row in both),
        bought=bought,
    )


def _key(setting: Parameters) -> tuple[tuple[str, object], ...]:
    return tuple(sorted(setting.items()))
