"""LightGBM: boosted trees grown leaf by leaf."""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np
from lightgbm import LGBMClassifier

from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.dumps import read_dump
from fraud_assets.families.family import Classifier, Converted, Family, UnconvertibleError
from fraud_assets.families.forest import Forest, join
from fraud_assets.families.table_stages import shares, stages_by_tables
from fraud_assets.features.arrays import Ints

STEADY = {"min_child_samples": 20, "reg_lambda": 1.0}
"""The penalty on large steps that boosting needs where frauds are rare: see the family
hist_gradient_boosting."""


class _Node(msgspec.Struct):
    """A leaf where no feature splits; a tree of one leaf does not count its rows."""

    split_feature: int = -1
    decision_type: str = ""
    default_left: bool = False
    missing_type: str = "None"
    threshold: float | str = 0.0
    left_child: _Node | None = None
    right_child: _Node | None = None
    leaf_value: float = 0.0
    internal_count: int = 0
    leaf_count: int = 1


class _Tree(msgspec.Struct):
    tree_structure: _Node


class _Model(msgspec.Struct):
    """A model as LightGBM dumps it."""

    average_output: bool
    objective: str
    tree_info: list[_Tree]


def _build(parameters: Parameters, seed: int) -> LGBMClassifier:
    return LGBMClassifier(
        random_state=seed,
        n_jobs=1,
        deterministic=True,
        force_col_wise=True,  # else a timing decides, and with it the sums' last digits
        importance_type="gain",
        verbose=-1,
        **parameters,
    )


def _convert(fitted: Classifier) -> Converted:
    model = read_dump(fitted.booster_.dump_model(), _Model)
    if model.average_output or "sigmoid:1" not in model.objective:
        raise UnconvertibleError(f"its objective {model.objective!r} has another link")
    trees = [_tables(tree.tree_structure) for tree in model.tree_info]
    return Converted(join(trees), 0.0, "logistic", "log-odds")


def _tables(root: _Node) -> Forest:
    """Nodes in the order in which they are met, the root first.

    Values are compared as they are, in float64: left where value <= threshold. A missing one goes
    its node's way, or that of 0 where the column missed none.
    """
    nodes: list[_Node] = []
    waiting = [root]
    places: dict[int, int] = {}
    while waiting:
        node = waiting.pop()
        places[id(node)] = len(nodes)
        nodes.append(node)
        if node.decision_type not in ("", "<="):
            raise UnconvertibleError("it splits on sets of categories")
        waiting += [child for child in (node.right_child, node.left_child) if child is not None]

    def child_of(side: Literal["left_child", "right_child"]) -> Ints:
        children = [getattr(node, side) for node in nodes]
        found = [0 if child is None else places[id(child)] for child in children]
        return np.array(found, dtype=np.int64)

    return Forest(
        np.array([node.split_feature for node in nodes], dtype=np.int64),
        np.array([_border(node) for node in nodes], dtype=np.float64),
        child_of("left_child"),
        child_of("right_child"),
        np.array([node.leaf_value for node in nodes], dtype=np.float64),
        np.array([node.internal_count or node.leaf_count for node in nodes], dtype=np.float64),
        np.zeros(1, dtype=np.int64),
        np.array([_sends_missing_left(node) for node in nodes], dtype=bool),
    )


def _sends_missing_left(node: _Node) -> bool:
    if node.split_feature < 0:
        return False
    return node.default_left if node.missing_type == "NaN" else _border(node) >= 0


def _border(node: _Node) -> float:
    if isinstance(node.threshold, str):
        raise UnconvertibleError("it splits on sets of categories")
    return node.threshold


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
    takes_missing=True,
    always_searched=True,
    pace=0.008,
)
