"""Which encoding a text file has: what its byte order mark says, else what the contract says."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from fraud_assets.data.source.text.likely import likely_of
from fraud_assets.errors import DataError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_AROUND, _JUDGED = 24, 4000
"""Bytes shown around the first odd one, and those by which an encoding is guessed."""

_APART = re.compile(rb"[\s,;|\"]")


def text_encoding(head: bytes, setting: str, shown: str) -> str:
    """The encoding of a file that begins with these bytes; `setting` is source.encoding.

    Raises
    ------
    DataError
        If the setting is no encoding, or the bytes are plainly of another one.
    """
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked is not None:
        return marked
    try:
        io.TextIOWrapper(io.BytesIO(), encoding=setting)
    except LookupError:
        raise DataError(
            f"source.encoding must be an encoding such as utf-8 or cp1252, got {setting!r}."
        ) from None
    found = codecs.lookup(setting).name
    wide = _two_bytes(head)
    if wide and not found.startswith(("utf-16", "utf-32")):
        raise DataError(encoding_sentence(shown, setting, head))
    return found


@dataclass(frozen=True)
class Likely:
    """An encoding and why; `word` is one of the file's that made it a guess, else None."""

    name: str
    why: str
    word: str | None = None


def find_encoding(head: bytes, rest: Iterable[bytes]) -> Likely:
    """The encoding of a file by its mark, else by all its bytes: `head` and what follows it."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Likely(name.removesuffix("-sig"), "its byte order mark")
    if wide := _two_bytes(head):
        return Likely(wide, "every second byte is zero")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for part in chain([head], rest):
            decoder.decode(part)
    except UnicodeDecodeError as error:
        guess = likely_encoding(error.object[error.start : error.start + _JUDGED])
        before = error.object[max(0, error.start - _AROUND) : error.start]
        after = error.object[error.start : error.start + _AROUND]
        word = (_APART.split(before)[-1] + _APART.split(after)[0]).decode(guess, errors="replace")
        return Likely(guess, f"it is no UTF-8, and its bytes look like {guess}", word)
    return Likely("utf-8", "all its bytes decode so")


def encoding_sentence(shown: str, encoding: str, part: bytes) -> str:
    """What to do where a file is not in the encoding that it should have; `part` is of the file."""
    return (
        f"{shown} must be text in the encoding {encoding}, but some of its bytes are none; likely "
        f'it is {likely_encoding(part)}. Set source.encoding = "{likely_encoding(part)}" after a '
        "look at its names and cities, or export it as utf-8."
    )


def likely_encoding(part: bytes) -> str:
    """A guess for bytes that are not UTF-8."""
    if wide := _two_bytes(part):
        return wide
    return likely_of(part)


def _two_bytes(part: bytes) -> str:
    """UTF-16 without a mark: of ASCII in it every second byte is zero."""
    even, odd = part[0:4096:2].count(0), part[1:4096:2].count(0)
    length = min(len(part), 4096) // 2
    if max(even, odd) < 0.3 * length or length < 2 or min(even, odd) > 0.1 * length:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"
