"""What reading noticed and a person should know, although no row and no run is refused for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fraud_assets.values.counted import counted


@dataclass(frozen=True)
class Note:
    """One thing noticed about the data that came in.

    `code` is stable and in snake_case, for programs; `text` is one sentence for a person, which
    names the likely cause and the setting that helps. `rows` counts the rows that it concerns
    and `column` names their column, where it concerns rows of one column.
    """

    code: str
    text: str
    rows: int | None = None
    column: str | None = None


Notes = tuple[Note, ...]
"""Notes in the order in which the data met them: reading, types, transactions."""


def each_once(notes: Iterable[Note]) -> Notes:
    """The notes in their order, repeats left out."""
    return tuple(dict.fromkeys(notes))


def rows_of(count: int) -> str:
    """The count as people write it: "1 row", "2,000 rows"."""
    return counted(count, "row")
