"""XGBoost: boosted trees on values rounded to float32."""

from __future__ import annotations

import msgspec
import numpy as np
from xgboost import XGBClassifier

from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.dumps import read_dump
from fraud_assets.families.family import Classifier, Converted, Family, Matrix, UnconvertibleError
from fraud_assets.families.forest import Forest, join, rounded_thresholds
from fraud_assets.families.table_stages import shares, stages_by_tables
from fraud_assets.features.arrays import Floats


class XGBoost(XGBClassifier):  # type: ignore[misc, unused-ignore] # untyped where it is absent
    """XGBClassifier whose margin is what calibration sees, as with scikit-learn's boosting."""

    def decision_function(self, matrix: Matrix) -> Floats:
        """Log-odds (n,) of the encoded rows."""
        return np.asarray(self.predict(matrix, output_margin=True), dtype=np.float64)


class _Tree(msgspec.Struct):
    """One entry a node; a leaf has no left child, and its value as its condition."""

    split_type: list[int]
    left_children: list[int]
    right_children: list[int]
    split_conditions: list[float]
    split_indices: list[int]
    sum_hessian: list[float]
    default_left: list[int]


class _Name(msgspec.Struct):
    name: str


class _Kinds(msgspec.Struct):
    objective: _Name
    gradient_booster: _Name


class _Named(msgspec.Struct):
    """Which objective and booster a model has; the rest depends on them."""

    learner: _Kinds


class _Trees(msgspec.Struct):
    trees: list[_Tree]


class _Booster(msgspec.Struct):
    model: _Trees


class _Base(msgspec.Struct):
    base_score: str


class _Learner(msgspec.Struct):
    gradient_booster: _Booster
    learner_model_param: _Base


class _Model(msgspec.Struct):
    """A model of trees, as XGBoost writes it to JSON."""

    learner: _Learner


def _build(parameters: Parameters, seed: int) -> XGBoost:
    return XGBoost(
        random_state=seed,
        n_jobs=1,
        tree_method="hist",
        importance_type="total_gain",
        **parameters,
    )


def _convert(fitted: Classifier) -> Converted:
    raw = bytes(fitted.get_booster().save_raw("json"))
    named = read_dump(raw, _Named).learner
    if named.objective.name != "binary:logistic":
        raise UnconvertibleError(f"its objective {named.objective.name!r} has another link")
    if named.gradient_booster.name != "gbtree":
        raise UnconvertibleError("it boosts something other than trees")
    learner = read_dump(raw, _Model).learner
    forest = join([_tables(tree) for tree in learner.gradient_booster.model.trees])
    start = _start(learner.learner_model_param.base_score)
    return Converted(forest, start, "logistic", "log-odds")


def _start(base_score: str) -> float:
    """The margin before the first tree, which is kept as a probability such as "[2.5E-1]"."""
    share = float(base_score.strip("[]"))
    return float(np.log(share) - np.log1p(-share))


def _tables(tree: _Tree) -> Forest:
    """One tree; a row goes left where its value, rounded to float32, is < the condition.

    That is where it is at most the float32 before it.
    """
    if any(tree.split_type):
        raise UnconvertibleError("it splits on sets of categories")
    left = np.array(tree.left_children, dtype=np.int64)
    leaf = left < 0
    condition = np.array(tree.split_conditions, dtype=np.float32)
    before = np.nextafter(condition, np.float32(-np.inf)).astype(np.float64)
    return Forest(
        np.where(leaf, -1, np.array(tree.split_indices, dtype=np.int64)),
        np.where(leaf, 0.0, rounded_thresholds(np.where(leaf, 0.0, before))),
        np.where(leaf, 0, left),
        np.where(leaf, 0, np.array(tree.right_children, dtype=np.int64)),
        np.where(leaf, condition.astype(np.float64), 0.0),
        np.array(tree.sum_hessian, dtype=np.float64),
        np.zeros(1, dtype=np.int64),
        np.array(tree.default_left, dtype=bool),
    )


FAMILY = Family(
    name="xgboost",
    classifier="XGBoost",
    build=_build,
    encoding="ordinal",
    defaults={"n_estimators": 200, "max_depth": 4, "learning_rate": 0.1},
    grid={
        "n_estimators": (100, 200, 300),
        "max_depth": (3, 4, 6),
        "learning_rate": (0.03, 0.1),
    },
    convert=_convert,
    size="n_estimators",
    stages=stages_by_tables(_convert),
    importances=lambda fitted: shares(fitted.feature_importances_),
    fit_times=5,
    takes_missing=True,
    always_searched=True,
    pace=0.01,
)
