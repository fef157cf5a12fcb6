"""A frame as derived features see it: columns as plain arrays, and histories by entity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from fraud_assets.features.arrays import Floats, Ints
from fraud_assets.features.batch.history import DistinctInstants, History
from fraud_assets.features.batch.ranges import KnownFrauds
from fraud_assets.features.batch.sums import Sums


class ColumnSource(Protocol):
    """Where the columns (n,) come from; whoever knows frames implements it."""

    def micros(self) -> Ints:
        """Event time of each row in microseconds, UTC."""
        ...

    def numbers(self, column: str) -> Floats:
        """A column of numbers, NaN for missing."""
        ...

    def codes(self, column: str) -> Ints:
        """A number for each different value of a column, -1 for missing."""
        ...

    def times(self, column: str) -> Ints:
        """A column of times in microseconds, `Past.NO_TIME` for missing."""
        ...

    def fraud_times(self) -> Iterable[tuple[Ints, Ints]]:
        """From when and until when each row counts as a known fraud; the largest is never."""
        ...


@dataclass
class Past:
    """Columns of all rows (n,), and which of them ask for features (n,)."""

    columns: ColumnSource
    emitted: NDArray[np.bool_]
    _histories: dict[tuple[str, ...], History] = field(init=False, default_factory=dict)
    _sums: dict[tuple[int, str], Sums] = field(init=False, default_factory=dict)
    _frauds: dict[int, list[KnownFrauds]] = field(init=False, default_factory=dict)

    NO_TIME: ClassVar[int] = int(np.iinfo(np.int64).min)

    @cached_property
    def micros(self) -> Ints:
        """Event time of each row in microseconds."""
        return self.columns.micros()

    @cached_property
    def clock(self) -> DistinctInstants:
        """The distinct instants of all rows."""
        return DistinctInstants(self.micros)

    def history(self, *entities: str) -> History:
        """The payments of each value of these columns together, sorted once."""
        if entities not in self._histories:
            codes = self._codes(entities)
            self._histories[entities] = History.of(codes, self.clock, self.emitted)
        return self._histories[entities]

    def sums(self, history: History, column: str) -> Sums:
        """Sums of a column over ranges of a history, prepared once."""
        key = (id(history), column)
        if key not in self._sums:
            self._sums[key] = Sums(self.numbers(column)[history.order], history.asked)
        return self._sums[key]

    @staticmethod
    def mean(total: Floats, number: Ints) -> Floats:
        """Total by number, missing where nothing counts."""
        nothing = np.full(len(total), np.nan)
        mean: Floats = np.divide(total, number, out=nothing, where=number > 0)
        return mean

    @staticmethod
    def since_first(history: History) -> Ints:
        """Microseconds from the entity's first payment to each asking row."""
        return history.micros[history.asked] - history.micros[history.first]

    def numbers(self, column: str) -> Floats:
        """A column of numbers, (n,)."""
        return self.columns.numbers(column)

    def codes(self, column: str) -> Ints:
        """A number for each different value of a column, -1 for missing, (n,)."""
        return self.columns.codes(column)

    def times(self, column: str) -> Ints:
        """A column of times in microseconds, `NO_TIME` for missing, (n,)."""
        return self.columns.times(column)

    def frauds(self, history: History) -> list[KnownFrauds]:
        """Which payments of a history ever count as frauds, and when; prepared once."""
        if id(history) not in self._frauds:
            times = self.columns.fraud_times()
            self._frauds[id(history)] = [KnownFrauds.of(history, *pair) for pair in times]
        return self._frauds[id(history)]

    def column(self, history: History, values: NDArray[np.generic]) -> Floats:
        """Values of a history's asking rows as a column of all emitted rows, else missing."""
        size = len(self.emitted)
        result: Floats = np.empty(size) if len(history.rows) == size else np.full(size, np.nan)
        result[history.rows] = values
        return result if self._all_ask else result[self.emitted]

    @cached_property
    def _all_ask(self) -> bool:
        return bool(self.emitted.all())

    def _codes(self, columns: tuple[str, ...]) -> Ints:
        codes = self.codes(columns[0])
        for column in columns[1:]:
            other = self.codes(column)
            both = codes * (int(other.max(initial=0)) + 1) + other
            together = np.unique(both, return_inverse=True)[1].astype(np.int64)
            codes = np.where((codes < 0) | (other < 0), -1, together)
        return codes
