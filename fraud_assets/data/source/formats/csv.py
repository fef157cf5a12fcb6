"""Text with separators: every field as it stands, every line a row or set aside by a rule."""

from __future__ import annotations

import codecs
import io
from collections.abc import Collection, Iterator, Sequence
from functools import partial

from fraud_assets.contract.sections.source import Source
from fraud_assets.data.source.stored import Stored
from fraud_assets.data.source.table import EmptyTableError, RowBound, Table, TableRows
from fraud_assets.data.source.text.careful import read_carefully
from fraud_assets.data.source.text.dialect import TextFile, find_layout
from fraud_assets.data.source.text.encoding import encoding_sentence, text_encoding
from fraud_assets.data.source.text.fast import fast_parts, is_fast, read_fast
from fraud_assets.errors import DataError

_HEAD = 1 << 18
"""Bytes that are looked at for encoding, separator and header."""

_LINES = 200


class _Csv:
    name = "csv"
    endings = (".csv", ".tsv", ".txt", ".tab", ".psv")
    magic = b""

    def open(self, stored: Stored, source: Source, wanted: Collection[str]) -> Table:
        """Encoding, separator and header, by the first lines."""
        head = stored.head(_HEAD)
        encoding = text_encoding(head, source.encoding, stored.shown)
        lines = _first_lines(stored, head, encoding)
        layout = find_layout(lines, source.separator, wanted)
        if layout is None:
            raise EmptyTableError(
                f"{stored.shown} must be a readable csv file with a header line, but is empty. "
                "Export it again, or move it out."
            )
        text = TextFile(stored.shown, encoding, layout)
        return Table(text.names, partial(_read, stored, text), partial(_parts, stored, text))


FORMAT = _Csv()


def _first_lines(stored: Stored, head: bytes, encoding: str) -> list[str]:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
        undecodable = False
    except UnicodeDecodeError:
        undecodable = True
    if undecodable:
        raise DataError(encoding_sentence(stored.shown, encoding, head))
    lines = list(io.StringIO(text, newline=""))
    if len(head) == _HEAD and len(lines) > 1:
        lines.pop()  # it may be cut
    return lines[:_LINES]


def _read(stored: Stored, text: TextFile, places: Sequence[int], bound: RowBound) -> TableRows:
    with stored.open() as stream:
        rows = read_fast(stream, text, places, bound)
    return rows or _read_slowly(stored, text, places, bound)


def _parts(
    stored: Stored, text: TextFile, places: Sequence[int], bound: RowBound
) -> Iterator[TableRows]:
    with stored.open() as stream:
        fast = is_fast(stream, text, places, bound)
    if not fast:
        yield _read_slowly(stored, text, places, bound)
        return
    with stored.open() as stream:
        yield from fast_parts(stream, text, places)


def _read_slowly(
    stored: Stored, text: TextFile, places: Sequence[int], bound: RowBound
) -> TableRows:
    with stored.open() as stream:
        try:
            with io.TextIOWrapper(stream, text.encoding, newline="") as lines:
                return read_carefully(lines, text, places, bound)
        except UnicodeDecodeError as error:
            part = error.object[max(0, error.start - 2000) : error.start + 2000]
    raise DataError(encoding_sentence(stored.shown, text.encoding, part))
