"""Breaks sentences into lines, none of them within what a reader copies.

A word, and so a path, stays whole however long it is; so does a command with its words, and a line
of a contract.
"""

from __future__ import annotations

import re
import textwrap

WIDTH = 80
"""Columns of the widest line of prose."""

_PROSE = (
    r"(?!(?:and|or|then|to|with|for|in|on|by|from|which|where|that|is|says|shows|again|instead|first"
    r"|there|once|as|if|so|after|before)\b)"
)
_COMMAND = re.compile(
    r"(?:\b[A-Z][A-Z_]+=\S+ )*(?<![\w/.-])(?:fraud-assets|dagster|dg|pip install|make|python3? -m)"
    rf"(?: {_PROSE}[^\s,;()]*[^\s,;().:])+"
)
_CONTRACT = re.compile(r'\[[\w.]+\] \S+ = (?:"[^"]*"|\S+)|\b[\w.]+ = (?:"[^"]*"|\[[^\]]*\])')
_KEPT = "\ue000"
"""Stands for a space at which no line is broken; of the private use area, in no text of ours."""


def wrapped(text: str, width: int = WIDTH, head: str = "", indent: str = "") -> list[str]:
    """Lines of at most `width` columns, but for what must stay whole; later ones are indented."""
    for kept in (_COMMAND, _CONTRACT):
        text = kept.sub(lambda found: found[0].replace(" ", _KEPT), text)
    lines = textwrap.wrap(
        f"{head}{text}",
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_KEPT, " ") for line in lines]
