"""Exact path-dependent TreeSHAP of one row, vectorised over all cuts of a forest.

A forest's expected value under a set S of known columns is that of its roots plus, for each node
whose own column j is in S, what the step to the row's side of it adds: delta, the mean below that
side less the mean below the node, times o_k (whether the row passes the path's tests of column k)
for each other column k of the path that is in S, times its zero fraction z_k for each that is not.
Nodes whose own column the row has failed above add nothing. So a cut is the product game
delta [j in S] prod(o_k or z_k). With f columns failed, those passed in P, r_k = 1 / z_k - 1 and
w = delta prod(z_k), its Shapley values are, integrals over t in [0, 1],
    - w integral of t (1 - t) ** (f - 1) prod_{k in P} (1 + t r_k)                of a failed one,
    w r_i integral of t (1 - t) ** f prod_{k in P, k != i} (1 + t r_k)           of a passed i,
and j has what is left of delta [f = 0]. Gauss-Jacobi quadrature with |P| // 2 + 1 nodes is exact.
(Lundberg et al. 2020, doi:10.1038/s42256-019-0138-9; Owen 1972, doi:10.1287/mnsc.18.5.64.)

Sums run from first to last, in order, so that the bits are the same under every numpy.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fraud_assets.families.forest import Forest
from fraud_assets.features.arrays import Floats, Ints
from fraud_assets.scoring.cuts.patterns import NodeWeights, patterns_of
from fraud_assets.scoring.cuts.tables import Ranges, Ranks, cuts_of

_CHUNK = 16_384
"""Cuts worked on at once, so that wide steps need little memory. Another number would change the
order of sums, and so the last bits of reasons on record."""


class CutShapley:
    """Contributions of the encoded columns to a narrow forest's sum, for one row at a time."""

    def __init__(self, forest: Forest, columns: int) -> None:
        self._width = columns
        self._cuts = cuts = cuts_of(forest)
        self._count = len(cuts.columns)
        self._patterns = patterns_of(self._count)
        self._columns = cuts.columns.tolist()
        self._owners = np.repeat(np.arange(self._count), 1 << self._count)
        own = [slice(*bounds) for bounds in zip(cuts.begins, cuts.begins[1:], strict=False)]
        self._own_sides = [slice(2 * part.start, 2 * part.stop) for part in own]

    def contributions(self, encoded: Floats) -> Floats:
        """Shapley values (columns,) of the row `encoded` (columns,).

        They sum to the forest's sum for the row less the forest's expected value.
        """
        found = np.zeros(self._width)
        if self._count:
            found[self._cuts.columns] = self._narrow(self._ranks(encoded))
        return found

    def _ranks(self, encoded: Floats) -> Ranks:
        """How many thresholds of each column lie below the row's value."""
        pairs = zip(self._cuts.thresholds, self._columns, strict=True)
        places = [cuts.searchsorted(encoded[column]) for cuts, column in pairs]
        return np.array(places, dtype=self._cuts.others.low.dtype)

    def _narrow(self, ranks: Ranks) -> Floats:
        cuts, c = self._cuts, self._count
        sides = np.flatnonzero(self._reached(ranks))
        passed = self._passed(ranks).take(sides >> 1)
        size = self._patterns.counts.take(passed)
        # By how many passed, so that each number of factors is one run.
        order = np.argsort(size, kind="stable")
        sides, passed = sides.take(order), passed.take(order)
        failed = cuts.tested.take(sides >> 1)  # and above its bits the own column
        failed ^= passed
        each, pairs = self._weigh(sides, passed, failed, np.bincount(size, minlength=c))
        whole = np.flatnonzero(failed & (1 << c) - 1 == 0)
        own, moves = failed.take(whole) >> c, cuts.moves.take(sides.take(whole))
        # What a cut gives the other columns its own one does not get.
        given = np.add.accumulate(pairs)[-1] - np.add.accumulate(pairs, axis=1)[:, -1]
        return _sums(own, moves, c) + given + self._of_failed(_sums(failed, each, c << c))

    def _of_failed(self, sums: Floats) -> Floats:
        """Less the failed columns' values, of `sums` of one of them by own column and subset."""
        patterns, c = self._patterns, self._count
        by_own, of_subset = sums.reshape(c, -1), np.zeros(1 << c)
        for one in by_own:
            of_subset += one
        own = _sums(self._owners, (by_own * patterns.counts).ravel(), c)
        return own - _sums(patterns.column, of_subset.take(patterns.subset), c)

    def _reached(self, ranks: Ranks) -> NDArray[np.bool_]:
        """Which sides (2 cuts,) the row's value of the cut's own column lies on."""
        ranges = self._cuts.sides
        away, found = np.empty_like(ranges.low), np.empty(len(ranges.low), dtype=np.bool_)
        for rank, at in zip(ranks, self._own_sides, strict=True):
            _within(rank, Ranges(ranges.low[at], ranges.span[at]), away[at], found[at])
        return found

    def _passed(self, ranks: Ranks) -> NDArray[np.uint16]:
        """Which other columns' tests above each cut the row passes, as bits (cuts,)."""
        others = self._cuts.others
        found = np.zeros(others.low.shape[1], dtype=np.uint16)
        away, within = np.empty_like(others.low[0]), np.empty(len(found), dtype=np.bool_)
        # Horner's rule over the bits.
        for rank, low, span in zip(ranks[::-1], others.low[::-1], others.span[::-1], strict=True):
            _within(rank, Ranges(low, span), away, within)
            found += found
            found += within
        return found

    def _weigh(
        self, sides: Ints, passed: NDArray[np.uint16], failed: NDArray[np.uint16], runs: Ints
    ) -> tuple[Floats, Floats]:
        """Less the value of each failed column (cuts,), and own by other column's sums (c, c).

        `runs` (c,) is how many cuts have so many columns passed; the cuts come in that order.
        """
        c, room = self._count, len(sides)
        lost = self._patterns.counts.take(failed & (1 << c) - 1).astype(np.intp)
        weighted, first = self._cuts.weighted.take(sides), (sides >> 1) * c
        own = (failed >> c) * np.intp(c)
        each, pairs, stop = np.empty(room), np.zeros(c * c), 0
        for size, count in enumerate(runs.tolist()):
            start, stop = stop, stop + count
            rule, members = self._patterns.rules[size], self._patterns.members[:size]
            for at in range(start, stop, _CHUNK):
                part = slice(at, min(at + _CHUNK, stop))
                columns = members.take(passed[part], axis=1)
                odds = self._cuts.odds.take(columns + first[part])
                each[part], values = _integrals(rule, odds, weighted[part], lost[part])
                columns += own[part]
                pairs += _sums(columns.ravel(), values.ravel(), c * c)
        return each, pairs.reshape(c, c)


