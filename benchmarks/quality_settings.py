"""The models that the quality benchmark tries: each with a name and the scores that it gives.

What a section chooses among are the product's own families with their defaults, fitted as the chain
fits what it publishes, and the sums of two of them that compete there. Beside them stand plain
defaults of scikit-learn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from fraud_assets.contract import Contract
from fraud_assets.contract.names import blend_names
from fraud_assets.data.columns import LABEL, TIME
from fraud_assets.data.rows import Rows
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.fitting import fit_uncalibrated
from fraud_assets.modelling.preprocessing import build_preprocessor

Floats = np.ndarray[Any, np.dtype[np.float64]]
Classifier = Any

PARTS = ("hist_gradient_boosting", "extra_trees", "logistic_regression")
"""Families that are fitted; their sums cost no further fit."""


@dataclass(frozen=True)
class Setting:
    """scikit-learn's own class on at most `legitimate` legitimate rows, the fit's seed being 0."""

    name: str
    classifier: Callable[[int], Classifier]
    legitimate: int | None = None

    def scores(self, train: pd.DataFrame, label: np.ndarray, test: pd.DataFrame) -> Floats:
        """Fit on features (n, p) and labels (n,); probabilities of the test rows."""
        kept = self._kept(label)
        pipeline = Pipeline(
            [
                ("preprocessor", build_preprocessor(list(train), [], "ordinal")),
                ("classifier", self.classifier(0)),
            ]
        )
        pipeline.fit(train.iloc[kept], label[kept])
        if hasattr(pipeline["classifier"], "n_jobs"):
            pipeline["classifier"].n_jobs = 1  # threads would add trees in changing order
        return np.asarray(pipeline.predict_proba(test)[:, 1])

    def _kept(self, label: np.ndarray) -> np.ndarray:
        legitimate = np.flatnonzero(label == 0)
        if self.legitimate is not None and self.legitimate < len(legitimate):
            drawn = np.random.default_rng(0)
            legitimate = drawn.choice(legitimate, self.legitimate, replace=False)
        return np.sort(np.concatenate([np.flatnonzero(label == 1), legitimate]))


def family_scores(
    train: pd.DataFrame, test: pd.DataFrame, contract: Contract, workers: int = 2
) -> dict[str, Floats]:
    """Margins of the test rows (n,) by name: each part with its defaults, then the sums.

    `train` and `test` hold the contract's features, `train` its label and time as well.
    """
    names = list(contract.features.names)
    label, time = train[LABEL].to_numpy(dtype=np.int8), train[TIME].to_numpy()
    rows = Rows(train[names].reset_index(drop=True), label, time, None)
    found = {}
    for name in PARTS:
        family = FAMILIES[name]
        fitted = fit_uncalibrated(name, family.defaults, rows, contract, workers=workers)
        preprocessor, classifier = fitted.named_steps.values()
        found[name] = family.margin(classifier, preprocessor.transform(test[names]))
    for name in blend_names():
        first, second = FAMILIES[name].parts
        for weight in next(iter(FAMILIES[name].grid.values())):
            found[f"{name}, weight {weight:g}"] = found[first] + weight * found[second]
    return found


def logistic(seed: int) -> Classifier:
    return LogisticRegression(max_iter=1000, random_state=seed)


def forest(seed: int) -> Classifier:
    """scikit-learn's defaults."""
    return RandomForestClassifier(random_state=seed, n_jobs=-1)


def boosting(seed: int) -> Classifier:
    """HistGradientBoosting without early stopping, whose split would not respect time."""
    return HistGradientBoostingClassifier(early_stopping=False, max_iter=200, random_state=seed)


HANDBOOK_DEFAULTS = (Setting("logistic regression", logistic), Setting("random forest", forest))
ULB_DEFAULTS = (
    Setting("logistic regression", logistic, legitimate=20_000),
    Setting("HistGradientBoosting", boosting, legitimate=20_000),
)
"""Defaults of scikit-learn (200 rounds, as the chain's candidates have) on what the chain's
default sampling keeps of this set: all frauds and 20,000 legitimate rows."""
