"""The rules under which a line of a text file is set aside, for it is no row.

Each looks at one record; the first that holds names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from fraud_assets.contract.names import MALFORMED, folded_name
from fraud_assets.data.source.text.dialect import TextLayout

Cells = Sequence[str]
LineRule = Callable[[Cells, TextLayout], bool]

TOTAL_WORDS = (
    r"\W*(?:grand[ _-]?|sub[ _-]?)?(?:totals?|totaal|totale|sum|suma|summe|gesamt(?:summe|betrag)?|"
    r"insgesamt|zwischensumme|razem|celkem|toplam|итого|всего|合计|合計|总计|総計)"
)
"""How a line of totals begins; understood by Python and by RE2."""

_TOTAL_START = re.compile(TOTAL_WORDS, re.IGNORECASE)
_TOTAL = re.compile(rf"{TOTAL_WORDS}(?!\w).*", re.IGNORECASE | re.DOTALL)


def total_line(cells: Cells, layout: TextLayout) -> bool:
    """A line of totals: its first cell says so, and at least half of the others are empty."""
    filled = [cell for cell in cells if cell.strip()]
    short = 2 * (len(filled) - 1) <= max(len(cells), len(layout.names)) - 1
    return bool(filled and short and _TOTAL.fullmatch(filled[0].strip()))


def repeated_header(cells: Cells, layout: TextLayout) -> bool:
    """The header once more, as where files were put one below the other."""
    return [folded_name(c.removeprefix("\ufeff")) for c in cells] == [
        folded_name(n) for n in layout.names
    ]


def too_many_fields(cells: Cells, layout: TextLayout) -> bool:
    """More fields than the header has names; empty ones at the end do not count."""
    return any(cell.strip() for cell in cells[len(layout.names) :])


def too_few_fields(cells: Cells, layout: TextLayout) -> bool:
    """Fewer fields than the header has names; a last name that is empty does not count."""
    names = len(layout.names)
    while names > 1 and not layout.names[names - 1].strip():
        names -= 1
    return len(cells) < names


def empty_row(cells: Cells, layout: TextLayout) -> bool:  # noqa: ARG001 - one shape for all rules
    """Separators and nothing between them, as spreadsheets leave below their last row."""
    return not any(cell.strip() for cell in cells)


def nul_byte(cells: Cells, layout: TextLayout) -> bool:  # noqa: ARG001
    """A zero byte, which no text has: a torn write, or another encoding."""
    return any("\0" in cell for cell in cells)


RULES: tuple[LineRule, ...] = (
    nul_byte,
    empty_row,
    total_line,
    repeated_header,
    too_many_fields,
    too_few_fields,
)

UNCLOSED_QUOTE = f"{MALFORMED}unclosed_quote"
BEFORE_HEADER = f"{MALFORMED}before_header"


def may_be_row(first: str, header: str) -> bool:
    """Whether a record whose first cell is `first` is neither empty, a total nor the header."""
    return bool(
        first.strip() and _TOTAL_START.match(first) is None and folded_name(first[:200]) != header
    ) and not first.startswith("\ufeff")


def broken_rule(cells: Cells, layout: TextLayout) -> str | None:
    """Name of the first rule that a record breaks, None for a row."""
    found = (rule for rule in RULES if rule(cells, layout))
    return next((f"{MALFORMED}{rule.__name__}" for rule in found), None)
