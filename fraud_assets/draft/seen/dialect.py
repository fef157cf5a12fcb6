"""How a text file is written: its encoding, its separator and its decimal sign."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass, field
from itertools import islice

from fraud_assets.data.source.files import single_table
from fraud_assets.data.source.stored import read_whole
from fraud_assets.data.source.text.dialect import TextLayout, find_layout, is_separator_line
from fraud_assets.data.source.text.encoding import Likely, find_encoding
from fraud_assets.draft.guess import Guess, Question
from fraud_assets.draft.toml import assigned, quoted
from fraud_assets.errors import DataError

_CHUNK = 1 << 20
_LOOKED_AT = 64
"""Parts of a file that are looked at for its encoding."""

_LINES = 31
_OTHERS = ("cp1252", "iso-8859-2", "cp1251", "cp850")
"""Encodings that are offered beside the likely one."""


@dataclass(frozen=True)
class Dialect:
    """Settings under which a file reads, with what is doubtful about them."""

    encoding: Guess
    separator: Guess
    questions: list[Question] = field(default_factory=list)


def find_dialect(file: str) -> Dialect:
    """Encoding and separator of a text file, compressed or not.

    Raises
    ------
    DataError
        If its first lines are no table with a header.
    """
    stored = single_table(file)
    with stored.open() as stream:
        head = read_whole(stream, _CHUNK)
        rest = islice(iter(lambda: stream.read(_CHUNK), b""), _LOOKED_AT)
        likely = find_encoding(head, rest)
    lines = _lines(head, likely.name)
    layout = find_layout(lines, "auto", ())
    if layout is None:
        raise DataError(f"{file} must hold a header line and rows, but is empty. Add some.")
    _refuse_without_header(file, lines, layout)
    encoding = Guess(likely.name, likely.why, "sure" if likely.word is None else "doubtful")
    return Dialect(encoding, _separator(layout), _asked(likely))


def _asked(likely: Likely) -> list[Question]:
    """An encoding of one byte a letter: nothing in a file says which, so a word is put to view."""
    if likely.word is None:
        return []
    others = [name for name in _OTHERS if name != likely.name]
    return [
        Question(
            "source.encoding",
            f"The file is no UTF-8; read as {likely.name} one of its words is "
            f"{quoted(likely.word)}. Is that right?",
            tuple(assigned("encoding", name) for name in others),
        )
    ]


def _lines(head: bytes, encoding: str) -> list[str]:
    """First lines, their byte order mark taken off."""
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)
    return list(islice(io.StringIO(text.lstrip("\ufeff"), newline=""), _LINES))


def _separator(layout: TextLayout) -> Guess:
    """The sign that reading splits lines by."""
    fields = len(layout.names)
    if fields > 1:
        why = f"it splits the first lines into {fields} fields each"
        return Guess(layout.separator, why, "sure")
    return Guess(layout.separator, "no sign splits it", "doubtful")


def _refuse_without_header(file: str, lines: list[str], layout: TextLayout) -> None:
    start = 1 if is_separator_line(lines[0]) else 0
    rows = [row for row in layout.reader(map(layout.prepared, lines[start:])) if any(row)]
    header = rows[0]
    values = [cell for cell in header if _is_value(cell)]
    if len(values) >= 2 and len(values) >= 0.3 * len(header):
        raise DataError(
            f"{file} must open with a header line that names the columns, but its first line "
            f"looks like a payment ({', '.join(map(quoted, values[:3]))}). Add a line of names."
        )
    widths = [len(row) for row in rows[1:]]
    if len(rows) > 3 and len(header) == 1 < max(widths):
        raise DataError(
            f"{file} must open with its header line, but the first line is {quoted(header[0])}. "
            "Remove the lines above the header."
        )


def _is_value(cell: str) -> bool:
    """Whether a cell of the first line is a number or a time and no name."""
    return bool(
        re.fullmatch(r"[-+]?\d+([.,]\d+)?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?", cell.strip())
    )
