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
            size = _table_bytes(leaves)
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


def _table_bytes(leaves: Leaves) -> int:
    width, count = leaves.column.shape
    return int(width * count * 2**width * 8)


def has_ready_answers(groups: Iterable[Leaves]) -> bool:
    """Whether `TreeShapley` looks all answers up, which is fastest of all."""
    return sum(map(_table_bytes, groups)) <= TABLE_BYTES


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
    nodes, weights = gauss_legendre((len(zero) + 1) // 2)
    apart = ones - zero
    total, factors = np.zeros_like(zero), np.empty_like(zero)
    for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        np.multiply(apart, node, out=factors)
        factors += zero
        product = factors.prod(axis=0)
        product *= weight
        total += np.divide(product, factors, out=factors)
    total *= apart
    total *= value
    return total


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


_TINY = 1e-15
"""Stands for a zero fraction of 0, by which the quadrature could not divide."""

_LEAVES_AT_ONCE = 65_536
"""Leaves whose paths are walked at once, so that wide forests fit into memory."""


def leaves_by_width(forest: Forest) -> Iterator[Leaves]:
    """The forest's leaves, grouped by how many distinct columns their paths test.

    A constant has no contributions, so each tree counts from the value that most of its leaves
    have, and these are left out: of a forest of deep trees half of all leaves and more.
    """
    parent, tree = _parents(forest)
    leaves = np.flatnonzero(forest.is_leaf)
    value = forest.value[leaves] - _commonest(forest.value[leaves], tree[leaves])
    leaves, value = leaves[value != 0], value[value != 0]
    starts = range(0, len(leaves), _LEAVES_AT_ONCE)
    parts = [_paths(forest, parent, leaves[at : at + _LEAVES_AT_ONCE]) for at in starts]
    width = np.concatenate([np.zeros(0, np.int64), *(part.width for part in parts)])
    begin = np.cumsum(width) - width
    for d in np.unique(width[width > 0]):
        chosen = np.flatnonzero(width == d)
        at = (begin[chosen][:, None] + np.arange(d)).T
        column, low, high, zero = (
            np.ascontiguousarray(np.concatenate([getattr(part, name) for part in parts])[at])
            for name in ("column", "low", "high", "zero")
        )
        yield Leaves(column, low, high, zero, value[chosen])


def _parents(forest: Forest) -> tuple[Ints, Ints]:
    """Each node's parent, -1 for a root, and the number of its tree; (nodes,) each."""
    parent = np.full(len(forest.feature), -1, dtype=np.int64)
    inner = np.flatnonzero(~forest.is_leaf)
    parent[forest.left[inner]], parent[forest.right[inner]] = inner, inner
    tree = np.full(len(forest.feature), -1, dtype=np.int64)
    tree[forest.roots] = np.arange(len(forest.roots))
    for level in forest.levels()[1:]:
        tree[level] = tree[parent[level]]
    return parent, tree


def _commonest(value: Floats, tree: Ints) -> Floats:
    """For each leaf the value that most leaves of its tree have, the smallest of equals."""
    order = np.lexsort((value, tree))
    ordered, of = value[order], tree[order]
    begins = np.flatnonzero(
        (np.diff(ordered, prepend=np.nan) != 0) | (np.diff(of, prepend=-1) != 0)
    )
    counts = np.diff(begins, append=len(order))
    best = np.lexsort((-counts, of[begins]))
    first = np.flatnonzero(np.diff(of[begins][best], prepend=-1))
    most = np.zeros(int(tree.max(initial=-1)) + 1)
    most[of[begins][best][first]] = ordered[begins][best][first]
    return most[tree]


@dataclass(frozen=True)
class _Paths:
    """The tests of some leaves, leaf after leaf, one for each column in ascending order.

    `width` (leaves,) is how many of the others (tests,) belong to each leaf.
    """

    width: Ints
    column: Ints
    low: Floats
    high: Floats
    zero: Floats


def _paths(forest: Forest, parent: Ints, leaves: Ints) -> _Paths:
    """Walk from the leaves up to the roots, and join the tests of one column of each leaf."""
    steps, at = [], leaves
    which = np.arange(len(leaves))
    while len(at):
        up = parent[at]
        at, up, which = at[up >= 0], up[up >= 0], which[up >= 0]
        goes_left = forest.left[up] == at
        cut = forest.threshold[up]
        whole = forest.cover[forest.left[up]] + forest.cover[forest.right[up]]
        low, high = np.where(goes_left, -np.inf, cut), np.where(goes_left, cut, np.inf)
        zero = forest.cover[at] / np.maximum(whole, _TINY)
        steps.append((which, forest.feature[up], low, high, zero))
        at = up
    which, column, low, high, zero = (np.concatenate(part) for part in zip(*steps, strict=True))
    order = np.lexsort((column, which))
    which, column = which[order], column[order]
    first = np.flatnonzero((np.diff(which, prepend=-1) != 0) | (np.diff(column, prepend=-1) != 0))
    if not len(first):
        return _Paths(np.zeros(len(leaves), np.int64), column, low, high, zero)
    return _Paths(
        width=np.bincount(which[first], minlength=len(leaves)),
        column=column[first],
        low=np.maximum.reduceat(low[order], first),
        high=np.minimum.reduceat(high[order], first),
        zero=np.maximum(np.multiply.reduceat(zero[order], first), _TINY),
    )
