"""Settings of one family as they were scored, and which of them is the best."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
from scipy.stats import rankdata

from fraud_assets.documents.report.origin import Parameters
from fraud_assets.documents.report.search import SettingRow
from fraud_assets.modelling.search.choice import Contender
from fraud_assets.modelling.search.validation import AVERAGE_PRECISION, FoldScores
from fraud_assets.values.counted import counted

PRECISION = 2
"""Position of the precision at the demanded recall among the measures."""

FEW_FRAUDS = 500
"""Frauds among the validation rows below which precision at one recall chooses by noise, and a
family's settings for few frauds are tried too. On 17 made-up sets with 42 to 278 of them the
setting of best average precision had .004 more ROC-AUC and .006 more average precision on later
rows than the one that precision chose of those nearly as good."""


@dataclass(frozen=True)
class ScoredGrid:
    """Settings of one family with `fold_auc` (settings, folds), and how many fits that took.

    `scores` are each setting's margins on the validation rows of each fold, float32, and `cost`
    its tests of one payment (see `families.cost`). `bought` (settings, folds, measures) is what
    `Validation` measures, at the native prior, or None where nobody asked; `frauds` are those that
    it measured them on. `dropped` are settings that left a race early, with what was seen of them,
    the best first. `offered` are all that might have entered.
    """

    family: str
    params: tuple[Parameters, ...]
    fold_auc: np.ndarray
    fits: int
    scores: tuple[FoldScores, ...]
    cost: tuple[float, ...]
    bought: np.ndarray | None = None
    dropped: tuple[SettingRow, ...] = ()
    frauds: int | None = None
    offered: int = 0

    @property
    def mean(self) -> np.ndarray:
        """Mean ROC-AUC over the folds (settings,)."""
        return np.asarray(np.average(self.fold_auc, axis=1))

    @property
    def average_precision(self) -> np.ndarray | None:
        """Mean average precision over the folds (settings,), or None where nobody asked."""
        return None if self.bought is None else self.bought[:, :, AVERAGE_PRECISION].mean(axis=1)

    @property
    def rank(self) -> np.ndarray:
        """1 for the best; equal ones share the smaller rank, as in `cv_results_`.

        By mean average precision where that was measured, the setting first that the policy would
        buy unless frauds are few; else by mean ROC-AUC as GridSearchCV does.
        """
        if self.bought is None:
            return np.asarray(rankdata(-self.mean, method="min"), dtype=int)
        merit = self.bought[:, :, AVERAGE_PRECISION].mean(axis=1)
        if self.frauds is None or self.frauds >= FEW_FRAUDS:
            merit[best_bought(self.bought)] = np.inf
        return np.asarray(rankdata(-merit, method="min"), dtype=int)

    @property
    def best(self) -> int:
        """Position of the best setting; the first of equals, as `best_index_`."""
        return int(self.rank.argmin())

    @property
    def extent(self) -> str:
        """In words: all settings of the grid, or how many a budget lasted for."""
        tried = len(self.params) + len(self.dropped)
        many = "all " if tried == self.offered > 1 else f"{tried:,} of "
        return f"{many}{counted(self.offered, 'setting')} of {self.family}"

    @property
    def contender(self) -> Contender:
        """The family with its best setting."""
        return self.contenders()[0]

    def contenders(self) -> list[Contender]:
        """The family with each of its settings, the best first."""
        order = np.argsort(self.rank, kind="stable")
        return [
            Contender(self.family, self.params[at], self.scores[at], self.cost[at]) for at in order
        ]

    def rows(self) -> tuple[SettingRow, ...]:
        """Each setting as the report tells it, in the order of the grid, dropped ones last."""
        spread, found = self.fold_auc.std(axis=1), self.average_precision
        kept = tuple(
            SettingRow(
                self.family,
                self.params[at],
                float(self.mean[at]),
                float(spread[at]),
                int(self.rank[at]),
                average_precision=msgspec.UNSET if found is None else float(found[at]),
                folds=self.fold_auc.shape[1],
            )
            for at in range(len(self.params))
        )
        after = range(len(kept) + 1, len(kept) + len(self.dropped) + 1)
        pairs = zip(self.dropped, after, strict=True)
        return kept + tuple(msgspec.structs.replace(row, rank=rank) for row, rank in pairs)


def best_bought(bought: np.ndarray) -> int:
    """The setting that the policy would buy, from measures (settings, folds, measures).

    The policy buys precision at a recall, which a few frauds move: alone it would choose by
    noise. So the best average precision leads, and of the settings that trail it by no more than
    one standard error of their paired differences over the folds, the one of best precision is
    taken, the first of equals.
    """
    average = bought[:, :, AVERAGE_PRECISION]
    leader = int(average.mean(axis=1).argmax())
    behind = average[leader] - average
    folds = behind.shape[1]
    error = behind.std(axis=1, ddof=1) / np.sqrt(folds) if folds > 1 else np.zeros(len(behind))
    tied = behind.mean(axis=1) <= error
    precision = np.where(tied, bought[:, :, PRECISION].mean(axis=1), -np.inf)
    return int(precision.argmax())
