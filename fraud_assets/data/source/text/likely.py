"""Which encoding bytes that are no UTF-8 likely have: the one whose letters look most usual."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_WEST = "äöüßÄÖÜéèêëàâçîïôûùñóíáúãõåøæœÉÈÀÇÑÓÍÁÚÃÕÅØÆìòÔÊÂ¿¡€£"
_CENTRE = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰäöüßÄÖÜăâîșțĺľôŕ€"
_LARGE, _SMALL = r"\u0410-\u042f\u0401\u0406\u0407\u0404", r"\u0430-\u044f\u0451\u0456\u0457\u0454"
_CYRILLIC = rf"(?:[{_LARGE}]?[{_SMALL}]+|[{_LARGE}]+)(?![{_LARGE}{_SMALL}])"
_LEVEL_ONE = {"gb18030": (0xB0, 0xD7), "big5": (0xA4, 0xC6), "shift_jis": (0x88, 0x97)}
"""First bytes of the characters that these encodings list as common."""

_SEVERAL = re.compile(rb"[\x80-\xff]{4,}")
_FEWEST = 2
"""Cyrillic letters of a word; a single one between Latin letters is none."""


@dataclass(frozen=True)
class LikelyEncoding:
    """An encoding, and the letters that are usual in texts that have it, as a pattern."""

    name: str
    usual: str
    least: int = 1


_CANDIDATES = (
    LikelyEncoding("cp1252", f"[{_WEST}]"),
    LikelyEncoding("cp1251", _CYRILLIC, _FEWEST),
    LikelyEncoding("koi8-r", _CYRILLIC, _FEWEST),
    LikelyEncoding("cp866", _CYRILLIC, _FEWEST),
    LikelyEncoding("cp850", f"[{_WEST}]"),
    LikelyEncoding("cp1250", f"[{_CENTRE}]"),
    LikelyEncoding("iso8859-2", f"[{_CENTRE}]"),
)
_EAST = ("euc_kr", "gb18030", "shift_jis", "big5")


def likely_of(part: bytes) -> str:
    """The encoding of which most letters beyond ASCII are usual; of equal ones the first."""
    found = {one.name: _share(part, one) for one in _CANDIDATES}
    if _SEVERAL.search(part):
        found |= {name: _eastern(part, name) for name in _EAST}
    best = max(found, key=lambda name: found[name])
    if found[best] > 0:
        return best
    return "latin-1" if decoded(part, "cp1252") is None else "cp1252"


def decoded(part: bytes, encoding: str) -> str | None:
    """The text, whose end may be half a letter; None where it cannot be in that encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(part)
    except UnicodeDecodeError:
        return None


def _share(part: bytes, one: LikelyEncoding) -> float:
    """Share of the letters beyond ASCII that are usual in the encoding."""
    text = decoded(part, one.name)
    beyond = 0 if text is None else sum(not letter.isascii() for letter in text)
    if text is None or not beyond:
        return 0.0
    words = (match[0] for match in re.finditer(one.usual, text))
    return sum(len(word) for word in words if len(word) >= one.least) / beyond


def _eastern(part: bytes, encoding: str) -> float:
    text = decoded(part, encoding)
    letters = [letter for letter in text or "" if not letter.isascii()]
    return sum(_is_common(letter, encoding) for letter in letters) / max(len(letters), 1)


def _is_common(letter: str, encoding: str) -> bool:
    if encoding == "euc_kr":
        return "\uac00" <= letter <= "\ud7a3"
    if encoding == "shift_jis" and "\u3040" <= letter <= "\u30ff":
        return True
    low, high = _LEVEL_ONE[encoding]
    data = letter.encode(encoding, errors="replace")
    return len(data) == 2 and low <= data[0] <= high
