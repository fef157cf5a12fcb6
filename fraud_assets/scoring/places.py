"""Where a value lies among legitimate payments."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

POINTS = 4096
"""Order statistics kept per number: a place is right to 1/4096, exact for fewer payments."""


class ValuePlace(NamedTuple):
    """Shares (0 to 1) of legitimate payments below, at and above a value; they sum to 1.

    For text and for a missing value only `same` says something: the share that has it too.
    """

    below: float
    same: float
    above: float
    ordered: bool

    @property
    def percentile(self) -> float:
        """0 to 100: of a number its mid-rank among the present ones, else the share at it."""
        return 100 * (self.below + self.same / 2 if self.ordered else self.same)


@dataclass(frozen=True)
class NumberPlaces:
    """Sorted order statistics of the legitimate payments' values, and the share missing."""

    points: Sequence[float]
    missing: float

    def place(self, value: float | None) -> ValuePlace:
        """Where `value` lies; a missing one beside the others that miss it."""
        if value is None or not self.points:
            return _unordered(self.missing if value is None else 0.0)
        n = len(self.points)
        below, up_to = bisect_left(self.points, value), bisect_right(self.points, value)
        return ValuePlace(below / n, (up_to - below) / n, (n - up_to) / n, ordered=True)


@dataclass(frozen=True)
class LevelPlaces:
    """The share of legitimate payments at each level."""

    shares: dict[str, float]
    missing: float

    def place(self, level: str | None) -> ValuePlace:
        """Where a level stands; one never seen has share 0."""
        return _unordered(self.missing if level is None else self.shares.get(level, 0.0))


Places = NumberPlaces | LevelPlaces


def _unordered(same: float) -> ValuePlace:
    return ValuePlace(0.0, same, 1 - same, ordered=False)
