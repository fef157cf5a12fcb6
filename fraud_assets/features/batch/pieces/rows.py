"""A piece's rows: the columns that its kinds read, as lots on disk and as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fraud_assets.features.arrays import Floats, Ints, Mask
from fraud_assets.features.batch.past import ColumnSource
from fraud_assets.features.batch.pieces.layout import CutLayout, read_column
from fraud_assets.features.batch.pieces.lots import Lot, joined, narrow, read_lots
from fraud_assets.features.kind import Use
from fraud_assets.features.labels import NEVER
from fraud_assets.work.packing import WorkData

_MICROS, _ASKING, _FIELDS = 0, 1, 2
"""Places of the arrays of a lot; after the fields come, for each pair of fraud times, the positions
of the rows that it concerns, from when and until when."""


class Division(NamedTuple):
    """How a block's rows (n,) go to the pieces.

    `entity` (n,) are the numbers by which a piece tells entities apart; `order` the rows piece by
    piece, without those that have no entity, and `ends` where in it each piece ends.
    """

    entity: Ints
    order: Ints
    ends: Ints


def lots_of(
    layout: CutLayout, columns: ColumnSource, emitted: Mask, division: Division
) -> Iterator[Lot]:
    """A block's rows (n,) as one lot for each piece."""
    entity, order, ends = division
    others = (read_column(columns, use, name) for use, name in layout.fields[1:])
    arrays = [
        _taken(narrow(values), order, len(emitted))
        for values in (columns.micros(), emitted, entity, *others)
    ]
    frauds = _frauds(columns, order) if layout.fraud_times else []
    bounds = [np.searchsorted(at, [0, *ends]) for at, _, _ in frauds]
    start = 0
    for number, end in enumerate(ends.tolist()):
        part = slice(start, end)
        own = [array if len(array) == 1 else array[part] for array in arrays]
        for (at, *periods), bound in zip(frauds, bounds, strict=True):
            its = slice(bound[number], bound[number + 1])
            own += [at[its] - start, *(times[its] for times in periods)]
        yield Lot(end - start, tuple(own))
        start = end


def _taken(values: np.ndarray, order: Ints, rows: int) -> np.ndarray:
    return values[order] if len(values) == rows else values


def _frauds(columns: ColumnSource, order: Ints) -> list[tuple[Ints, Ints, Ints]]:
    found = []
    for start, end in columns.fraud_times():
        at = np.flatnonzero((start != NEVER)[order])
        found.append((at, start[order[at]], end[order[at]]))
    return found


@dataclass(frozen=True, eq=False)
class PieceRows(WorkData):
    """Rows (n,) of some entities, to be derived by this process or sent to another one.

    `arrays` holds micros, who asks and the fields of `layout`, all (n,); `frauds` for each pair of
    fraud times positions, from when and until when (f,).
    """

    layout: CutLayout
    arrays: tuple[np.ndarray, ...]
    frauds: tuple[tuple[np.ndarray, ...], ...]

    @classmethod
    def read(cls, layout: CutLayout, path: Path) -> PieceRows:
        """All rows of a piece's file."""
        columns = _FIELDS + len(layout.fields)
        lots = read_lots(path, columns + 3 * layout.fraud_times)
        if not lots:
            lots = [Lot(0, (np.empty(0, dtype=np.int64),) * (columns + 3 * layout.fraud_times))]
        starts = np.cumsum([0, *(lot.rows for lot in lots)])
        frauds = []
        for first in range(columns, columns + 3 * layout.fraud_times, 3):
            at = [lot.arrays[first] + start for lot, start in zip(lots, starts, strict=False)]
            periods = ([lot.arrays[place] for lot in lots] for place in (first + 1, first + 2))
            frauds.append(tuple(np.concatenate(parts) for parts in (at, *periods)))
        return cls(layout, tuple(joined(lots, at) for at in range(columns)), tuple(frauds))

    @property
    def asking(self) -> Mask:
        """Which rows want features, (n,)."""
        return np.ascontiguousarray(self.arrays[_ASKING], dtype=bool)

    def micros(self) -> Ints:
        """Event time of each row in microseconds, UTC."""
        return np.ascontiguousarray(self.arrays[_MICROS], dtype=np.int64)

    def numbers(self, column: str) -> Floats:
        """A column of numbers, NaN for missing."""
        return np.ascontiguousarray(self._field("number", column), dtype=np.float64)

    def codes(self, column: str) -> Ints:
        """A number for each different value of a column, -1 for missing."""
        use: Use = "entity" if ("entity", column) in self.layout.fields else "value"
        return np.ascontiguousarray(self._field(use, column), dtype=np.int64)

    def times(self, column: str) -> Ints:
        """A column of times in microseconds."""
        return np.ascontiguousarray(self._field("time", column), dtype=np.int64)

    def fraud_times(self) -> Iterator[tuple[Ints, Ints]]:
        """From when and until when each row counts as a known fraud."""
        for at, *periods in self.frauds:
            start, end = (np.full(len(self.arrays[_MICROS]), NEVER) for _ in periods)
            start[at], end[at] = periods
            yield start, end

    def _field(self, use: Use, name: str) -> np.ndarray:
        return self.arrays[_FIELDS + self.layout.fields.index((use, name))]
