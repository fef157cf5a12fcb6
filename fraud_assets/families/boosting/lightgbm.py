"""LightGBM: boosted trees grown leaf by leaf."""

from __future__ import annotations

from typing import Any

import numpy as np
from lightgbm import LGBMClassifier

from fraud_assets.families.family import (
    Classifier,
    Converted,
    Family,
    Parameters,
    UnconvertibleError,
)
from fraud_assets.families.forest import Forest, join
from fraud_assets.families.table_stages import shares, stages_by_tables

STEADY = {"min_child_samples": 20, "reg_lambda": 1.0}
"""The penalty on large steps that boosting needs where frauds are rare: see the family
hist_gradient_boosting."""


def _build(parameters: Parameters, seed: int) -> LGBMClassifier:
    fixed: dict[str, Any] = {
        "random_state": seed,
        "n_jobs": 1,
        "deterministic": True,
        "force_col_wise": True,  # else a timing decides, and with it the sums' last digits
        "importance_type": "gain",
        "verbose": -1,
    }
    return LGBMClassifier(**fixed, **parameters)


def _convert(fitted: Classifier) -> Converted:
    model = fitted.booster_.dump_model()
    if model["average_output"] or "sigmoid:1" not in model["objective"]:
        raise UnconvertibleError(f"its objective {model['objective']!r} has another link")
    trees = [_tables(tree["tree_structure"]) for tree in model["tree_info"]]
    return Converted(join(trees), 0.0, "logistic", "log-odds")


def _tables(root: dict[str, Any]) -> Forest:
    """Nodes in the order in which they are met, the root first.

    Values are compared as they are, in float64: left where value <= threshold.
    """
    nodes: list[dict[str, Any]] = []
    waiting = [root]
    places: dict[int, int] = {}
    while waiting:
        node = waiting.pop()
        places[id(node)] = len(nodes)
        nodes.append(node)
        if "split_feature" in node:
            if node["decision_type"] != "<=":
                raise UnconvertibleError("it splits on sets of categories")
            waiting += [node["right_child"], node["left_child"]]
    inner = ["split_feature" in node for node in nodes]
    pairs = list(zip(nodes, inner, strict=True))

    def child(side: str) -> Any:
        found = [places[id(node[side])] if split else 0 for node, split in pairs]
        return np.array(found, dtype=np.int64)

    return Forest(
        np.array([n["split_feature"] if split else -1 for n, split in pairs], dtype=np.int64),
        np.array([n["threshold"] if split else 0.0 for n, split in pairs], dtype=np.float64),
        child("left_child"),
        child("right_child"),
        np.array([0.0 if split else n["leaf_value"] for n, split in pairs], dtype=np.float64),
        np.array([_cover(n) for n in nodes], dtype=np.float64),
        np.zeros(1, dtype=np.int64),
    )


def _cover(node: dict[str, Any]) -> float:
    """Rows that reached the node; a tree of one leaf does not say, and needs no more than 1."""
    return float(node.get("internal_count", node.get("leaf_count", 1)))


FAMILY = Family(
    name="lightgbm",
    classifier="LGBMClassifier",
    build=_build,
    encoding="ordinal",
    defaults={"n_estimators": 200, "num_leaves": 15, **STEADY},
    grid={
        "n_estimators": (100, 200, 300),
        "num_leaves": (7, 15, 31),
        "learning_rate": (0.03, 0.1),
        **{name: (value,) for name, value in STEADY.items()},
    },
    convert=_convert,
    size="n_estimators",
    stages=stages_by_tables(_convert),
    importances=lambda fitted: shares(fitted.feature_importances_),
    fit_times=5,
    always_searched=True,
)
