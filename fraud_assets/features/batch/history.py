"""Who paid when: an entity's payments in time order, and which of them a row may see.

A row at time t sees payments of its entity within (t - window, t): strictly earlier ones,
so that rows at one instant do not see each other, and none exactly a window old. With a
delay it sees (t - delay - window, t - delay]. Nothing here looks at values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fraud_assets.features.arrays import Ints
from fraud_assets.terms.duration import to_micros


class DistinctInstants:
    """The distinct instants of a frame; turns times into ranks so that keys stay small."""

    def __init__(self, micros: Ints) -> None:
        self.in_order = bool((micros[1:] >= micros[:-1]).all())
        if self.in_order:
            is_new = np.ones(len(micros), dtype=bool)
            is_new[1:] = micros[1:] != micros[:-1]
            self.instants, rank = micros[is_new], np.cumsum(is_new) - 1
        else:
            self.instants, rank = np.unique(micros, return_inverse=True)
        self.rank: Ints = rank.astype(np.int64, copy=False)

    @property
    def stride(self) -> int:
        """Room for one entity's ranks in a combined key."""
        return len(self.instants) + 1

    def first_at_or_after(self, micros: Ints) -> Ints:
        """Rank of the first instant >= each time."""
        return np.searchsorted(self.instants, micros, side="left").astype(np.int64)

    def first_later_than(self, micros: Ints) -> Ints:
        """Rank of the first instant > each time."""
        return np.searchsorted(self.instants, micros, side="right").astype(np.int64)


@dataclass(frozen=True, eq=False)
class History:
    """Payments with a known entity, by (entity, time, row), and those of them that ask.

    `order` (h,) positions in the frame; `codes` (h,) entity numbers; `key` (h,) entity and
    instant in one number, ascending; `asked` (q,) positions within `order` that want features.
    """

    clock: DistinctInstants
    order: Ints
    codes: Ints
    key: Ints
    asked: Ints
    _found: dict[timedelta, Ints] = field(default_factory=dict)

    @classmethod
    def of(cls, codes: Ints, clock: DistinctInstants, emitted: NDArray[np.bool_]) -> History:
        """Sort the payments of each entity; rows without one, code -1, have no history."""
        order = _by_entity_and_time(codes, clock)
        codes = codes[order]
        known = np.searchsorted(codes, 0)
        order, codes = order[known:], codes[known:]
        asked = np.flatnonzero(emitted[order]).astype(np.int64)
        return cls(clock, order, codes, codes * clock.stride + clock.rank[order], asked)

    @cached_property
    def rows(self) -> Ints:
        """Positions in the frame of the rows that ask."""
        return self.order[self.asked]

    @cached_property
    def micros(self) -> Ints:
        """Time of each payment in microseconds, (h,)."""
        return self.clock.instants[self.clock.rank[self.order]]

    @cached_property
    def asked_key(self) -> Ints:
        """Keys of the rows that ask, ascending, (q,)."""
        return self.key[self.asked]

    @cached_property
    def first(self) -> Ints:
        """Position of the entity's first payment, for each row that asks."""
        return np.searchsorted(self.key, self._base).astype(np.int64)

    @cached_property
    def present(self) -> Ints:
        """Position of the entity's first payment at the asking row's own instant."""
        return np.searchsorted(self.key, self.asked_key).astype(np.int64)

    def bounds(self, window: timedelta, delay: timedelta | None) -> tuple[Ints, Ints]:
        """Half-open position range [low, high) that each asking row sees; both ascend."""
        if delay is None:
            return self._after(window), self.present
        return self._after(delay + window), self._after(delay)

    def _after(self, span: timedelta) -> Ints:
        """Position of the entity's first payment later than `span` before each asking row."""
        if span not in self._found:
            # One search per distinct instant, not per row.
            bound = self.clock.first_later_than(self.clock.instants - to_micros(span))
            key = self._base + bound[self._rank]
            self._found[span] = np.searchsorted(self.key, key).astype(np.int64)
        return self._found[span]

    @cached_property
    def _base(self) -> Ints:
        return self.codes[self.asked] * self.clock.stride

    @cached_property
    def _rank(self) -> Ints:
        return self.clock.rank[self.rows]


def _by_entity_and_time(codes: Ints, clock: DistinctInstants) -> Ints:
    """Positions of all rows by (entity, instant, row); rows without an entity come first."""
    if not clock.in_order or (len(codes) and codes.max() > np.iinfo(np.int32).max):
        return np.argsort(codes * clock.stride + clock.rank, kind="stable")
    # Numpy sorts 16 bits at a time by counting, ten times as fast as by comparing.
    order = np.argsort(codes.astype(np.uint16), kind="stable")
    high = (codes >> 16).astype(np.int16)
    return order[np.argsort(high[order], kind="stable")] if high.any() else order
