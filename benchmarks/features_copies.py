"""The handbook's payments many times over, as a Parquet file: more payments than memory holds.

Each copy has customers and terminals of its own, and all copies of a row lie side by side. So every
copy's features must be, bit by bit, those of the handbook's payments alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.feature_engines import WINDOWED
from benchmarks.public_data import raw_rows
from fraud_assets.data.derive import FrameColumns
from fraud_assets.features.arrays import Floats, Ints, Mask
from fraud_assets.features.batch.past import Past
from fraud_assets.features.batch.pieces.cutting import RowBlock
from fraud_assets.features.batch.pieces.deriving import (
    ROWS_A_BLOCK,
    derive_by_pieces,
    pieces_for,
)
from fraud_assets.features.labels import NEVER

ENTITIES = ("CUSTOMER_ID", "TERMINAL_ID")
MOMENT, PAID, FRAUD = "TX_DATETIME", "TX_AMOUNT", "TX_FRAUD"


@dataclass(frozen=True)
class World:
    """The handbook's columns as plain arrays (n,), and the twelve windows."""

    micros: Ints
    paid: Floats
    codes: dict[str, Ints]
    fraud: Mask
    kinds: dict[str, Any]
    maturity: int

    @classmethod
    def read(cls) -> World:
        """Of the public files."""
        contract, rows = raw_rows("handbook")
        maturity = timedelta(days=contract.label.maturity_days)
        columns = FrameColumns(rows, maturity)
        return cls(
            columns.micros().copy(),
            columns.numbers(PAID).copy(),
            {name: columns.codes(name) for name in ENTITIES},
            next(iter(columns.fraud_times()))[0] != NEVER,
            {name: contract.derived[name] for name in WINDOWED},
            int(maturity / timedelta(microseconds=1)),
        )

    def write(self, path: Path, copies: int) -> None:
        """So many copies, in time order."""
        step = max(1, ROWS_A_BLOCK // copies)
        with pq.ParquetWriter(path, self._table(slice(0, 0), 1).schema) as writer:
            for start in range(0, len(self.micros), step):
                writer.write_table(self._table(slice(start, start + step), copies))

    def _table(self, part: slice, copies: int) -> pa.Table:
        owners = {
            name: (codes[part][:, None] + np.arange(copies) * (codes.max() + 1)).ravel()
            for name, codes in self.codes.items()
        }
        return pa.table(
            {
                MOMENT: np.repeat(self.micros[part], copies).view("datetime64[us]"),
                **owners,
                PAID: np.repeat(self.paid[part], copies),
                FRAUD: np.repeat(self.fraud[part], copies).astype(np.int8),
            }
        )


@dataclass(frozen=True)
class ParquetColumns:
    """A part of such a file as derived features see it."""

    table: pa.Table
    maturity: int

    def micros(self) -> Ints:
        """Event time of each row in microseconds."""
        found: Ints = self.table[MOMENT].to_numpy().view(np.int64)
        return found

    def numbers(self, column: str) -> Floats:
        """A column of numbers."""
        found: Floats = self.table[column].to_numpy()
        return found

    def codes(self, column: str) -> Ints:
        """The entities are numbered in the file."""
        found: Ints = self.table[column].to_numpy()
        return found

    def times(self, column: str) -> Ints:
        """There are no other times."""
        raise KeyError(column)

    def fraud_times(self) -> list[tuple[Ints, Ints]]:
        """A fraud is known once its label has matured."""
        fraud = self.table[FRAUD].to_numpy() == 1
        known = np.where(fraud, self.micros() + self.maturity, NEVER)
        return [(known, np.full(len(known), NEVER))]


@dataclass(frozen=True)
class FeatureFile:
    """Reads payments of a Parquet file, derives the windows, and writes them to another one.

    Up to `at_once` rows in one piece, beyond by pieces in `folder`: what the factory does.
    """

    source: Path
    kinds: dict[str, Any]
    maturity: int
    at_once: int

    @property
    def rows(self) -> int:
        """Of the source."""
        return int(pq.read_metadata(self.source).num_rows)

    @property
    def pieces(self) -> int:
        """Into how many each entity's payments are cut."""
        return 1 if self.rows <= self.at_once else pieces_for(self.rows)

    def derive(self, folder: Path) -> Iterator[Floats]:
        """Each block of features (rows, windows), once it is written to `folder`."""
        folder.mkdir()
        schema = pa.schema([(name, pa.float64()) for name in self.kinds])
        made = self._by_pieces(folder) if self.pieces > 1 else self._in_one()
        with pq.ParquetWriter(folder / "features.parquet", schema) as writer:
            for values in made:
                writer.write_batch(pa.record_batch([*values.T], schema=schema))
                yield values

    def _by_pieces(self, folder: Path) -> Iterator[Floats]:
        scratch = folder / "pieces"
        return derive_by_pieces(self._blocks, self.kinds, self.pieces, scratch, fraud_times=1)

    def _in_one(self) -> Iterator[Floats]:
        columns = ParquetColumns(pq.read_table(self.source), self.maturity)
        yield in_one_piece(columns, self.rows, self.kinds)

    def _blocks(self) -> Iterator[RowBlock]:
        with pq.ParquetFile(self.source) as file:
            for batch in file.iter_batches(ROWS_A_BLOCK):
                columns = ParquetColumns(pa.Table.from_batches([batch]), self.maturity)
                yield columns, np.ones(len(batch), dtype=bool)


def in_one_piece(columns: ParquetColumns, rows: int, kinds: dict[str, Any]) -> Floats:
    """The windows of arrays that are in memory, (rows, windows); nothing is read or written."""
    past = Past(columns, np.ones(rows, dtype=bool))
    return np.array([kind.batch(past) for kind in kinds.values()]).T
