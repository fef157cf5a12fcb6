"""Exact path-dependent TreeSHAP of one row, vectorised over all leaves of a forest.

For a leaf of value v whose path tests d distinct columns, let z_j be the product of the cover
ratios of column j's edges and o_j in {0, 1} whether the row passes them all. The leaf is the
product game v * prod(o_j or z_j), and its Shapley value is
v (o_j - z_j) * integral over t in [0, 1] of prod_{i != j} (z_i + t (o_i - z_i)),
a polynomial of degree d - 1 that Gauss-Legendre quadrature with ceil(d / 2) nodes integrates
exactly. The sum over leaves is TreeSHAP (Lundberg et al. 2020, doi:10.1038/s42256-019-0138-9);
the multilinear form of the Shapley value is Owen's (1972, doi:10.1287/mnsc.18.5.64).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fraud_assets.families.forest import Forest
from fraud_assets.features.arrays import Floats, Ints
from fraud_assets.scoring.quadrature import gauss_legendre

TABLE_BYTES = 32 * 2**20
"""Most memory that tables of ready answers may take; past it the quadrature runs per row."""

_CHUNK = 8192
"""Leaves worked on at once, so that a step's arrays stay in the processor's cache."""


@dataclass(frozen=True)
class Leaves:
    """Leaves whose paths test the same number d of columns.

    Arrays (d, leaves): the column, the interval (low, high] of it that the leaf admits, and its
    zero fraction. `value` (leaves,).
    """

    column: Ints
    low: Floats
    high: Floats
    zero: Floats
    value: Floats

    def ones(self, encoded: Floats) -> NDArray[np.bool_]:
        """Whether the row `encoded` (columns,) passes each column's tests."""
        found = encoded.take(self.column)
        return (found > self.low) & (found <= self.high)


class TreeShapley:
    """Contributions of the encoded columns to a forest's sum, for one row at a time."""

    def __init__(
        self, groups: Iterable[Leaves], columns: int, table_bytes: int = TABLE_BYTES
    ) -> None:
        self._columns = columns
        self._groups: list[_Ready | _Quadrature] = []
        for leaves in groups:
            width, count = leaves.column.shape
            size = width * count * 2**width * 8
            if width <= 12 and size <= table_bytes:
                table_bytes -= size
                self._groups.append(_Ready(leaves))
            else:
                starts = range(0, count, _CHUNK)
                self._groups += [_Quadrature(_slice(leaves, at, at + _CHUNK)) for at in starts]

    def contributions(self, encoded: Floats) -> Floats:
        """Shapley values (columns,) of the row `encoded` (columns,).

        They sum to the forest's sum for the row less the forest's expected value.
        """
        total = np.zeros(self._columns)
        for group in self._groups:
            total += np.bincount(group.columns, group.values(encoded), minlength=self._columns)
        return total


class _Ready:
    """Every answer of every leaf, looked up by which of its d columns the row passes."""

    def __init__(self, leaves: Leaves) -> None:
        self.leaves = leaves
        width, count = leaves.column.shape
        patterns = (np.arange(2**width)[:, None] >> np.arange(width)) & 1
        answers = np.stack(
            [
                _quadrature(leaves.zero, leaves.value, np.repeat(bits[:, None], count, 1) > 0)
                for bits in patterns
            ]
        )
        # A leaf's answers lie together: leaf, then pattern, then column.
        self._table = np.ascontiguousarray(answers.transpose(2, 0, 1)).reshape(-1, width)
        self._start = np.arange(count) << width
        self.columns = np.ascontiguousarray(leaves.column.T).ravel()

    def values(self, encoded: Floats) -> Floats:
        """One value for each of `columns`, leaf by leaf."""
        ones = self.leaves.ones(encoded).view(np.uint8)
        # Horner's rule over the bits, in the smallest numbers that hold them.
        pattern = ones[-1].astype(np.uint8 if len(ones) <= 8 else np.uint16)
        for bit in ones[-2::-1]:
            pattern += pattern
            pattern += bit
        return self._table.take(self._start + pattern, axis=0).ravel()


class _Quadrature:
    """Answers worked out for each row."""

    def __init__(self, leaves: Leaves) -> None:
        self.leaves = leaves
        self.columns = leaves.column.ravel()

    def values(self, encoded: Floats) -> Floats:
        """One value for each of `columns`, column by column."""
        leaves = self.leaves
        return _quadrature(leaves.zero, leaves.value, leaves.ones(encoded)).ravel()


def _quadrature(zero: Floats, value: Floats, ones: NDArray[np.bool_]) -> Floats:
    width = len(zero)
    nodes, weights = gauss_legendre((width + 1) // 2)
    total = np.zeros_like(zero)
    for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        factors = zero * (1 - node)
        factors += node * ones
        product = factors.prod(axis=0) * weight
        total += product / factors
    return total * (ones - zero) * value


def _slice(leaves: Leaves, start: int, stop: int) -> Leaves:
    def part(values: Any) -> Any:
        return np.ascontiguousarray(values[..., start:stop])

    return Leaves(
        part(leaves.column),
        part(leaves.low),
        part(leaves.high),
        part(leaves.zero),
        part(leaves.value),
    )


def leaves_by_width(forest: Forest) -> Iterator[Leaves]:
    """The forest's leaves, grouped by how many distinct columns their paths test."""
    paths = _walk(forest)
    width = np.array([len(path) for path in paths], dtype=np.int64)
    value = forest.value[forest.is_leaf]
    for d in np.unique(width[width > 0]):
        chosen = np.flatnonzero(width == d)
        tests = np.array([paths[i] for i in chosen], dtype=np.float64)
        column, low, high, zero = (np.ascontiguousarray(tests[:, :, k].T) for k in range(4))
        yield Leaves(column.astype(np.int64), low, high, zero, value[chosen])


_TINY = 1e-15
"""Stands for a zero fraction of 0, by which the quadrature could not divide."""

Test = tuple[int, float, float, float]


def _walk(forest: Forest) -> list[list[Test]]:
    """Each leaf's tests (column, low, high, zero fraction), leaves in the order of the nodes."""
    paths: list[list[Test]] = [[] for _ in forest.feature]
    stack: list[tuple[int, dict[int, Test]]] = [(int(root), {}) for root in forest.roots]
    feature, threshold = forest.feature.tolist(), forest.threshold.tolist()
    left, right, cover = forest.left.tolist(), forest.right.tolist(), forest.cover.tolist()
    while stack:
        node, tests = stack.pop()
        column = feature[node]
        if column < 0:
            paths[node] = list(tests.values())
            continue
        cut, (_, low, high, zero) = threshold[node], tests.get(column, (0, -np.inf, np.inf, 1.0))
        whole = max(cover[left[node]] + cover[right[node]], _TINY)
        for child, lo, hi in (
            (left[node], low, min(high, cut)),
            (right[node], max(low, cut), high),
        ):
            stack.append(
                (
                    child,
                    {**tests, column: (column, lo, hi, max(zero * cover[child] / whole, _TINY))},
                )
            )
    return [path for path, leaf in zip(paths, forest.is_leaf, strict=True) if leaf]
