"""A forest of binary trees as flat arrays: the margin by walking, and bytes in and out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fraud_assets.features.arrays import Floats, Ints


@dataclass(frozen=True)
class Forest:
    """All nodes of all trees, one array per attribute, each of shape (nodes,).

    A row goes to `left` where its encoded value of column `feature` is <= `threshold` (float64,
    exact), else to `right`. A leaf has `feature` -1 and adds `value` to the margin. `cover` is
    the training weight that reached the node. `roots` (trees,) are indices into the nodes. A value
    that is missing, NaN, goes to `left` where `missing_left` says so; None sends all of them right.
    """

    feature: Ints
    threshold: Floats
    left: Ints
    right: Ints
    value: Floats
    cover: Floats
    roots: Ints
    missing_left: NDArray[np.bool_] | None = None

    @property
    def is_leaf(self) -> NDArray[np.bool_]:
        """Which nodes are leaves."""
        return self.feature < 0

    def sums(self, encoded: Floats) -> Floats:
        """Sum of the reached leaves' values for each row of `encoded` (n, columns)."""
        rows = np.arange(len(encoded))[:, None]
        at = np.broadcast_to(self.roots, (len(encoded), len(self.roots))).copy()
        while True:
            feature = self.feature[at]
            inner = feature >= 0
            if not inner.any():
                return np.asarray(self.value[at].sum(axis=1), dtype=np.float64)
            value = encoded[rows, feature]
            goes_left = value <= self.threshold[at]
            if self.missing_left is not None:
                goes_left |= np.isnan(value) & self.missing_left[at]
            at = np.where(inner, np.where(goes_left, self.left[at], self.right[at]), at)

    def expected_values(self) -> Floats:
        """Each node's mean leaf value below it, weighted by cover; shape (nodes,)."""
        mean = self.value.copy()
        for level in reversed(self.levels()):
            inner = level[~self.is_leaf[level]]
            left, right = self.left[inner], self.right[inner]
            weighted = self.cover[left] * mean[left] + self.cover[right] * mean[right]
            mean[inner] = weighted / (self.cover[left] + self.cover[right])
        return mean

    def levels(self) -> list[Ints]:
        """Node indices by depth, roots first."""
        found, level = [], self.roots
        while len(level):
            found.append(level)
            inner = level[~self.is_leaf[level]]
            level = np.concatenate([self.left[inner], self.right[inner]])
        return found


def join(trees: list[Forest]) -> Forest:
    """One forest of several, each with its own node numbers."""
    starts = np.cumsum([0, *(len(tree.feature) for tree in trees)])[:-1]

    def together(name: str, shift: bool = False) -> NDArray[np.generic]:
        parts = zip(trees, starts, strict=True)
        return np.concatenate([getattr(t, name) + (s if shift else 0) for t, s in parts])

    return Forest(
        together("feature").astype(np.int64),
        together("threshold").astype(np.float64),
        together("left", shift=True).astype(np.int64),
        together("right", shift=True).astype(np.int64),
        together("value").astype(np.float64),
        together("cover").astype(np.float64),
        together("roots", shift=True).astype(np.int64),
        _missing_left(trees),
    )


def _missing_left(trees: list[Forest]) -> NDArray[np.bool_] | None:
    if all(tree.missing_left is None for tree in trees):
        return None
    parts = [
        np.zeros(len(tree.feature), dtype=bool) if tree.missing_left is None else tree.missing_left
        for tree in trees
    ]
    return np.concatenate(parts)


def rounded_thresholds(threshold: Floats) -> Floats:
    """Thresholds that decide on float64 as the given ones decide after rounding to float32.

    scikit-learn's own trees round each value to float32 before they compare it. With f the
    largest float32 <= threshold and m the midpoint to the next float32, rounding (half to even)
    sends x to at most f exactly when x < m, or x = m and f's last bit is even.
    """
    below = threshold.astype(np.float32)
    with np.errstate(over="ignore"):  # beyond the largest float32 lies infinity
        below = np.where(below > threshold, np.nextafter(below, np.float32(-np.inf)), below)
        above = np.nextafter(below, np.float32(np.inf)).astype(np.float64)
    middle = below.astype(np.float64) + (above - below.astype(np.float64)) / 2
    even = (below.view(np.uint32) & 1) == 0
    return np.where(even, middle, np.nextafter(middle, -np.inf))
