"""Texts that went through a wrong encoding once: "GieÃŸen" was Gießen."""

from __future__ import annotations

LOST = "\ufffd"
"""Stands where some program could not read a letter."""

_WRONG = ("cp1252", "latin-1", "cp850", "cp1251")
"""Encodings as which UTF-8 is read by mistake, the most frequent first."""


def mended(text: str) -> str | None:
    """What a text was before its UTF-8 was read as something else; None where it reads well."""
    if text.isascii():
        return None
    for encoding in _WRONG:
        try:
            found = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        if found != text and found.isprintable():
            return found
    return None
