"""Logistic regression: a weighted sum, the cheapest to serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.family import Classifier, Converted, Family, Matrix

FAR, SHARE = 1000.0, 0.999
"""A column with a scaled number beyond `FAR` is fitted as if its farthest, but for such a share,
lay no farther than the others: one payment of 1e12 would take the column's weight from all.

No column of ordinary amounts has such a number (see `modelling.preprocessing`).
"""


@dataclass(frozen=True)
class WeightsOfNear(Family):
    """A family whose weights no far number decides."""

    def fit(self, classifier: Classifier, rows: Matrix, label: Any, **given: Any) -> None:
        """Fit the weights on rows (n, columns) whose far numbers have come near."""
        super().fit(classifier, _near(rows), label, **given)


def _near(rows: Matrix) -> Matrix:
    """The rows, dense or sparse, with no number farther than nearly all of its column."""
    is_dense = isinstance(rows, np.ndarray)
    columns = rows if is_dense else rows.tocsc()
    most = np.abs(columns).max(axis=0)
    far = np.flatnonzero((most if is_dense else most.toarray().ravel()) > FAR)
    if not len(far):
        return rows
    parts = columns[:, far] if is_dense else columns[:, far].toarray()
    bounds = np.quantile(np.abs(parts), SHARE, axis=0, method="lower")
    near = columns.copy() if is_dense else columns.tolil()
    near[:, far] = np.clip(parts, -bounds, bounds)
    return near if is_dense else near.tocsr()


def _build(parameters: Parameters, seed: int) -> LogisticRegression:
    return LogisticRegression(random_state=seed, **{"max_iter": 1000, **parameters})


def _convert(fitted: Classifier) -> Converted:
    weights = np.asarray(fitted.coef_[0], dtype=np.float64)
    return Converted(weights, float(fitted.intercept_[0]), "logistic", "log-odds")


FAMILY = WeightsOfNear(
    name="logistic_regression",
    classifier="LogisticRegression",
    build=_build,
    encoding="onehot",
    defaults={"max_iter": 1000},
    grid={"C": (0.01, 0.1, 1.0, 10.0), "class_weight": (None, "balanced")},
    convert=_convert,
    pace=0.08,
)
