"""Logistic regression: a weighted sum, the cheapest to serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.family import Classifier, Converted, Family, Matrix

FAR = 20.0
"""Spreads between the quartiles beyond which a number counts as this far while weights are fitted.

One payment of 1e12 would take its column's weight from all others.
"""


@dataclass(frozen=True)
class WeightsOfNear(Family):
    """A family whose weights no far number decides."""

    def fit(self, classifier: Classifier, rows: Matrix, label: Any, **given: Any) -> None:
        """Fit the weights on rows whose numbers are kept within `FAR`."""
        near = rows.copy()
        values = near if isinstance(near, np.ndarray) else near.data
        np.clip(values, -FAR, FAR, out=values)
        super().fit(classifier, near, label, **given)


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
