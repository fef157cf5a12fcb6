"""The inner nodes of a forest, laid out so that one row passes through all of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fraud_assets.families.forest import Forest
from fraud_assets.features.arrays import Floats, Ints

MOST_COLUMNS = 12
"""Columns that fit with a column's number into 16 bits, and into tables of all their subsets."""

TINY = 1e-15
"""Stands for a zero fraction of 0, by which one could not divide."""

Ranks = NDArray[np.unsignedinteger[Any]]
"""Places among a column's thresholds."""


@dataclass(frozen=True)
class Ranges:
    """Closed ranges of ranks: `low` and how much further they reach; an empty one holds no rank."""

    low: Ranks
    span: Ranks


@dataclass(frozen=True)
class Cuts:
    """Cuts, those of one column together; a cut has two sides, left and right, at 2i and 2i + 1.

    `columns` (c,) are those that any node cuts, in what follows numbered by their place here, and
    `thresholds` theirs, ascending. `begins` (c + 1,) is where each column's cuts begin. `sides`
    (2 cuts,) is what is left of the own column on each side, `others` (c, cuts) of each other
    column above the cut; of a column that is not tested there no rank is in it. `tested` (cuts,)
    holds these others as bits, and above them the own column's number. `odds` (cuts * c,) is
    1 / z - 1 of the zero fraction z of each column. `moves` (2 cuts,) is by how much the mean
    below a side differs from the mean below the cut, `weighted` that times the zero fractions of
    the others.
    """

    columns: Ints
    thresholds: tuple[Floats, ...]
    begins: Ints
    sides: Ranges
    others: Ranges
    tested: NDArray[np.uint16]
    odds: Floats
    moves: Floats
    weighted: Floats


def is_narrow(forest: Forest) -> bool:
    """Whether the forest tests few enough columns."""
    return len(np.unique(forest.feature[~forest.is_leaf])) <= MOST_COLUMNS


def cuts_of(forest: Forest) -> Cuts:
    """The cuts of a forest that `is_narrow`, without those below which every leaf says the same."""
    inner = np.flatnonzero(~forest.is_leaf)
    columns, own = np.unique(forest.feature[inner], return_inverse=True)
    place = np.full(len(forest.feature), -1, dtype=np.int64)
    place[inner] = own
    thresholds, rank = _ranks(forest, place, len(columns))
    paths = _paths(forest, place, rank, np.array([len(cuts) for cuts in thresholds]))
    kept, below, moves = _moving(forest, inner[np.argsort(own, kind="stable")])
    own = place[kept]
    zero = np.maximum(paths.zero[kept], TINY)
    odds = 1 / zero - 1
    zero[np.arange(len(kept)), own] = 1.0
    tested = paths.tested[kept] & ~(1 << own)
    absent = (tested[:, None] >> np.arange(len(columns)) & 1) == 0
    side = below, np.repeat(own, 2)
    return Cuts(
        columns=columns,
        thresholds=thresholds,
        begins=np.searchsorted(own, np.arange(len(columns) + 1)),
        sides=_ranges(paths.low[side], paths.high[side], np.zeros(len(below), dtype=np.bool_)),
        others=_ranges(paths.low[kept].T, paths.high[kept].T, absent.T),
        tested=(tested | own << len(columns)).astype(np.uint16),
        odds=odds.ravel(),
        moves=moves,
        weighted=moves * np.repeat(_products(zero), 2),
    )


def _moving(forest: Forest, inner: Ints) -> tuple[Ints, Ints, Floats]:
    """Those of the nodes that move the mean; their two sides and by how much, side after side."""
    mean = _means(forest)
    below = np.column_stack([forest.left[inner], forest.right[inner]])
    moves = mean[below] - mean[inner][:, None]
    kept = (moves != 0).any(axis=1)
    return inner[kept], below[kept].ravel(), moves[kept].ravel()


def _ranks(forest: Forest, place: Ints, columns: int) -> tuple[tuple[Floats, ...], Ints]:
    """Each column's distinct thresholds, and each node's place among its column's."""
    rank, found = np.zeros(len(place), dtype=np.int64), []
    for column in range(columns):
        at = place == column
        distinct, rank[at] = np.unique(forest.threshold[at], return_inverse=True)
        found.append(distinct)
    return tuple(found), rank


@dataclass(frozen=True)
class _Paths:
    """What is known above each node: ranges of ranks and zero fractions (nodes, c), tested bits.

    A rank is how many thresholds of its column lie below a value.
    """

    low: Ranks
    high: Ranks
    zero: Floats
    tested: Ints


def _paths(forest: Forest, place: Ints, rank: Ints, counts: Ints) -> _Paths:
    nodes, columns = len(place), len(counts)
    kind = np.uint16 if counts.max(initial=0) < np.iinfo(np.uint16).max else np.uint32
    low, high = np.zeros((nodes, columns), kind), np.zeros((nodes, columns), kind)
    zero, tested = np.ones((nodes, columns)), np.zeros(nodes, dtype=np.int64)
    high[forest.roots] = counts
    for level in forest.levels():
        at = level[~forest.is_leaf[level]]
        own, cut, left, right = place[at], rank[at], forest.left[at], forest.right[at]
        whole = np.maximum(forest.cover[left] + forest.cover[right], TINY)
        for child in (left, right):
            low[child], high[child], zero[child] = low[at], high[at], zero[at]
            tested[child] = tested[at] | 1 << own
            zero[child, own] *= forest.cover[child] / whole
        high[left, own] = np.minimum(high[left, own], cut)
        low[right, own] = np.maximum(low[right, own], cut + 1)
    return _Paths(low, high, zero, tested)


def _means(forest: Forest) -> Floats:
    """Each node's mean leaf value; exact where all leaves below say the same."""
    mean, least, most = forest.expected_values(), forest.value.copy(), forest.value.copy()
    for level in reversed(forest.levels()):
        at = level[~forest.is_leaf[level]]
        left, right = forest.left[at], forest.right[at]
        least[at] = np.minimum(least[left], least[right])
        most[at] = np.maximum(most[left], most[right])
    return np.where(least == most, least, mean)


def _ranges(low: Ranks, high: Ranks, absent: NDArray[np.bool_]) -> Ranges:
    """Ranges of ranks, empty where `absent`: no rank is the greatest number."""
    empty = absent | (low > high)
    span, low = np.where(empty, 0, high - low), np.where(empty, np.iinfo(low.dtype).max, low)
    # Row by row in memory, whichever way they came.
    return Ranges(*(part.astype(high.dtype, order="C") for part in (low, span)))


def _products(factors: Floats) -> Floats:
    """Products over the columns of `factors` (n, columns), from the first to the last."""
    found = np.ones(len(factors))
    for column in factors.T:
        found *= column
    return found
