"""XGBoost: boosted trees on values rounded to float32."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from xgboost import XGBClassifier

from fraud_assets.families.family import (
    Classifier,
    Converted,
    Family,
    Matrix,
    Parameters,
    UnconvertibleError,
)
from fraud_assets.families.forest import Floats, Forest, join, rounded_thresholds
from fraud_assets.families.table_stages import shares, stages_by_tables


class XGBoost(XGBClassifier):
    """XGBClassifier whose margin is what calibration sees, as with scikit-learn's boosting."""

    def decision_function(self, matrix: Matrix) -> Floats:
        """Log-odds (n,) of the encoded rows."""
        return np.asarray(self.predict(matrix, output_margin=True), dtype=np.float64)


def _build(parameters: Parameters, seed: int) -> XGBoost:
    fixed: dict[str, Any] = {
        "random_state": seed,
        "n_jobs": 1,
        "tree_method": "hist",
        "importance_type": "total_gain",
    }
    return XGBoost(**fixed, **parameters)


def _convert(fitted: Classifier) -> Converted:
    learner = json.loads(fitted.get_booster().save_raw("json"))["learner"]
    if learner["objective"]["name"] != "binary:logistic":
        raise UnconvertibleError(f"its objective {learner['objective']['name']!r} has another link")
    if learner["gradient_booster"]["name"] != "gbtree":
        raise UnconvertibleError("it boosts something other than trees")
    trees = learner["gradient_booster"]["model"]["trees"]
    forest = join([_tables(tree) for tree in trees])
    return Converted(forest, _start(learner), "logistic", "log-odds")


def _start(learner: dict[str, Any]) -> float:
    """The margin before the first tree, which is kept as a probability."""
    text = learner["learner_model_param"]["base_score"]
    share = float(str(text).strip("[]"))
    return float(np.log(share) - np.log1p(-share))


def _tables(tree: dict[str, Any]) -> Forest:
    """One tree; a row goes left where its value, rounded to float32, is < the condition.

    That is where it is at most the float32 before it.
    """
    if any(tree["split_type"]):
        raise UnconvertibleError("it splits on sets of categories")
    left = np.array(tree["left_children"], dtype=np.int64)
    leaf = left < 0
    condition = np.array(tree["split_conditions"], dtype=np.float32)
    before = np.nextafter(condition, np.float32(-np.inf)).astype(np.float64)
    return Forest(
        np.where(leaf, -1, np.array(tree["split_indices"], dtype=np.int64)),
        np.where(leaf, 0.0, rounded_thresholds(np.where(leaf, 0.0, before))),
        np.where(leaf, 0, left),
        np.where(leaf, 0, np.array(tree["right_children"], dtype=np.int64)),
        np.where(leaf, condition.astype(np.float64), 0.0),
        np.array(tree["sum_hessian"], dtype=np.float64),
        np.zeros(1, dtype=np.int64),
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
    always_searched=True,
)
