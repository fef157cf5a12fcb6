"""How a text file is written: its encoding, its separator and its decimal sign."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import fsspec

from fraud_assets.data.draft.guess import Guess, Question
from fraud_assets.data.draft.toml import assigned, quoted
from fraud_assets.errors import DataError

_CHUNK = 1 << 20
_LOOKED_AT = 64 * _CHUNK
_SEPARATORS = ",;\t|"
_LINES = 30

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


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
    with fsspec.open(file, "rb", compression="infer") as stream:
        head = stream.read(_CHUNK)
        encoding, questions = _encoding(head, iter(lambda: stream.read(_CHUNK), b""))
    lines = _lines(head, encoding.value)
    separator = _separator(lines)
    _refuse_without_header(file, lines, separator.value)
    return Dialect(encoding, separator, questions)


def _encoding(head: bytes, rest: Iterable[bytes]) -> tuple[Guess, list[Question]]:
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Guess(name, "its byte order mark", "sure"), []
    zeros = head[:2_000].count(0)
    if zeros > 0.2 * min(len(head), 2_000) > 0:
        order = "le" if head[1:2_000:2].count(0) > head[:2_000:2].count(0) else "be"
        return Guess(f"utf-16-{order}", "every second byte is zero", "likely"), []
    decoder = codecs.getincrementaldecoder("utf-8")()
    read = 0
    try:
        for chunk in _chunks(head, rest):
            decoder.decode(chunk)
            read += len(chunk)
            if read > _LOOKED_AT:
                break
    except UnicodeDecodeError as error:
        return _one_byte(error)
    return Guess("utf-8", "all its bytes decode so", "sure"), []


def _chunks(head: bytes, rest: Iterable[bytes]) -> Iterable[bytes]:
    yield head
    yield from rest


def _one_byte(error: UnicodeDecodeError) -> tuple[Guess, list[Question]]:
    """An encoding of one byte a letter: nothing in a file says which, so a word is put to view."""
    around = bytes(error.object[max(0, error.start - 12) : error.start + 12])
    word = re.split(rb"[\s,;|\"]", around[: 12 + 1])[-1] + re.split(rb"[\s,;|\"]", around[13:])[0]
    shown = quoted(word.decode("cp1252", errors="replace"))
    guess = Guess("cp1252", "it is no UTF-8, and this is the most frequent other", "doubtful")
    return guess, [
        Question(
            "source.encoding",
            f"The file is no UTF-8; read as cp1252 (Windows, Western Europe) one of its words is "
            f"{shown}. Is that right?",
            (assigned("encoding", "iso-8859-2"), assigned("encoding", "cp850")),
        )
    ]


def _lines(head: bytes, encoding: str) -> list[str]:
    """First lines without a byte order mark and without the `sep=` line of a spreadsheet."""
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)
    lines = text.lstrip("\ufeff").splitlines()[: _LINES + 1]
    return lines[1:] if lines and re.fullmatch(r'"?sep=.{1,2}', lines[0], re.I) else lines


def _separator(lines: list[str]) -> Guess:
    """The sign that splits the first lines into the same number of fields, and most of them."""
    best, fields = ",", 0
    for sign in _SEPARATORS:
        widths = [len(row) for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=sign)]
        widths = [width for width in widths if width]
        if not widths:
            continue
        usual = max(set(widths), key=widths.count)
        if usual > fields and widths.count(usual) >= 0.8 * len(widths):
            best, fields = sign, usual
    sure = fields > 1
    why = f"it splits the first lines into {fields} fields each" if sure else "no sign splits it"
    return Guess(best, why, "sure" if sure else "doubtful")


def _refuse_without_header(file: str, lines: list[str], separator: str) -> None:
    rows = [row for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=separator) if row]
    if not rows:
        raise DataError(f"{file} must hold a header line and rows, but is empty. Add some.")
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
