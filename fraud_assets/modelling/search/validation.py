"""The rows on which every family was scored by fits that had not seen them.

A fold's scores come from a fit of its own, so each fold is ranked by itself and the measures are
means over folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fraud_assets.modelling.search.folds import Fold
from fraud_assets.modelling.search.sampling import Sample
from fraud_assets.modelling.statistics.bootstrap import cluster_weights, replicates_for
from fraud_assets.modelling.statistics.intervals import cluster_codes
from fraud_assets.modelling.statistics.ranking import Ranking

FoldScores = Sequence[np.ndarray]
"""A family's margins on the validation rows of each fold, in the folds' order."""

MEASURES = ("ROC-AUC", "average precision", "precision at the demanded recall")
AVERAGE_PRECISION = 1


@dataclass(frozen=True)
class Validation:
    """Validation rows of all folds: `label`, `weight` and `sender`'s code (n,), and cuts.

    `weight` stands for the legitimate rows that sampling left out; `ends` are the positions
    where the folds end, `recall` the one that the policy demands.
    """

    label: np.ndarray
    weight: np.ndarray
    sender: np.ndarray
    ends: tuple[int, ...]
    recall: float

    @classmethod
    def of(cls, sample: Sample, folds: Sequence[Fold], recall: float) -> Validation:
        """The validation rows of the sample's folds."""
        rows = np.concatenate([valid for _, valid in folds])
        senders = cluster_codes(sample.rows.sender, len(sample.rows))
        ends = tuple(int(end) for end in np.cumsum([len(valid) for _, valid in folds]))
        return cls(sample.rows.label[rows], sample.weights[rows], senders[rows], ends, recall)

    @property
    def frauds(self) -> int:
        """Frauds among the rows."""
        return int((self.label == 1).sum())

    def measures(self, scores: FoldScores) -> np.ndarray:
        """Mean over folds of ROC-AUC, average precision and precision at the recall, (3,)."""
        return self._means(self._rankings(scores), self.weight)

    def average_precision(self, scores: FoldScores) -> float:
        """Mean over folds of average precision."""
        return float(self.measures(scores)[AVERAGE_PRECISION])

    def replicates(self, scores: Sequence[FoldScores], seed: int) -> np.ndarray:
        """The measures of several families when senders are drawn with replacement, (b, f, 3).

        Every family sees the same draws, so that what is hard for all cancels in a difference.
        """
        rankings = [self._rankings(of_family) for of_family in scores]
        draws = cluster_weights(self.sender, replicates_for(len(self.label)), seed)
        return np.array(
            [[self._means(found, drawn * self.weight) for found in rankings] for drawn in draws]
        )

    def _rankings(self, scores: FoldScores) -> list[Ranking]:
        parts = zip(scores, self.parts(self.label), strict=True)
        return [Ranking.of(np.asarray(of, dtype=np.float64), label) for of, label in parts]

    def _means(self, rankings: Sequence[Ranking], weight: np.ndarray) -> np.ndarray:
        parts = zip(rankings, self.parts(weight), strict=True)
        found = np.array([ranking.measures(self.recall, drawn) for ranking, drawn in parts])
        known = np.isfinite(found).all(axis=1)  # a draw may leave a fold without frauds
        return found[known].mean(axis=0) if known.any() else np.full(len(MEASURES), np.nan)

    def parts(self, values: np.ndarray) -> list[np.ndarray]:
        """Values of all rows (n,), fold by fold."""
        return np.split(values, self.ends[:-1])
