"""The rows of one SELECT: batches of Arrow as they come, counted before they are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fraud_assets.contract import Contract
from fraud_assets.contract.names import folded_name
from fraud_assets.data.kinds.exact import exact_frame
from fraud_assets.data.source.database.connection import snapshot
from fraud_assets.data.source.database.relation import DatabaseColumn, Relation, look_at_relation
from fraud_assets.data.source.database.statement import DIGITS, select
from fraud_assets.data.source.table import PART_ROWS, RowBound, Table, TableRows
from fraud_assets.data.source.times import EventTimes
from fraud_assets.payments.roles import number_columns

_BATCH_BYTES = 16 << 20
"""Size of a batch that the driver is asked for; the server sends rows as it finds them."""


def open_relation(contract: Contract, times: EventTimes) -> Table:
    """The contract's table or query: its columns now, its rows of `times` when they are read.

    Raises
    ------
    DataError
        If it cannot be reached or read, in a sentence without a password.
    """
    with snapshot(contract.source) as connection:
        relation = look_at_relation(connection, contract.source)
    rows = _RelationRows(contract, times, relation)
    nested = frozenset(column.name for column in relation.columns if column.is_nested)
    names = tuple(column.name for column in relation.columns)
    return Table(names, rows.read, rows.parts, nested)


@dataclass(frozen=True)
class _RelationRows:
    contract: Contract
    times: EventTimes
    relation: Relation

    def read(self, places: Sequence[int], bound: RowBound) -> TableRows:
        with self._reader(places) as reader:
            batches = list(self._counted(reader, bound))
            table = pa.Table.from_batches(batches, reader.schema)
        return self._rows(table, places)

    def parts(self, places: Sequence[int], bound: RowBound) -> Iterator[TableRows]:
        start = 0
        with self._reader(places) as reader:
            for batch in self._counted(reader, bound):
                for at in range(0, batch.num_rows, PART_ROWS):
                    table = pa.Table.from_batches([batch.slice(at, PART_ROWS)])
                    yield self._rows(table, places, start + at)
                start += batch.num_rows

    @contextmanager
    def _reader(self, places: Sequence[int]) -> Iterator[pa.RecordBatchReader]:
        statement = select(self.relation, places, self.contract.columns.event_time, self.times)
        with snapshot(self.contract.source) as connection, connection.cursor() as cursor:
            cursor.adbc_statement.set_options(
                **{"adbc.postgresql.batch_size_hint_bytes": str(_BATCH_BYTES)}
            )
            cursor.execute(statement)
            yield cursor.fetch_record_batch()

    def _counted(self, reader: pa.RecordBatchReader, bound: RowBound) -> Iterator[pa.RecordBatch]:
        rows = 0
        for batch in reader:
            rows += batch.num_rows
            bound.require(self.contract.source.path, rows)
            yield batch

    def _rows(self, table: pa.Table, places: Sequence[int], start: int = 0) -> TableRows:
        chosen = [self.relation.columns[place] for place in places]
        columns = [
            pc.cast(column, pa.float64()) if self._is_digits(one) else column
            for one, column in zip(chosen, table.columns, strict=True)
        ]
        frame = exact_frame(pa.table(columns, names=list(map(str, range(len(places))))))
        frame = frame.set_axis(range(len(places)), axis=1)
        return TableRows(frame, np.arange(start, start + len(frame)), len(frame))

    def _is_digits(self, column: DatabaseColumn) -> bool:
        """Whether digits become numbers, as the contract has numbers; ids and words keep all."""
        numbers = {folded_name(name) for name in number_columns(self.contract)}
        return column.type in DIGITS and folded_name(column.name) in numbers
