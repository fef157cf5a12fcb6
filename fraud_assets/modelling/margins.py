"""What a fitted classifier ranks by, whole and cut at fewer trees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin


def margin(classifier: ClassifierMixin, matrix: Any) -> np.ndarray:
    """Ranking score (n,), as scikit-learn's `roc_auc` scorer takes it.

    The decision function where the classifier has one, else the probability of fraud.
    """
    if hasattr(classifier, "decision_function"):
        return np.asarray(classifier.decision_function(matrix)).ravel()
    return np.asarray(classifier.predict_proba(matrix)[:, 1])


def staged_margins(
    classifier: ClassifierMixin, matrix: Any, sizes: Sequence[int]
) -> dict[int, np.ndarray]:
    """Margins (n,) of the same fit cut at each of `sizes` trees.

    A fit that stopped of itself before a size (AdaBoost does when a tree errs nowhere) has
    its last margins there, as a fit of that size would.
    """
    wanted, scores, stage = set(sizes), {}, None
    for count, stage in enumerate(islice(_stages(classifier, matrix), max(sizes)), start=1):
        if count in wanted:
            scores[count] = np.array(stage, dtype=np.float64).ravel()
    last = np.array(stage, dtype=np.float64).ravel()
    return {size: scores.get(size, last) for size in sizes}


def _stages(classifier: ClassifierMixin, matrix: Any) -> Iterator[np.ndarray]:
    if hasattr(classifier, "staged_decision_function"):
        yield from classifier.staged_decision_function(matrix)
        return
    total = np.zeros(matrix.shape[0])
    for count, tree in enumerate(classifier.estimators_, start=1):
        total += tree.predict_proba(matrix)[:, 1]
        yield total / count
