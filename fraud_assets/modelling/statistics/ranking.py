"""ROC-AUC, average precision and precision at a recall of one ranking, under any row weights.

The rows are sorted once; each reweighting (a bootstrap replicate) then costs two passes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Ranking:
    """Rows in descending order of score, cut at each distinct score that holds a fraud.

    `order` (n,) row positions; `cuts` (2 g,) where the tied groups of the g distinct fraud
    scores begin and end in that order; `fraud` (n,) bool in that order.
    """

    order: np.ndarray
    cuts: np.ndarray
    fraud: np.ndarray

    @classmethod
    def of(cls, scores: np.ndarray, labels: np.ndarray) -> Ranking:
        """Sort rows by `scores` (n,); `labels` (n,) are 1 for fraud. Needs one fraud."""
        order = np.argsort(-scores, kind="stable")
        ranked, fraud = scores[order], labels[order] == 1
        distinct = np.unique(ranked[fraud])[::-1]
        starts = np.searchsorted(-ranked, -distinct, side="left")
        ends = np.searchsorted(-ranked, -distinct, side="right")
        return cls(order, np.column_stack([starts, ends]).ravel(), fraud)

    def groups(self, weights: np.ndarray | None = None) -> tuple[np.ndarray, ...]:
        """Cumulative weight of frauds and of all rows before and after each fraud score.

        Returns (frauds_before, frauds_after, all_before, all_after), each (g,), and the weight
        of all rows (1,).
        """
        ranked = np.ones(len(self.order)) if weights is None else weights[self.order]
        everything, frauds = _at_cuts(ranked, self.cuts), _at_cuts(ranked * self.fraud, self.cuts)
        total = everything[-1:]
        return frauds[:-1:2], frauds[1:-1:2], everything[:-1:2], everything[1:-1:2], total

    def measures(self, recall: float, weights: np.ndarray | None = None) -> tuple[float, ...]:
        """ROC-AUC, average precision, and precision at the highest score that reaches `recall`."""
        groups = self.groups(weights)
        return (*_measure(groups), _precision_at(groups, recall))

    def measure(self, weights: np.ndarray | None = None) -> tuple[float, float]:
        """ROC-AUC (ties count half) and average precision (sum of precision times recall step).

        Both NaN where the weights leave no fraud or no legitimate row.
        """
        return _measure(self.groups(weights))

    def precision_at(self, recall: float, weights: np.ndarray | None = None) -> float:
        """Precision at the highest score where `recall` is reached."""
        return _precision_at(self.groups(weights), recall)


def _measure(groups: tuple[np.ndarray, ...]) -> tuple[float, float]:
    frauds_before, frauds_after, all_before, all_after, total = groups
    step, positives = frauds_after - frauds_before, frauds_after[-1]
    negatives = total[0] - positives
    if positives <= 0 or negatives <= 0:
        return float("nan"), float("nan")
    legit_before, legit_after = all_before - frauds_before, all_after - frauds_after
    below = negatives - (legit_before + legit_after) / 2
    precision = frauds_after / np.maximum(all_after, 1e-300)
    return (
        float(np.sum(step * below) / (positives * negatives)),
        float(np.sum(step * precision) / positives),
    )


def _precision_at(groups: tuple[np.ndarray, ...], recall: float) -> float:
    _, frauds_after, _, all_after, _ = groups
    if frauds_after[-1] <= 0:
        return float("nan")
    reached = frauds_after >= recall * frauds_after[-1] * (1 - 1e-12)
    first = int(np.argmax(reached))
    return float(frauds_after[first] / all_after[first])


def _at_cuts(values: np.ndarray, cuts: np.ndarray) -> np.ndarray:
    """Cumulative sums (2 g + 1,) of `values` before each cut, and of all of them last."""
    sums: np.ndarray = np.concatenate([[0.0], np.cumsum(values)])
    return sums.take(np.append(cuts, len(values)))
