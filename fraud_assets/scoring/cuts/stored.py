"""A forest as arrays of `scorer.npz`, from which its cuts are made when it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fraud_assets.families.forest import Forest

_PREFIX = "forest_"


def forest_tables(forest: Forest) -> dict[str, NDArray[Any]]:
    """The arrays; a node's `number` is its threshold, or its value where it is a leaf."""
    arrays = {
        "feature": forest.feature.astype(np.int32),
        "number": np.where(forest.is_leaf, forest.value, forest.threshold),
        "left": forest.left.astype(np.int32),
        "right": forest.right.astype(np.int32),
        "cover": forest.cover,
        "roots": forest.roots.astype(np.int32),
    }
    return {_PREFIX + name: array for name, array in arrays.items()}


def stored_forest(tables: Mapping[str, NDArray[Any]]) -> Forest | None:
    """The forest of these arrays; None where the version holds leaves instead."""
    if _PREFIX + "feature" not in tables:
        return None
    feature, left, right, roots = (
        tables[_PREFIX + name].astype(np.int64) for name in ("feature", "left", "right", "roots")
    )
    number, leaf = tables[_PREFIX + "number"], feature < 0
    value, threshold = np.where(leaf, number, 0.0), np.where(leaf, 0.0, number)
    return Forest(feature, threshold, left, right, value, tables[_PREFIX + "cover"], roots)
