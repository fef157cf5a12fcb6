"""The models that the quality benchmark tries: each a name, a classifier and its imbalance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from fraud_assets.modelling.preprocessing import build_preprocessor

Floats = np.ndarray[Any, np.dtype[np.float64]]
Classifier = Any


@dataclass(frozen=True)
class Setting:
    """One way to fit: `fraud_weight` times the weight of a fraud, at most `legitimate` others.

    `classifier` takes a seed. With several `members` the probabilities of fits with seeds 0, 1,
    ... are averaged, each on its own sample of the legitimate rows.
    """

    name: str
    classifier: Callable[[int], Classifier]
    fraud_weight: float = 1.0
    legitimate: int | None = None
    members: int = 1

    def scores(self, train: pd.DataFrame, label: np.ndarray, test: pd.DataFrame) -> Floats:
        """Fit on features (n, p) and labels (n,); probabilities of the test rows."""
        total = np.zeros(len(test))
        for seed in range(self.members):
            total += self._fitted(train, label, seed).predict_proba(test)[:, 1]
        return total / self.members

    def _fitted(self, train: pd.DataFrame, label: np.ndarray, seed: int) -> Pipeline:
        kept = self._kept(label, seed)
        pipeline = Pipeline(
            [
                ("preprocessor", build_preprocessor(list(train), [], "ordinal")),
                ("classifier", self.classifier(seed)),
            ]
        )
        weight = np.where(label[kept] == 1, self.fraud_weight, 1.0)
        pipeline.fit(train.iloc[kept], label[kept], classifier__sample_weight=weight)
        if hasattr(pipeline["classifier"], "n_jobs"):
            pipeline["classifier"].n_jobs = 1  # threads would add trees in changing order
        return pipeline

    def _kept(self, label: np.ndarray, seed: int) -> np.ndarray:
        legitimate = np.flatnonzero(label == 0)
        if self.legitimate is not None and self.legitimate < len(legitimate):
            drawn = np.random.default_rng(seed)
            legitimate = drawn.choice(legitimate, self.legitimate, replace=False)
        return np.sort(np.concatenate([np.flatnonzero(label == 1), legitimate]))


@dataclass(frozen=True)
class Blend:
    """Mean probability of several settings."""

    name: str
    parts: tuple[Setting, ...]

    def scores(self, train: pd.DataFrame, label: np.ndarray, test: pd.DataFrame) -> Floats:
        """As `Setting.scores`."""
        return blended([part.scores(train, label, test) for part in self.parts])


def blended(scores: list[Floats]) -> Floats:
    """Mean of the parts' scores."""
    mean: Floats = np.mean(scores, axis=0)
    return mean


def logistic(seed: int) -> Classifier:
    return LogisticRegression(max_iter=1000, random_state=seed)


def forest(seed: int) -> Classifier:
    """scikit-learn's defaults."""
    return RandomForestClassifier(random_state=seed, n_jobs=-1)


def boosting(**chosen: Any) -> Callable[[int], Classifier]:
    """HistGradientBoosting without early stopping, whose split would not respect time."""
    return lambda seed: HistGradientBoostingClassifier(
        early_stopping=False, random_state=seed, **chosen
    )


def trees(kind: type[Any], **chosen: Any) -> Callable[[int], Classifier]:
    """A random forest or extra trees."""
    return lambda seed: kind(n_jobs=-1, random_state=seed, **chosen)


_STEADY = {"min_samples_leaf": 20, "l2_regularization": 10.0, "max_features": 0.3}

HANDBOOK_DEFAULTS = (Setting("logistic regression", logistic), Setting("random forest", forest))

_BOOST = Setting(
    "boosting, frauds x10", boosting(max_iter=150, learning_rate=0.05, max_depth=5, **_STEADY), 10.0
)
_FOREST = Setting(
    "forest, 15,000 legitimate",
    trees(RandomForestClassifier, n_estimators=100, min_samples_leaf=2, max_features=0.4),
    legitimate=15_000,
)
_EXTRA = Setting(
    "extra trees, 15,000 legitimate",
    trees(ExtraTreesClassifier, n_estimators=100, min_samples_leaf=2, max_features=0.5),
    legitimate=15_000,
)
HANDBOOK_SINGLE = (
    Setting("boosting, native", boosting(max_iter=100, learning_rate=0.05, max_depth=3)),
    _BOOST,
    Setting("boosting, frauds x40", _BOOST.classifier, 40.0),
    _FOREST,
    _EXTRA,
)
HANDBOOK_BLENDS = (
    Blend("boosting + forest", (_BOOST, _FOREST)),
    Blend("boosting + forest + extra trees", (_BOOST, _FOREST, _EXTRA)),
)

ULB_DEFAULTS = (
    Setting("logistic regression", logistic, legitimate=20_000),
    Setting("HistGradientBoosting", boosting(max_iter=200), legitimate=20_000),
)
"""Defaults of scikit-learn (200 rounds, as the chain's candidates have) on what the chain's
default sampling keeps of this set: all frauds and 20,000 legitimate rows."""
_ULB_BOOST = Setting(
    "boosting, 4 samples of 20,000",
    boosting(max_iter=150, learning_rate=0.05, max_depth=4, **_STEADY),
    1.0,
    20_000,
    4,
)
_ULB_FOREST = Setting(
    "forest, 40,000 legitimate",
    trees(RandomForestClassifier, n_estimators=100, min_samples_leaf=3),
    legitimate=40_000,
)
_ULB_EXTRA = Setting(
    "extra trees, 40,000 legitimate",
    trees(ExtraTreesClassifier, n_estimators=100, min_samples_leaf=3),
    legitimate=40_000,
)
_ULB_LINEAR = Setting("logistic regression, all rows, frauds x10", logistic, 10.0)
ULB_SINGLE = (*ULB_DEFAULTS, _ULB_LINEAR, _ULB_BOOST, _ULB_FOREST, _ULB_EXTRA)
ULB_BLENDS = (
    Blend("logistic + boosting", (ULB_DEFAULTS[0], _ULB_BOOST)),
    Blend("logistic + boosting + extra trees", (ULB_DEFAULTS[0], _ULB_BOOST, _ULB_EXTRA)),
)