def _sums(at: NDArray[np.integer[Any]], values: Floats, size: int) -> Floats:
    """Sums (size,) of the values at each place, in their order."""
    return np.asarray(np.bincount(at, values, minlength=size), dtype=np.float64)


def _integrals(
    rule: NodeWeights, odds: Floats, weighted: Floats, lost: Ints
) -> tuple[Floats, Floats]:
    """Less a failed column's value (n,), and the passed ones' (p, n), of odds (p, n)."""
    failing, passing = np.zeros(len(weighted)), np.zeros_like(odds)
    for nodes, of_failed, of_passed in zip(rule.nodes, rule.failed, rule.passed, strict=True):
        factors = odds * nodes.take(lost)
        factors += 1
        product = weighted.copy()
        for factor in factors:
            product *= factor
        failing += product * of_failed.take(lost)
        product *= of_passed.take(lost)
        passing += np.divide(product, factors, out=factors)
    passing *= odds
    return failing, passing


def _within(rank: np.generic, ranges: Ranges, away: Ranks, into: NDArray[np.bool_]) -> None:
    """Write whether the rank is in each range; `away` is room for as many ranks."""
    np.subtract(rank, ranges.low, out=away)  # below a range it wraps around to more than any span
    np.less_equal(away, ranges.span, out=into)
