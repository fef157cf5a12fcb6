"""Tells a text of several lines within quotes from a quote that nobody closed.

An unclosed quote takes the rows after it into one field, up to the next quote somewhere below.
The rows inside give it away: each has all separators of a row, and digits where rows have digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from fraud_assets.data.source.text.dialect import TextLayout

_ALIKE = 0.75
"""Share of a row's cells with digits that must hold digits, or nothing, in a line like it."""


def swallows_rows(
    lines: Sequence[str], cells: Sequence[str], like: Sequence[str] | None, layout: TextLayout
) -> bool:
    """Whether a record of several lines holds rows that are records of their own.

    `cells` are the record's, `like` those of a row before it, None where there is none.
    """
    fits = len(cells) == len(layout.names)
    # What does not fit anyway needs less to be doubted; without a row before, the cells ahead of
    # the text say how a row begins.
    reference = (like or _ahead_of_text(cells)) if fits else None
    first, *middle, last = lines
    # The first quote after an open one closes it: only doubled ones can stand between.
    bare = (line for line in middle if '"' not in line.replace('""', ""))
    if any(_is_row(_split(line, layout), reference, layout) for line in bare):
        return True
    # A text that opens in the first column ends in a line with all separators; then its first
    # line has next to none. Quotes of these two lines are the text's: they count as letters.
    ends = [_is_row(_split_at_all(line, layout), reference, layout) for line in (first, last)]
    alone = _is_row(_split(last, layout), reference, layout)
    return all(ends) or (alone and (not fits or ends[0])) or (ends[1] and not fits)


def _ahead_of_text(cells: Sequence[str]) -> list[str]:
    return list(takewhile(lambda cell: "\n" not in cell and "\r" not in cell, cells))


def ends_open(lines: Sequence[str], layout: TextLayout) -> bool:
    """Whether a record that the file's end cuts off would take one line more: a quote is open."""
    reader = layout.reader(iter([*map(layout.prepared, lines), "\n"]))
    next(reader, None)
    return bool(reader.line_num > len(lines))  # type: ignore[attr-defined]


def _is_row(cells: Sequence[str], like: Sequence[str] | None, layout: TextLayout) -> bool:
    return len(cells) == len(layout.names) and _is_alike(cells, like)


def _split(line: str, layout: TextLayout) -> list[str]:
    return next(layout.reader(iter([layout.prepared(line)])), [])


def _split_at_all(line: str, layout: TextLayout) -> list[str]:
    return line.rstrip("\r\n").split(layout.separator)


def _is_alike(cells: Sequence[str], like: Sequence[str] | None) -> bool:
    if like is None:
        return True
    compared = [mine for mine, other in zip(cells, like, strict=False) if _has_digit(other)]
    filled = [cell for cell in compared if cell.strip()]
    alike = sum(map(_has_digit, filled))
    empty = len(compared) - len(filled)
    return alike + empty >= _ALIKE * len(compared) and (alike > 0 or not compared)


def _has_digit(cell: str) -> bool:
    return any("0" <= letter <= "9" for letter in cell)
