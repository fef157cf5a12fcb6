"""Reads a text file by Arrow where every one of its lines is a row, and says where not.

Arrow takes any record that has as many fields as the header. So the number of records must be
the number of lines, which no record of several lines allows, and no line may be a header, a
total or empty; whatever is doubtful is for `careful`.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fraud_assets.data.kinds.exact import exact_frame
from fraud_assets.data.source.table import PART_ROWS, RowBound, TableRows
from fraud_assets.data.source.text.arrow import read_parts_of_stream, read_stream
from fraud_assets.data.source.text.dialect import TextFile, TextLayout
from fraud_assets.data.source.text.malformed import TOTAL_WORDS
from fraud_assets.data.source.text.quotes import ends_open

_LOOKED_AT = 3
"""First columns in which a total's word or an empty row shows."""

_TAIL = 1 << 16
_ONE_BYTE = ("cp125", "cp85", "cp437", "iso8859", "koi8", "mac-")


def read_fast(
    stream: BinaryIO, text: TextFile, places: Sequence[int], bound: RowBound
) -> TableRows | None:
    """The rows of a file, whose stream stands at its start; None where a line may be no row."""
    layout, encoding = text.layout, text.encoding
    if not _may_be_fast(text):
        return None
    watched = _Watched(stream, encoding, layout.first + bound.most - bound.taken)
    taken = _taken(layout, places)
    try:
        table = read_stream(watched, encoding, layout, taken, skip=layout.first)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return None
    rows = table.num_rows
    if not watched.holds_rows_alone(rows, layout):
        return None
    bound.require(text.shown, rows)
    if _has_odd_rows(table, layout, taken):
        return None
    return _rows(table, len(places), 0)


def is_fast(stream: BinaryIO, text: TextFile, places: Sequence[int], bound: RowBound) -> bool:
    """Whether `read_fast` takes the file, found out in parts; raises as it does."""
    layout, encoding = text.layout, text.encoding
    if not _may_be_fast(text):
        return False
    watched = _Watched(stream, encoding, layout.first + bound.most - bound.taken)
    taken, rows = _taken(layout, places), 0
    first = [taken.index(at) for at in range(min(_LOOKED_AT, len(layout.names)))]
    try:
        for table in read_parts_of_stream(watched, encoding, layout, taken, skip=layout.first):
            rows += table.num_rows
            looked_at = table.select(first).rename_columns(list(map(str, range(len(first)))))
            if _has_odd_rows(looked_at, layout, list(range(len(first)))):
                return False
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return False
    if not watched.holds_rows_alone(rows, layout):
        return False
    bound.require(text.shown, rows)
    return True


def fast_parts(stream: BinaryIO, text: TextFile, places: Sequence[int]) -> Iterator[TableRows]:
    """The rows of a file that `is_fast`, in parts."""
    layout, start = text.layout, 0
    for table in read_parts_of_stream(stream, text.encoding, layout, places, skip=layout.first):
        for at in range(0, table.num_rows, PART_ROWS):
            part = table.slice(at, PART_ROWS)
            yield _rows(part, len(places), start)
            start += part.num_rows


def _may_be_fast(text: TextFile) -> bool:
    layout = text.layout
    plain = len(layout.separator) == 1 and not layout.spaced and not layout.before
    return plain and _is_simple(text.encoding)


def _taken(layout: TextLayout, places: Sequence[int]) -> list[int]:
    """The columns that are read: those asked for, and the first ones."""
    first = [at for at in range(min(_LOOKED_AT, len(layout.names))) if at not in places]
    return [*places, *first]


def _rows(table: pa.Table, columns: int, start: int) -> TableRows:
    frame = exact_frame(table.select(range(columns)))
    position = np.arange(start, start + table.num_rows)
    return TableRows(frame.set_axis(range(columns), axis=1), position, table.num_rows)


def _is_simple(encoding: str) -> bool:
    """Whether line ends, quotes and separators are single bytes of their own in it."""
    return encoding in ("utf-8", "utf-8-sig", "ascii") or encoding.startswith(_ONE_BYTE)


def _has_odd_rows(table: pa.Table, layout: TextLayout, taken: Sequence[int]) -> bool:
    """Whether some row may be a header, a total or empty, by its first columns."""
    first = range(min(_LOOKED_AT, len(layout.names)))
    columns = {at: table.column(taken.index(at)) for at in first}
    named = [at for at in first if layout.names[at].isascii() and layout.names[at].strip()]
    if not named:
        return True
    name = re.escape(layout.names[named[0]].strip())
    header = pc.match_substring_regex(
        columns[named[0]], rf"^[\s\x{{feff}}]*{name}\s*$", ignore_case=True
    )
    filled = pc.coalesce(*columns.values())
    total = pc.match_substring_regex(filled, rf"^{TOTAL_WORDS}", ignore_case=True)
    blank = pc.or_kleene(pc.is_null(filled), pc.match_substring_regex(filled, r"^\s*$"))
    return any(pc.any(doubt).as_py() for doubt in (header, total, blank))


class _Watched(io.RawIOBase):
    """A stream that counts lines as it is read, and notices what Arrow would pass over."""

    def __init__(self, stream: BinaryIO, encoding: str, most: int) -> None:
        super().__init__()
        self._most = most
        self._stream = stream
        utf8 = encoding in ("utf-8", "utf-8-sig")
        self._decoder = codecs.getincrementaldecoder("utf-8")() if utf8 else None
        self._line_ends, self._returns, self._pairs = 0, 0, 0
        self._last, self._tail = b"", b""
        self.is_sound = True

    @property
    def lines(self) -> int:
        """Physical lines so far, the last one without a line end included."""
        return self._line_ends + (self._last not in (b"", b"\n"))

    def holds_rows_alone(self, rows: int, layout: TextLayout) -> bool:
        """Whether the file, read to its end, has a line for each of so many rows."""
        whole = self.is_sound and rows == self.lines - layout.first
        return whole and not ends_open([self.last_line], layout)

    @property
    def last_line(self) -> str:
        """The last line that holds anything, or as much of it as was kept."""
        return self._tail.rstrip(b"\r\n").rpartition(b"\n")[2].decode("latin-1")

    def readable(self) -> bool:
        """As the base class asks."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        chunk = b"" if self._line_ends > self._most else self._stream.read(size)
        self._line_ends += chunk.count(b"\n")
        self._returns += chunk.count(b"\r")
        self._pairs += chunk.count(b"\r\n") + (self._last == b"\r" and chunk[:1] == b"\n")
        self._last = chunk[-1:] or self._last
        self._tail = (self._tail + chunk)[-_TAIL:] if len(chunk) < _TAIL else chunk[-_TAIL:]
        if self._line_ends > self._most:
            self.is_sound = False  # more than memory may hold; a careful reader counts them
        if b"\0" in chunk or (not chunk and self._returns != self._pairs):
            self.is_sound = False
        if self._decoder is not None and not chunk.isascii():
            self._decode(chunk)
        return chunk

    def _decode(self, chunk: bytes) -> None:
        """Columns that nobody asked for must be text too."""
        try:
            self._decoder.decode(chunk)  # type: ignore[union-attr]
        except UnicodeDecodeError:
            self.is_sound = False
