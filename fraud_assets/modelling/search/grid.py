"""Grid search with nothing done twice, and the scores that GridSearchCV would report.

Each fold is encoded once for all settings, one fit of the largest size scores every smaller
one by its staged predictions, and workers share the matrices. Folds, scores, means and ranks
are those of `sklearn.model_selection.GridSearchCV(scoring="roc_auc")` on the same pipeline.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import ParameterGrid

from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.cost import serving_cost
from fraud_assets.families.family import Classifier, Family
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.search.folds import EncodedFold
from fraud_assets.modelling.search.margins import staged_margins
from fraud_assets.modelling.search.settings import ScoredGrid
from fraud_assets.modelling.search.ticker import Ticker
from fraud_assets.modelling.search.validation import MEASURES, Validation
from fraud_assets.modelling.statistics.ranking import Ranking
from fraud_assets.work.workers import Workers, run_tasks


def search_grid(
    family: Family,
    folds: Sequence[EncodedFold],
    seed: int,
    *,
    workers: Workers = 1,
    progress: Callable[[str], None] | None = None,
) -> ScoredGrid:
    """Score every setting of the family's grid on every fold by ROC-AUC.

    Settings come in the order of `ParameterGrid(family.grid)`. The scores do not depend on
    `workers`.
    """
    return score_settings(
        family,
        list(ParameterGrid(dict(family.grid))),
        folds,
        seed,
        workers=workers,
        progress=progress,
    )


def score_settings(
    family: Family,
    settings: Sequence[Parameters],
    folds: Sequence[EncodedFold],
    seed: int,
    *,
    validation: Validation | None = None,
    among: Sequence[int] | None = None,
    workers: Workers = 1,
    progress: Callable[[str], None] | None = None,
) -> ScoredGrid:
    """Score the given settings on every fold, those that differ by size alone from one fit.

    With the `validation` rows each is measured as the policy buys it as well; `among` names the
    folds' positions, all of them by default.
    """
    groups = _nested(family, settings)
    wanted = range(len(folds)) if among is None else among
    # Largest folds and deepest trees first, so that no worker ends alone with one of them.
    fits = [
        Fit(family.name, params, sizes, k, folds[k], seed, k + 1 == len(folds))
        for k in sorted(wanted, key=lambda k: -len(folds[k].train_label))
        for params, sizes in sorted(groups, key=lambda g: -(g[0].get("max_depth") or 0))
    ]
    ticker = Ticker(f"Search of {family.name}", len(fits), progress)
    scored = run_tasks(
        score_fit,
        [(fit, judge_of(validation, fit.k)) for fit in fits],
        workers,
        lambda done: ticker.tick(max(one.auc for one in done)),
    )
    every = [one for done in scored for one in done]
    frauds = None if validation is None else validation.frauds
    return gathered(family, settings, wanted, every, len(fits), frauds=frauds)


def gathered(
    family: Family,
    settings: Sequence[Parameters],
    among: Sequence[int],
    scored: Sequence[ScoredFit],
    fits: int,
    *,
    frauds: int | None = None,
) -> ScoredGrid:
    """The settings in this order, from their scores on the folds `among`.

    `frauds` are those among the validation rows of all folds.
    """
    by_key = {(_key(one.params), one.fold): one for one in scored}
    table = [[by_key[_key(setting), k] for k in among] for setting in settings]
    bought = np.array([[one.bought for one in row] for row in table])
    return ScoredGrid(
        family.name,
        tuple(settings),
        np.array([[one.auc for one in row] for row in table]),
        fits,
        tuple(tuple(one.scores for one in row) for row in table),
        tuple(row[-1].cost for row in table),
        None if np.isnan(bought).all() else bought,
        frauds=frauds,
    )


def judge_of(validation: Validation | None, k: int) -> tuple[np.ndarray, float] | None:
    """Weights of the fold's validation rows and the recall that is demanded."""
    return (
        None if validation is None else (validation.parts(validation.weight)[k], validation.recall)
    )


@dataclass(frozen=True)
class Fit:
    """One fit: a setting without its size, on one fold, read at `sizes`."""

    family: str
    params: Parameters
    sizes: Sequence[int]
    k: int
    fold: EncodedFold
    seed: int
    is_last: bool


@dataclass(frozen=True)
class ScoredFit:
    """One setting on one fold; `cost` is counted on the last fold alone.

    `seconds` is what the whole fit took, of all its sizes together.
    """

    params: Parameters
    fold: int
    auc: float
    scores: np.ndarray
    cost: float
    bought: tuple[float, ...]
    seconds: float


def score_fit(fit: Fit, judge: tuple[np.ndarray, float] | None) -> list[ScoredFit]:
    """Fit once and score at each size, in the order of `sizes`."""
    family, fold = FAMILIES[fit.family], fit.fold
    largest = {} if family.size is None else {family.size: max(fit.sizes)}
    classifier = family.build(fit.params | largest, fit.seed)
    started = time.perf_counter()
    family.fit(classifier, fold.train, fold.train_label)
    took = time.perf_counter() - started
    if family.size is None or len(fit.sizes) < 2:
        margins = family.margin(classifier, fold.valid)
        return [_scored(fit, largest, margins, classifier, judge, seconds=took)]
    stages = staged_margins(family, classifier, fold.valid, fit.sizes)
    return [
        _scored(fit, {family.size: size}, stages[size], classifier, judge, seconds=took)
        for size in fit.sizes
    ]


def _scored(
    fit: Fit,
    size: Parameters,
    scores: np.ndarray,
    classifier: Classifier,
    judge: tuple[np.ndarray, float] | None,
    *,
    seconds: float,
) -> ScoredFit:
    family = FAMILIES[fit.family]
    trees = next(iter(size.values()), None)
    label = fit.fold.valid_label
    # Ranked as they are kept, in float32: what was chosen can be measured again.
    kept = scores.astype(np.float32)
    bought = (math.nan,) * len(MEASURES)
    if judge is not None:
        weight, recall = judge
        bought = Ranking.of(kept.astype(np.float64), label).measures(recall, weight)
    return ScoredFit(
        fit.params | size,
        fit.k,
        float(roc_auc_score(label, scores)),
        kept,
        serving_cost(family, classifier, trees) if fit.is_last else math.nan,
        bought,
        seconds,
    )


def fit_groups(family: Family, settings: Sequence[Parameters]) -> list[list[Parameters]]:
    """The settings apart by the fits that score them."""
    size, nested = family.size, _nested(family, settings)
    if size is None:
        return [[params] for params, _ in nested]
    return [[params | {size: number} for number in sizes] for params, sizes in nested]


def _nested(family: Family, settings: Sequence[Parameters]) -> list[tuple[Parameters, list[int]]]:
    groups: dict[Any, tuple[Parameters, list[int]]] = {}
    for setting in settings:
        rest = {name: value for name, value in setting.items() if name != family.size}
        _, sizes = groups.setdefault(_key(rest), (rest, []))
        if family.size is not None:
            sizes.append(setting[family.size])
    return list(groups.values())


def _key(setting: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(setting.items()))
