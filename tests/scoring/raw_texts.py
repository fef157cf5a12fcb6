# ruff: noqa: RUF001 - letters that look alike are the point
"""Texts as callers and exports may write them: every letter, mark, blank and sign of Unicode."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

NASTY = (
    "Gießen", "gießen ", "GIESSEN", "GIEßEN", "ẞ", "ŉ", "ǰ", "ﬁsh", "ﬃ", "ΐ", "ᾳ", "ᾼ",
    "ΟΔΟΣ", "οδος", "οδοσ", "Σ", "aΣ", "İstanbul", "istanbul", "ISTANBUL", "ıI", "dž", "ǅ",
    "e\u0301", "é", "a\u0323\u0307", "a\u0307\u0323", "\u212b", "K", "\u2126", "가", "\u1100\u1161",
    "\u00a0DE\u00a0", "\u3000DE", "\u2003DE\u2009", "\u200bDE", "DE\ufeff", "\u200eDE\u200f",
    "\x00DE\x00", "\x1fDE", "DE\x85", "\u180eDE", "\u00adDE", "D\u200bE", "D E", "D\u00a0E",
    "NA", "n/a", "N/A", "\\N", "<NA>", "NaT", "None", "nil", "-", "?", "--", "#N/A", "unknown",
    "1001", "1001.0", "1001.00", " 1001 ", "007", "-0.0", "1e3", "１００１", "٣", "½", "²", "+5",
    "true", "True", "TRUE", "🏴\U000e0067\U000e0062\U000e007f", "👩\u200d🚀",
    "\U00010428", "\U0001e922",
)  # fmt: skip
"""Where case, composition, blanks and words for missing have gone wrong in some system."""

_MARKS = "\u0301\u0307\u0308\u0327\u0345\u0323"
_PLACES = ("{}", " {}x\u00a0", "a{}", "{}Σ", "Α{}")


@cache
def cased() -> tuple[str, ...]:
    """Every letter that some change of case or composition alters."""
    letters = map(chr, range(0x110000))
    return tuple(c for c in letters if len({c, c.upper(), c.lower(), c.casefold(), _nfc(c)}) > 1)


def of_cased() -> Iterator[str]:
    """Each such letter alone, within text, and under combining marks."""
    yield from NASTY
    for letter in cased():
        yield from (place.format(letter) for place in _PLACES)
        yield from (letter + mark for mark in _MARKS)
        yield letter + _MARKS[0] + _MARKS[5]


def of_all() -> Iterator[str]:
    """The same, and every other character that Unicode assigns."""
    yield from of_cased()
    for letter in map(chr, range(0x110000)):
        if unicodedata.category(letter) not in ("Cn", "Cs", "Co"):
            yield letter
            yield f"x{letter}"


def _nfc(letter: str) -> str:
    return unicodedata.normalize("NFC", letter)
