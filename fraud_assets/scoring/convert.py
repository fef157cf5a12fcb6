"""From fitted scikit-learn classifiers to flat trees or weights. Heavy: needs scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    AdaBoostClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.tree import BaseDecisionTree

from fraud_assets.scoring.forest import Floats, Forest, join, rounded_thresholds


class UnconvertibleError(Exception):
    """Not an error of the user's: this winner is served through scikit-learn instead."""


@dataclass(frozen=True)
class Converted:
    """A classifier's margin as intercept plus a forest's sum or weights' sum, and its link."""

    model: Forest | Floats
    intercept: float
    link: Literal["logistic", "identity"]
    scale: Literal["log-odds", "probability", "vote"]
    calibrator: tuple[float, float] | None


def convert_classifier(classifier: Any) -> Converted:
    """Convert a fitted binary classifier of any family, plain or calibrated by a sigmoid.

    Raises
    ------
    UnconvertibleError
        If the class, or one of its settings, has no conversion.
    """
    inner, calibrator = _uncalibrated(classifier)
    if list(getattr(inner, "classes_", [])) != [0, 1]:
        raise UnconvertibleError("its classes are not 0 and 1")
    model, intercept, link, scale = _margin(inner)
    return Converted(model, intercept, link, scale, calibrator)


def _uncalibrated(classifier: Any) -> tuple[Any, tuple[float, float] | None]:
    if not isinstance(classifier, CalibratedClassifierCV):
        return classifier, None
    members = classifier.calibrated_classifiers_
    if classifier.method != "sigmoid" or len(members) != 1:
        raise UnconvertibleError("it is calibrated by more than one sigmoid")
    (calibrator,) = members[0].calibrators
    inner = members[0].estimator
    if isinstance(inner, FrozenEstimator):
        inner = inner.estimator
    return inner, (float(calibrator.a_), float(calibrator.b_))


def _margin(inner: Any) -> tuple[Forest | Floats, float, Any, Any]:
    if isinstance(inner, LogisticRegression):
        weights = np.asarray(inner.coef_[0], dtype=np.float64)
        return weights, float(inner.intercept_[0]), "logistic", "log-odds"
    if isinstance(inner, GradientBoostingClassifier):
        return _gradient_boosting(inner), _boosting_start(inner), "logistic", "log-odds"
    if isinstance(inner, HistGradientBoostingClassifier):
        start = float(np.ravel(inner._baseline_prediction)[0])
        return _hist_gradient_boosting(inner), start, "logistic", "log-odds"
    if isinstance(inner, RandomForestClassifier | ExtraTreesClassifier):
        return _averaged(inner), 0.0, "identity", "probability"
    if isinstance(inner, AdaBoostClassifier):
        # scikit-learn's softmax over (-vote / 2, vote / 2) is the logistic function of the vote.
        return _adaboost(inner), 0.0, "logistic", "vote"
    raise UnconvertibleError(f"{type(inner).__name__} has no conversion")


def _boosting_start(inner: GradientBoostingClassifier) -> float:
    if inner.loss != "log_loss":
        raise UnconvertibleError(f"its loss {inner.loss!r} has another link")
    if inner.init is not None:
        raise UnconvertibleError("it starts from a model of its own")
    row = np.zeros((1, inner.n_features_in_), dtype=np.float32)
    return float(inner._raw_predict_init(row)[0, 0])


def _gradient_boosting(inner: GradientBoostingClassifier) -> Forest:
    trees = [member.tree_ for member in inner.estimators_[:, 0]]
    return join([_tree(tree, tree.value[:, 0, 0] * inner.learning_rate) for tree in trees])


def _averaged(inner: RandomForestClassifier | ExtraTreesClassifier) -> Forest:
    size = len(inner.estimators_)
    return join([_tree(m.tree_, _share(m) / size) for m in inner.estimators_])


def _adaboost(inner: AdaBoostClassifier) -> Forest:
    members = [m for m in inner.estimators_ if isinstance(m, BaseDecisionTree)]
    if len(members) != len(inner.estimators_):
        raise UnconvertibleError("it boosts something other than trees")
    weights = inner.estimator_weights_[: len(members)] / inner.estimator_weights_.sum()
    # Both classes' votes enter scikit-learn's decision function: hence twice the weight.
    votes = [np.where(_share(m) > 0.5, 2.0, -2.0) for m in members]
    pairs = zip(members, votes, weights, strict=True)
    return join([_tree(m.tree_, vote * weight) for m, vote, weight in pairs])


def _share(member: Any) -> Floats:
    """Share of frauds in each node."""
    value = member.tree_.value[:, 0, :]
    if value.shape[1] == 1:
        return np.full(len(value), float(member.classes_[0]))
    return np.asarray(value[:, 1] / value.sum(axis=1))


def _tree(tree: Any, value: Floats) -> Forest:
    leaf = tree.children_left < 0
    return Forest(
        np.where(leaf, -1, tree.feature).astype(np.int64),
        np.where(leaf, 0.0, rounded_thresholds(tree.threshold)),
        np.where(leaf, 0, tree.children_left).astype(np.int64),
        np.where(leaf, 0, tree.children_right).astype(np.int64),
        np.where(leaf, value, 0.0),
        np.asarray(tree.weighted_n_node_samples, dtype=np.float64),
        np.zeros(1, dtype=np.int64),
    )


def _hist_gradient_boosting(inner: HistGradientBoostingClassifier) -> Forest:
    trees = [predictors[0].nodes for predictors in inner._predictors]
    if any(nodes["is_categorical"].any() for nodes in trees):
        raise UnconvertibleError("it splits on sets of categories")
    return join([_hist_tree(nodes) for nodes in trees])


def _hist_tree(nodes: Any) -> Forest:
    leaf = nodes["is_leaf"].astype(bool)
    return Forest(
        np.where(leaf, -1, nodes["feature_idx"]).astype(np.int64),
        np.where(leaf, 0.0, nodes["num_threshold"]),
        np.where(leaf, 0, nodes["left"]).astype(np.int64),
        np.where(leaf, 0, nodes["right"]).astype(np.int64),
        np.where(leaf, nodes["value"], 0.0),
        nodes["count"].astype(np.float64),
        np.zeros(1, dtype=np.int64),
    )
