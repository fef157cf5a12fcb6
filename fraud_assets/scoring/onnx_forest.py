"""Writes a forest as one ONNX node in float64. Heavy: needs onnx; the service needs it not.

`TreeEnsemble` of ai.onnx.ml 5 takes, compares and adds doubles, so routing is exact and the sum
differs from scikit-learn's by rounding only; a float32 graph flips splits (differences to 0.49).
"""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from fraud_assets.families.forest import Forest

_LESS_OR_EQUAL, _SUM, _NO_TRANSFORM = 0, 1, 0
_IR_VERSION = 10


def forest_model(forest: Forest, columns: int) -> bytes:
    """The ONNX model from `encoded` (n, columns) float64 to `sum` (n, 1) float64."""
    node = helper.make_node(
        "TreeEnsemble",
        ["encoded"],
        ["sum"],
        domain="ai.onnx.ml",
        n_targets=1,
        aggregate_function=_SUM,
        post_transform=_NO_TRANSFORM,
        **_attributes(forest),  # type: ignore[arg-type]  # its hints know no attributes
    )
    graph = helper.make_graph(
        [node],
        "forest",
        [helper.make_tensor_value_info("encoded", TensorProto.DOUBLE, [None, columns])],
        [helper.make_tensor_value_info("sum", TensorProto.DOUBLE, [None, 1])],
    )
    opsets = [helper.make_opsetid("ai.onnx.ml", 5), helper.make_opsetid("", 21)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
    return bytes(model.SerializeToString())


def _attributes(forest: Forest) -> dict[str, list[int] | TensorProto]:
    leaf = forest.is_leaf
    # ONNX counts leaves and inner nodes apart; this is each node's number among its own kind.
    number = np.where(leaf, np.cumsum(leaf), np.cumsum(~leaf)) - 1
    left, right = forest.left[~leaf], forest.right[~leaf]
    modes = np.full(int((~leaf).sum()), _LESS_OR_EQUAL, dtype=np.uint8)
    return {
        "tree_roots": number[forest.roots].tolist(),
        "nodes_featureids": forest.feature[~leaf].tolist(),
        "nodes_splits": numpy_helper.from_array(forest.threshold[~leaf], "splits"),
        "nodes_modes": numpy_helper.from_array(modes, "modes"),
        "nodes_truenodeids": number[left].tolist(),
        "nodes_trueleafs": leaf[left].astype(int).tolist(),
        "nodes_falsenodeids": number[right].tolist(),
        "nodes_falseleafs": leaf[right].astype(int).tolist(),
        "leaf_targetids": [0] * int(leaf.sum()),
        "leaf_weights": numpy_helper.from_array(forest.value[leaf], "weights"),
    }


def with_inner_roots(forest: Forest) -> Forest:
    """The forest with each tree that is a lone leaf replaced by a split with that leaf twice.

    ONNX demands an inner root of every tree; such trees come out of pure or tiny samples.
    """
    lone = forest.roots[forest.is_leaf[forest.roots]]
    if not len(lone):
        return forest
    start, count = len(forest.feature), len(lone)
    feature, threshold = forest.feature.copy(), forest.threshold.copy()
    left, right, value = forest.left.copy(), forest.right.copy(), forest.value.copy()
    feature[lone], threshold[lone], value[lone] = 0, 0.0, 0.0
    left[lone] = start + np.arange(count)
    right[lone] = start + count + np.arange(count)
    blank = np.zeros(2 * count)
    twice, halves = np.tile(forest.value[lone], 2), np.tile(forest.cover[lone] / 2, 2)
    cover = forest.cover.copy()
    return Forest(
        np.concatenate([feature, np.full(2 * count, -1)]).astype(np.int64),
        np.concatenate([threshold, blank]),
        np.concatenate([left, blank]).astype(np.int64),
        np.concatenate([right, blank]).astype(np.int64),
        np.concatenate([value, twice]),
        np.concatenate([cover, halves]),
        forest.roots,
    )
