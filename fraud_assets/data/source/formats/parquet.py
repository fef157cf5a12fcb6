"""Parquet: every value as the file holds it, no integer through a float."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import IO, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fraud_assets.contract.sections.source import Source
from fraud_assets.data.kinds.exact import exact_frame
from fraud_assets.data.source.place import plain_errors
from fraud_assets.data.source.stored import Stored, read_whole
from fraud_assets.data.source.table import PART_ROWS, RowBound, Table, TableRows
from fraud_assets.errors import DataError

MAX_TEXT = 8 << 30
"""Bytes of text in one column when no value is shared; what repeats takes next to none in a file,
and all of it in memory."""

MAX_UNPACKED = 32 << 30
"""Bytes of one packed file; a bomb has no end."""

_PART = 1 << 20
_IN_MEMORY = 64 << 20
"""Bytes of an unpacked file beyond which it goes to a temporary file."""

_REPEATS = 4
"""A column of text that takes fewer bytes a row repeats its values."""

_DICTIONARY = {"RLE_DICTIONARY", "PLAIN_DICTIONARY", "PLAIN", "RLE", "BIT_PACKED"}
"""Encodings that Arrow reads without writing each value out; of the others it cannot."""


class _Parquet:
    name = "parquet"
    endings = (".parquet", ".pq", ".parq")
    magic = b"PAR1"

    def open(
        self,
        stored: Stored,
        source: Source,  # noqa: ARG002 - one shape for all formats
        wanted: Collection[str],  # noqa: ARG002
    ) -> Table:
        """The footer's names and number of rows."""
        with _opened(stored) as stream:
            file = _file(stored, stream)
            schema = file.schema_arrow
        nested = frozenset(field.name for field in schema if pa.types.is_nested(field.type))
        return Table(tuple(schema.names), partial(_read, stored), partial(_parts, stored), nested)


FORMAT = _Parquet()


def _read(stored: Stored, places: Sequence[int], bound: RowBound) -> TableRows:
    with _opened(stored) as stream:
        file, names = _looked_up(stored, stream, places, bound)
        with _readable(stored):
            table = file.read(columns=list(dict.fromkeys(names)))
    return _rows(stored, table, names)


def _parts(stored: Stored, places: Sequence[int], bound: RowBound) -> Iterator[TableRows]:
    with _opened(stored) as stream, _readable(stored):
        file, names = _looked_up(stored, stream, places, bound)
        start = 0
        for batch in file.iter_batches(PART_ROWS, columns=list(dict.fromkeys(names))):
            yield _rows(stored, pa.Table.from_batches([batch]), names, start)
            start += batch.num_rows


def _looked_up(
    stored: Stored, stream: BinaryIO, places: Sequence[int], bound: RowBound
) -> tuple[pq.ParquetFile, list[str]]:
    """The file, and the names of the columns at these places.

    By name: places of columns with fields of their own are others in the file.
    """
    file = _file(stored, stream)
    bound.require(stored.shown, file.metadata.num_rows)
    schema = file.schema_arrow
    names = [schema.field(place).name for place in places]
    return _file(stored, stream, [name for name in names if _repeats(file, name)]), names


def _rows(stored: Stored, table: pa.Table, names: Sequence[str], start: int = 0) -> TableRows:
    columns = [_plain(stored, table.column(name)) for name in names]
    frame = exact_frame(pa.table(columns, names=list(map(str, range(len(names))))))
    position = np.arange(start, start + table.num_rows)
    return TableRows(frame.set_axis(range(len(names)), axis=1), position, table.num_rows)


@contextmanager
def _opened(stored: Stored) -> Iterator[BinaryIO]:
    """The file as a stream that can be read from any place."""
    with stored.open() as stream:
        if not stored.is_packed:
            yield stream
            return
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as unpacked:
            _copy(stored, stream, unpacked)
            unpacked.seek(0)
            yield unpacked  # type: ignore[misc]


def _copy(stored: Stored, stream: BinaryIO, unpacked: IO[bytes]) -> None:
    """Unpack a file, unless its first bytes are no Parquet's or it has no end."""
    size, part = 0, read_whole(stream, _PART)
    if not part.startswith(_Parquet.magic):
        raise DataError(
            f"{stored.shown} must be a readable parquet file, but is none or is damaged. Export it "
            "again, or give it the ending of what it is."
        )
    while part:
        size += len(part)
        if size > MAX_UNPACKED:
            raise DataError(
                f"{stored.shown} must hold at most {MAX_UNPACKED:,} bytes unpacked, holds more. "
                "Unpack it, or split it."
            )
        unpacked.write(part)
        part = stream.read(_PART)


def _file(stored: Stored, stream: BinaryIO, short: Sequence[str] = ()) -> pq.ParquetFile:
    with _readable(stored):
        return pq.ParquetFile(stream, read_dictionary=list(short))


def _readable(stored: Stored) -> AbstractContextManager[None]:
    return plain_errors(
        f"{stored.shown} must be a readable parquet file, but is none or is damaged",
        "Export it again, or give it the ending of what it is.",
    )


def _repeats(file: pq.ParquetFile, name: str) -> bool:
    """Whether a column of text takes so few bytes that its values must repeat in a dictionary."""
    schema, footer = file.schema_arrow, file.metadata
    kind = schema.field(schema.names.index(name)).type
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or kind == pa.binary()):
        return False
    size, encodings = 0, set[str]()
    for group in range(footer.num_row_groups):
        for at in range(footer.num_columns):
            chunk = footer.row_group(group).column(at)
            if chunk.path_in_schema == name:
                size += chunk.total_uncompressed_size
                encodings |= set(chunk.encodings)
    return encodings <= _DICTIONARY and size < _REPEATS * footer.num_rows


def _plain(stored: Stored, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column without its dictionary, which pandas would make a type of its own."""
    if not pa.types.is_dictionary(column.type):
        return column
    text = column.type.value_type
    if pa.types.is_string(text) or pa.types.is_binary(text) or pa.types.is_large_string(text):
        size = sum(_unshared(chunk) for chunk in column.chunks)
        if size > MAX_TEXT:
            raise DataError(
                f"{stored.shown} must hold at most {MAX_TEXT:,} bytes of text in a column, holds "
                f"{size:,}. Split it, or write long texts elsewhere."
            )
    return column.cast(text)


def _unshared(chunk: pa.DictionaryArray) -> int:
    lengths = pc.binary_length(chunk.dictionary).cast(pa.int64())
    return pc.sum(lengths.take(chunk.indices)).as_py() or 0
