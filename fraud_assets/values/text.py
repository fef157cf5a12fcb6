"""Text as it counts: the one normalisation of training and serving.

A text is trimmed, composed (Unicode NFC) and put into the contract's case, in this order, and
composed once more, as changing case can take letters apart. What a text holds between its first
and its last visible character is kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal
from unicodedata import category, normalize

LetterCase = Literal["keep", "upper", "lower"]

NORMALISATION: Literal["nfc"] = "nfc"
"""Name of this normalisation, which every version that was trained under it carries."""

_INVISIBLE = "\u00ad\u061c\u180e\u200b\u200e\u200f\u2060\ufeff" + "".join(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)
"""Marks that print nothing: soft hyphen, zero width spaces, byte order mark, directions."""

OUTER = _INVISIBLE + "".join(
    letter
    for letter in map(chr, range(0x3001))  # the ideographic space is the last of them
    if letter.isspace() or category(letter) == "Cc"
)
"""What is trimmed from both ends of a text: white space, control characters, invisible marks."""

_WHOLE = re.compile(r"([+-]?[0-9]+)\.0+")
"""A whole number as a column of floats or decimals writes it."""


def trimmed(text: str) -> str:
    """The text without what cannot be seen at its ends, composed."""
    text = text.strip(OUTER)
    return text if text.isascii() else normalize("NFC", text)


def folded(text: str) -> str:
    """The text as words are compared: trimmed, without regard to case."""
    return trimmed(text).casefold()


def normal(text: str, case: LetterCase = "keep") -> str:
    """The text as training and serving see it: trimmed, in the contract's case, composed.

    A whole number loses the decimals that only its storage gave it: "1001.0" is "1001".
    """
    text = trimmed(text)
    if case != "keep":
        text = text.upper() if case == "upper" else text.lower()
        text = text if text.isascii() else normalize("NFC", text)
    whole = _WHOLE.fullmatch(text) if text.endswith("0") else None
    return text if whole is None else _unsigned_zero(whole[1])


def level(text: str, case: LetterCase, missing: Collection[str]) -> str | None:
    """The level of a category that a text means; None where it is one of the `missing` words."""
    return None if folded(text) in missing else normal(text, case)


def _unsigned_zero(digits: str) -> str:
    return "0" if digits.lstrip("+-").strip("0") == "" and digits[0] in "+-" else digits
