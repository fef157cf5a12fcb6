"""A typed raw frame as derived features see it (`fraud_assets.features`): plain arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from fraud_assets.data.columns import KNOWN_AT, LABEL, TIME
from fraud_assets.data.deliveries.taken_back import times_taken_back
from fraud_assets.features.arrays import Floats, Ints, Mask
from fraud_assets.features.batch.past import ColumnSource
from fraud_assets.features.batch.pieces.cutting import RowBlock
from fraud_assets.features.labels import NEVER
from fraud_assets.terms.duration import to_micros


@dataclass(frozen=True)
class FrameColumns:
    """Columns (n,) of a typed raw frame (see `data.columns`).

    A label without a time of report counts as known once `maturity` has passed.
    """

    rows: pd.DataFrame
    maturity: timedelta = timedelta(0)

    def micros(self) -> Ints:
        """Event time of each row in microseconds, UTC."""
        return self.times(TIME)

    def numbers(self, column: str) -> Floats:
        """A numeric column as float64, NaN for missing."""
        values: Floats = self.rows[column].to_numpy(dtype=np.float64, na_value=np.nan)
        return values

    def codes(self, column: str) -> Ints:
        """A number for each different value of a column, -1 for missing."""
        return pd.factorize(self.rows[column])[0].astype(np.int64)

    def times(self, column: str) -> Ints:
        """A timestamp column in microseconds; missing is the smallest integer."""
        values: Ints = self.rows[column].to_numpy(dtype="datetime64[us]").view(np.int64)
        return values

    def fraud_times(self) -> Iterator[tuple[Ints, Ints]]:
        """From when and until when each row counts as a known fraud, (n,) each; often never."""
        rows = self.rows
        fraud = rows[LABEL].to_numpy(dtype=np.float64, na_value=np.nan) == 1
        yield np.where(fraud, self._known_from(), NEVER), np.full(len(rows), NEVER)
        for start, end in times_taken_back(rows):
            known = start.notna().to_numpy()
            micros = (part.to_numpy(dtype="datetime64[us]").view(np.int64) for part in (start, end))
            since, until = (np.where(known, part, NEVER) for part in micros)
            yield since, until

    def _known_from(self) -> Ints:
        """From when each row's label is known: its report, else its maturity."""
        matured: Ints = self.micros() + to_micros(self.maturity)
        if KNOWN_AT not in self.rows:
            return matured
        return np.where(self.rows[KNOWN_AT].isna(), matured, self.times(KNOWN_AT))


@dataclass
class ColumnBlocks:
    """Columns of all rows (n,) in blocks of rows; each column is made once and cut."""

    whole: ColumnSource
    emitted: Mask
    rows_a_block: int
    _made: dict[tuple[str, str], Any] = field(init=False, default_factory=dict)

    def __call__(self) -> Iterator[RowBlock]:
        """All blocks in the order of the rows."""
        for start in range(0, len(self.emitted), self.rows_a_block):
            part = slice(start, start + self.rows_a_block)
            yield _Part(self, part), self.emitted[part]

    def made(self, what: str, column: str = "") -> Any:
        """A column as one of the methods of the whole gives it."""
        if (what, column) not in self._made:
            method: Callable[..., Any] = getattr(self.whole, what)
            self._made[what, column] = method(*([column] if column else []))
        return self._made[what, column]

    @property
    def fraud_times(self) -> int:
        """How many pairs of times say when a row counts as a known fraud."""
        self._made["fraud_times", ""] = tuple(self.whole.fraud_times())
        return len(self._made["fraud_times", ""])


@dataclass(frozen=True)
class _Part:
    """A block's columns."""

    blocks: ColumnBlocks
    part: slice

    def micros(self) -> Ints:
        found: Ints = self.blocks.made("micros")[self.part]
        return found

    def numbers(self, column: str) -> Floats:
        found: Floats = self.blocks.made("numbers", column)[self.part]
        return found

    def codes(self, column: str) -> Ints:
        found: Ints = self.blocks.made("codes", column)[self.part]
        return found

    def times(self, column: str) -> Ints:
        found: Ints = self.blocks.made("times", column)[self.part]
        return found

    def fraud_times(self) -> Iterator[tuple[Ints, Ints]]:
        pairs = self.blocks.made("fraud_times")
        return ((start[self.part], end[self.part]) for start, end in pairs)
