"""What depends on nothing but how many columns there are: subsets, and nodes of quadrature."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from fraud_assets.features.arrays import Floats, Ints
from fraud_assets.scoring.quadrature import gauss_jacobi


@dataclass(frozen=True)
class NodeWeights:
    """Nodes and weights (count, c + 1), by how many columns failed.

    `failed` weighs for one of the columns that failed, `passed` for one of those that passed.
    """

    nodes: Floats
    failed: Floats
    passed: Floats


@dataclass(frozen=True)
class Patterns:
    """Tables over the 2 ** c subsets of c columns, each written as its bits.

    `counts` is how many columns a subset has, `members` (c, subsets) which, its own first.
    `subset` and `column` are the pairs of a subset and one of its columns.
    """

    counts: NDArray[np.uint8]
    members: Ints
    subset: Ints
    column: Ints
    rules: tuple[NodeWeights, ...]


@cache
def patterns_of(columns: int) -> Patterns:
    """The tables for so many columns; rule p is for p columns that passed."""
    bits = np.arange(2**columns)[:, None] >> np.arange(columns) & 1
    subset, column = np.nonzero(bits)
    members = np.argsort(1 - bits, axis=1, kind="stable").T
    return Patterns(
        counts=bits.sum(axis=1).astype(np.uint8),
        members=np.ascontiguousarray(members, dtype=np.int64),
        subset=subset,
        column=column,
        rules=tuple(_rule(passed, columns) for passed in range(max(columns, 1))),
    )


def _rule(passed: int, columns: int) -> NodeWeights:
    """Exact for the product of `passed` linear factors: see `explainer`."""
    count = passed // 2 + 1
    nodes, failing, passing = (np.zeros((count, columns + 1)) for _ in range(3))
    for failed in range(columns - passed):
        t, weight = gauss_jacobi(count, max(failed - 1, 0))
        nodes[:, failed] = t
        failing[:, failed] = weight if failed else 0.0
        passing[:, failed] = weight * (1 - t) if failed else weight
    return NodeWeights(nodes, failing, passing)
