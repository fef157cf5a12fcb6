"""Grid search with nothing done twice, and the scores that GridSearchCV would report.

Each fold is encoded once for all settings, one fit of the largest size scores every smaller
one by its staged predictions, and workers share the matrices. Folds, scores, means and ranks
are those of `sklearn.model_selection.GridSearchCV(scoring="roc_auc")` on the same pipeline.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import ParameterGrid

from fraud_assets.documents.report.origin import Parameters
from fraud_assets.documents.report.search import SettingRow
from fraud_assets.families.cost import serving_cost
from fraud_assets.families.family import Classifier, Family
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.search.choice import Contender
from fraud_assets.modelling.search.folds import EncodedFold
from fraud_assets.modelling.search.margins import staged_margins
from fraud_assets.modelling.search.validation import FoldScores
from fraud_assets.modelling.search.work import Ticker, run_tasks


@dataclass(frozen=True)
class ScoredGrid:
    """Settings of one family with `fold_auc` (settings, folds), and how many fits that took.

    `scores` are each setting's margins on the validation rows of each fold, float32, and `cost`
    its tests of one payment (see `families.cost`).
    """

    family: str
    params: tuple[Parameters, ...]
    fold_auc: np.ndarray
    fits: int
    scores: tuple[FoldScores, ...]
    cost: tuple[float, ...]

    @property
    def mean(self) -> np.ndarray:
        """Mean ROC-AUC over the folds (settings,)."""
        return np.asarray(np.average(self.fold_auc, axis=1))

    @property
    def rank(self) -> np.ndarray:
        """1 for the best mean; equal means share the smaller rank, as in `cv_results_`."""
        return np.asarray(rankdata(-self.mean, method="min"), dtype=int)

    @property
    def best(self) -> int:
        """Position of the best setting; the first of equals, as `best_index_`."""
        return int(self.rank.argmin())

    @property
    def contender(self) -> Contender:
        """The family with its best setting."""
        best = self.best
        return Contender(self.family, self.params[best], self.scores[best], self.cost[best])

    def rows(self) -> tuple[SettingRow, ...]:
        """Each setting as the report tells it, in the order of the grid."""
        spread = self.fold_auc.std(axis=1)
        return tuple(
            SettingRow(self.family, p, float(m), float(s), int(r))
            for p, m, s, r in zip(self.params, self.mean, spread, self.rank, strict=True)
        )


def search_grid(
    family: Family,
    folds: Sequence[EncodedFold],
    seed: int,
    *,
    workers: int = 1,
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
    workers: int = 1,
    progress: Callable[[str], None] | None = None,
) -> ScoredGrid:
    """Score the given settings on every fold, those that differ by size alone from one fit."""
    groups = _nested(family, settings)
    # Largest folds and deepest trees first, so that no worker ends alone with one of them.
    tasks = [
        _Task(family.name, params, sizes, k, folds[k], seed, k + 1 == len(folds))
        for k in sorted(range(len(folds)), key=lambda k: -len(folds[k].train_label))
        for params, sizes in sorted(groups, key=lambda g: -(g[0].get("max_depth") or 0))
    ]
    ticker = Ticker(f"Search of {family.name}", len(tasks), progress)
    scored = run_tasks(
        _score,
        [(task,) for task in tasks],
        workers,
        lambda done: ticker.tick(max(one.auc for one in done)),
    )
    by_key = {(_key(one.params), one.fold): one for done in scored for one in done}
    table = [[by_key[_key(setting), k] for k in range(len(folds))] for setting in settings]
    return ScoredGrid(
        family.name,
        tuple(settings),
        np.array([[one.auc for one in row] for row in table]),
        len(tasks),
        tuple(tuple(one.scores for one in row) for row in table),
        tuple(row[-1].cost for row in table),
    )


@dataclass(frozen=True)
class _Task:
    """One fit: a setting without its size, on one fold, read at `sizes`."""

    family: str
    params: Parameters
    sizes: Sequence[int]
    k: int
    fold: EncodedFold
    seed: int
    is_last: bool


@dataclass(frozen=True)
class _Scored:
    """One setting on one fold; `cost` is counted on the last fold alone."""

    params: Parameters
    fold: int
    auc: float
    scores: np.ndarray
    cost: float


def _score(task: _Task) -> list[_Scored]:
    family, fold = FAMILIES[task.family], task.fold
    largest = {} if family.size is None else {family.size: max(task.sizes)}
    classifier = family.build(task.params | largest, task.seed)
    classifier.fit(fold.train, fold.train_label)
    if family.size is None:
        return [_scored(task, {}, family.margin(classifier, fold.valid), classifier)]
    stages = staged_margins(family, classifier, fold.valid, task.sizes)
    return [_scored(task, {family.size: size}, stages[size], classifier) for size in task.sizes]


def _scored(task: _Task, size: Parameters, scores: np.ndarray, classifier: Classifier) -> _Scored:
    family = FAMILIES[task.family]
    trees = next(iter(size.values()), None)
    return _Scored(
        task.params | size,
        task.k,
        float(roc_auc_score(task.fold.valid_label, scores)),
        scores.astype(np.float32),
        serving_cost(family, classifier, trees) if task.is_last else math.nan,
    )


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
