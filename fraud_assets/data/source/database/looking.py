"""A first look at a table or query: every column, and rows spread evenly over those that come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fraud_assets.contract.sections.source import Source
from fraud_assets.data.kinds.exact import exact_frame
from fraud_assets.data.source.database.connection import snapshot
from fraud_assets.data.source.database.relation import look_at_relation
from fraud_assets.data.source.database.statement import DIGITS, select
from fraud_assets.data.source.table import RowBound
from fraud_assets.data.source.times import ALL_TIMES


@dataclass(frozen=True)
class SpreadRows:
    """Rows (n,) of a table or query, at even distances among the `read` ones that the server sent.

    `nested` are columns of lists or records, which `frame` leaves out.
    """

    frame: pd.DataFrame
    read: int
    nested: tuple[str, ...]


def look_at_rows(source: Source, most: int) -> SpreadRows:
    """All columns of up to `most` rows; memory holds twice as many at a time.

    Raises
    ------
    DataError
        If it cannot be reached or read, or has more than `source.max_rows`.
    """
    with snapshot(source) as connection:
        relation = look_at_relation(connection, source)
        flat = [at for at, one in enumerate(relation.columns) if not one.is_nested]
        with connection.cursor() as cursor:
            cursor.execute(select(relation, flat, None, ALL_TIMES))
            reader = cursor.fetch_record_batch()
            table, read = _thinned(reader, reader.schema, most, source)
    chosen = [relation.columns[at] for at in flat]
    columns = [
        _numbers(column) if one.type in DIGITS else column
        for one, column in zip(chosen, table.columns, strict=True)
    ]
    frame = exact_frame(pa.table(columns, names=list(map(str, range(len(columns))))))
    names = [one.name for one in chosen]
    nested = tuple(one.name for one in relation.columns if one.is_nested)
    return SpreadRows(frame.set_axis(names, axis=1), read, nested)


def _thinned(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, most: int, source: Source
) -> tuple[pa.Table, int]:
    """Rows at one distance, doubled whenever twice `most` are kept; and how many came."""
    bound, read, step = RowBound(source.max_rows), 0, 1
    kept = schema.empty_table()
    for batch in batches:
        first = -read % step
        places = pa.array(range(first, batch.num_rows, step), pa.int64())
        kept = pa.concat_tables([kept, pa.Table.from_batches([batch.take(places)])])
        read += batch.num_rows
        bound.require(source.path, read)
        while kept.num_rows > 2 * most:
            step *= 2
            kept = kept.take(pa.array(range(0, kept.num_rows, 2), pa.int64()))
    return kept, read


def _numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Digits as numbers: whole ones, however long, as such where 64 bits hold them."""
    try:
        return pc.cast(column, pa.int64())
    except pa.ArrowInvalid:
        return pc.cast(column, pa.float64())
