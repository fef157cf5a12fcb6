"""What families built of scikit-learn's own trees share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from sklearn.tree import BaseDecisionTree

from fraud_assets.families.family import Classifier, Converted, Matrix
from fraud_assets.families.forest import Forest, join, rounded_thresholds
from fraud_assets.features.arrays import Floats


def tree_tables(tree: Any, value: Floats) -> Forest:
    """A fitted `tree_` as a forest of one tree whose leaves have `value` (nodes,)."""
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


def fraud_share(member: Any) -> Floats:
    """Share of frauds in each node of a fitted tree."""
    value = member.tree_.value[:, 0, :]
    if value.shape[1] == 1:
        return np.full(len(value), float(member.classes_[0]))
    return np.asarray(value[:, 1] / value.sum(axis=1))


def averaged(forest: Classifier) -> Converted:
    """A forest whose probability is the mean of its trees'."""
    size = len(forest.estimators_)
    trees = [tree_tables(m.tree_, fraud_share(m) / size) for m in forest.estimators_]
    return Converted(join(trees), 0.0, "identity", "probability")


def averaged_stages(forest: Classifier, matrix: Matrix) -> Iterator[Floats]:
    """Mean probability of the first tree, the first two, and so on."""
    total = np.zeros(matrix.shape[0])
    for count, tree in enumerate(forest.estimators_, start=1):
        total += tree.predict_proba(matrix)[:, 1]
        yield total / count


def zero_padding(classifier: Classifier) -> None:
    """Zero the padding between the fields of the nodes of all trees, in place.

    The padding is memory that was never written: two equal fits may differ in it, and with it
    in their pickles.
    """
    for tree in _trees(np.ravel(classifier.estimators_)):
        state = tree.tree_.__getstate__()
        # Not zeros_like: it fills a structured array field by field, around the padding.
        nodes = np.zeros(len(state["nodes"]), dtype=state["nodes"].dtype)
        for name in nodes.dtype.names:
            nodes[name] = state["nodes"][name]
        tree.tree_.__setstate__(state | {"nodes": nodes})


def _trees(members: Iterable[Any]) -> list[BaseDecisionTree]:
    return [member for member in members if isinstance(member, BaseDecisionTree)]
