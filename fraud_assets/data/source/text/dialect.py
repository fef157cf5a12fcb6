"""How a text file is laid out: separator, header, and where its rows begin."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from fraud_assets.contract.names import folded_name

SEPARATORS = (",", ";", "\t", "|", "\x01", "~", "^")
"""Tried in this order; the fifth is Hive's own."""

_SEP_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""Excel's own first line, which names the separator and is no header."""

_STAND_IN = "\x1f"
"""Stands for a separator of several characters while a line is split."""

MOST_BEFORE = 30
"""Records before the header that are looked at, such as a report's title and date."""


@dataclass(frozen=True)
class TextLayout:
    """Names of the columns, how lines are split, and where rows begin.

    `before` are physical lines (from 0) ahead of the header that hold something, `first` is the
    first physical line after the header. `spaced`: blanks after a separator belong to it.
    """

    names: tuple[str, ...]
    separator: str
    before: tuple[int, ...]
    first: int
    spaced: bool = False

    @property
    def is_odd(self) -> bool:
        """Whether Arrow cannot split its lines as they stand."""
        return self.spaced or len(self.separator) > 1

    def prepared(self, line: str) -> str:
        """A line as `reader` takes it."""
        return line.replace(self.separator, _STAND_IN) if len(self.separator) > 1 else line

    def restored(self, cells: list[str]) -> list[str]:
        """Cells as they stand in the file."""
        if len(self.separator) == 1:
            return cells
        return [cell.replace(_STAND_IN, self.separator) for cell in cells]

    def quoted(self, cells: list[str]) -> str:
        """A line of these cells, one for each name, as Arrow takes it."""
        width = len(self.names)
        whole = self.restored(cells[:width] + [""] * (width - len(cells)))
        return self.sign.join('"' + cell.replace('"', '""') + '"' for cell in whole) + "\n"

    @property
    def sign(self) -> str:
        """The separator of prepared lines."""
        return self.separator if len(self.separator) == 1 else _STAND_IN

    def reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        """Records of prepared lines."""
        return csv.reader(lines, delimiter=self.sign, skipinitialspace=self.spaced)


@dataclass(frozen=True)
class TextFile:
    """A text file that was looked into: its name in sentences, its encoding, its layout."""

    shown: str
    encoding: str
    layout: TextLayout

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names; one without a name is called by its place."""
        named = enumerate(self.layout.names)
        return tuple(name if name.strip() else f"Unnamed: {at}" for at, name in named)


def find_layout(lines: Sequence[str], separator: str, wanted: Collection[str]) -> TextLayout | None:
    """The layout of a file that begins with these lines; None where no line holds anything.

    `separator` is the contract's or "auto"; `wanted` are names that the header should have: it
    is the record among the first that has most of them, else the first one.
    """
    named = _SEP_LINE.fullmatch(lines[0]) if lines else None
    start = 1 if named else 0
    signs = (named[1],) if named else SEPARATORS
    if separator != "auto":
        signs = (separator,)
    found = [layout for sign in signs if (layout := _layout(lines, start, sign, wanted))]
    return max(found, key=lambda one: _merit(one, lines, wanted), default=None)


def is_separator_line(line: str) -> bool:
    """Whether a line names the separator, as spreadsheets write it, and is no header."""
    return _SEP_LINE.fullmatch(line) is not None


def _layout(
    lines: Sequence[str], start: int, separator: str, wanted: Collection[str]
) -> TextLayout | None:
    spaced = bool(re.search(re.escape(separator) + ' +"', "".join(lines)))
    bare = TextLayout((), separator, (), 0, spaced)
    records = _records(bare, lines, start)
    if not records:
        return None
    asked = {folded_name(name) for name in wanted}
    matches = [len(asked & {folded_name(cell) for cell in cells}) for _, _, cells in records]
    at = matches.index(max(matches))
    before = tuple(first for first, _, _ in records[:at])
    _, first, header = records[at]
    names = [name.removeprefix("\ufeff") for name in bare.restored(header)]
    return TextLayout(tuple(names), separator, before, first, spaced)


def _records(
    layout: TextLayout, lines: Sequence[str], start: int
) -> list[tuple[int, int, list[str]]]:
    """First records that hold something: their first line, the line after them, their cells."""
    reader = layout.reader(iter([layout.prepared(line) for line in lines[start:]]))
    found, first = [], start
    try:
        for cells in reader:
            after = start + reader.line_num  # type: ignore[attr-defined]
            if any(cell.strip() for cell in cells):
                found.append((first, after, cells))
            first = after
            if len(found) == MOST_BEFORE:
                break
    except csv.Error:  # a field beyond all bounds; the records before it say enough
        pass
    return found


def _merit(layout: TextLayout, lines: Sequence[str], wanted: Collection[str]) -> tuple[float, ...]:
    """Wanted names found; share of records as wide as the header; width."""
    asked = {folded_name(name) for name in wanted}
    width = len(layout.names)
    rows = [len(cells) for _, _, cells in _records(layout, lines, layout.first)]
    agreeing = sum(1 for row in rows if row == width) / max(len(rows), 1)
    matched = len(asked & {folded_name(name) for name in layout.names})
    return matched, agreeing if width > 1 else 0.0, width
