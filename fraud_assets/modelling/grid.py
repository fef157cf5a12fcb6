"""Grid search with nothing done twice, and the scores that GridSearchCV would report.

Each fold is encoded once for all settings, one fit of the largest size scores every smaller
one by its staged predictions, and workers share the matrices. Folds, scores, means and ranks
are those of `sklearn.model_selection.GridSearchCV(scoring="roc_auc")` on the same pipeline.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import ParameterGrid

from fraud_assets.documents.report.search import SettingRow
from fraud_assets.families.family import Family
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.folds import EncodedFold
from fraud_assets.modelling.margins import staged_margins
from fraud_assets.modelling.work import Ticker, run_tasks

Setting = dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """Settings of one family with `fold_auc` (settings, folds), and how many fits that took."""

    family: str
    params: tuple[Setting, ...]
    fold_auc: np.ndarray
    fits: int

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
) -> Settings:
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
    settings: Sequence[Setting],
    folds: Sequence[EncodedFold],
    seed: int,
    *,
    workers: int = 1,
    progress: Callable[[str], None] | None = None,
) -> Settings:
    """Score the given settings on every fold, those that differ by size alone from one fit."""
    groups = _nested(family, settings)
    # Largest folds and deepest trees first, so that no worker ends alone with one of them.
    tasks = [
        (family.name, params, sizes, (k, folds[k]), seed)
        for k in sorted(range(len(folds)), key=lambda k: -len(folds[k].train_label))
        for params, sizes in sorted(groups, key=lambda g: -(g[0].get("max_depth") or 0))
    ]
    ticker = Ticker(f"Search of {family.name}", len(tasks), progress)
    scored = run_tasks(_score, tasks, workers, lambda done: ticker.tick(max(done[2])))
    auc = {
        (_key(params | size), k): value
        for params, k, values, sizes in scored
        for size, value in zip(sizes, values, strict=True)
    }
    table = [[auc[_key(setting), k] for k in range(len(folds))] for setting in settings]
    return Settings(family.name, tuple(settings), np.array(table), len(tasks))


def _score(
    name: str, params: Setting, sizes: Sequence[int], numbered: tuple[int, EncodedFold], seed: int
) -> tuple[Setting, int, list[float], list[Setting]]:
    family, (k, fold) = FAMILIES[name], numbered
    if family.size is None:
        classifier = family.build(params, seed).fit(fold.train, fold.train_label)
        auc = [roc_auc_score(fold.valid_label, family.margin(classifier, fold.valid))]
        return params, k, auc, [{}]
    largest = family.build(params | {family.size: max(sizes)}, seed)
    largest.fit(fold.train, fold.train_label)
    stages = staged_margins(family, largest, fold.valid, sizes)
    auc = [roc_auc_score(fold.valid_label, stages[size]) for size in sizes]
    return params, k, auc, [{family.size: size} for size in sizes]


def _nested(family: Family, settings: Sequence[Setting]) -> list[tuple[Setting, list[int]]]:
    groups: dict[Any, tuple[Setting, list[int]]] = {}
    for setting in settings:
        rest = {name: value for name, value in setting.items() if name != family.size}
        _, sizes = groups.setdefault(_key(rest), (rest, []))
        if family.size is not None:
            sizes.append(setting[family.size])
    return list(groups.values())


def _key(setting: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(setting.items()))
