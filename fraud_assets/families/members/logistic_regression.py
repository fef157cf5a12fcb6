"""Logistic regression: a weighted sum, the cheapest to serve."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.family import Classifier, Converted, Family


def _build(parameters: Parameters, seed: int) -> LogisticRegression:
    return LogisticRegression(random_state=seed, **{"max_iter": 1000, **parameters})


def _convert(fitted: Classifier) -> Converted:
    weights = np.asarray(fitted.coef_[0], dtype=np.float64)
    return Converted(weights, float(fitted.intercept_[0]), "logistic", "log-odds")


FAMILY = Family(
    name="logistic_regression",
    classifier="LogisticRegression",
    build=_build,
    encoding="onehot",
    defaults={"max_iter": 1000},
    grid={"C": (0.01, 0.1, 1.0, 10.0), "class_weight": (None, "balanced")},
    convert=_convert,
    pace=0.08,
)
