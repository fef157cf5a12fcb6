"""A count with its noun: "1 fraud", "2 frauds", "1,204 payments"."""

from __future__ import annotations

import re


def counted(count: int, one: str, many: str | None = None) -> str:
    """The number with its noun, which is `one` of a single thing and else `many`.

    Without `many` the noun gets the ending that English gives it: "entry", "entries".
    """
    return f"{count:,} {one if count == 1 else many or _many(one)}"


def _many(one: str) -> str:
    if re.search(r"[^aeiou]y$", one):
        return f"{one[:-1]}ies"
    return f"{one}es" if re.search(r"(?:s|x|ch|sh)$", one) else f"{one}s"
