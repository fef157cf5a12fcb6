"""Reads a text file record by record, and sets aside each line that is no row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TextIO

import numpy as np
import pandas as pd
import pyarrow as pa

from fraud_assets.contract.names import folded_name
from fraud_assets.data.kinds.exact import exact_frame
from fraud_assets.data.source.export import SET_ASIDE, no_lines
from fraud_assets.data.source.table import RowBound, TableRows
from fraud_assets.data.source.text.arrow import read_lines
from fraud_assets.data.source.text.dialect import TextFile, TextLayout
from fraud_assets.data.source.text.lines import MAX_LINES, lists_of_lines
from fraud_assets.data.source.text.malformed import (
    BEFORE_HEADER,
    UNCLOSED_QUOTE,
    broken_rule,
    may_be_row,
)
from fraud_assets.data.source.text.quotes import ends_open, swallows_rows

MAX_TEXT = 500
"""Letters kept of a line that is set aside."""


def read_carefully(
    stream: TextIO, text: TextFile, places: Sequence[int], bound: RowBound
) -> TableRows:
    """The rows of a file, whose stream stands at its start and was opened with newline="".

    Raises
    ------
    DataError
        If a line has no end, or there are more rows than the bound allows.
    """
    records = _Records(text.layout)
    tables = [read_lines([], text.layout, places)]
    waiting: list[str] = []
    for lines, is_last in lists_of_lines(stream, text.shown):
        rows = records.take(waiting + lines, is_last=is_last)
        tables.append(read_lines(rows, text.layout, places))
        waiting = records.waiting
        bound.require(text.shown, records.read)
    frame = exact_frame(pa.concat_tables(tables)).set_axis(range(len(places)), axis=1)
    aside = [position for position, *_ in records.aside]
    position = np.delete(np.arange(records.read), aside)
    return TableRows(frame, position, records.read, _lines(records.aside))


class _Records:
    """Tells the rows among a file's records.

    `read` counts the records so far; `aside` holds of each line that is no row its place among
    them, the rule, the line's number from 1, and its text; `waiting` are the last lines, of a
    record that may go on.
    """

    def __init__(self, layout: TextLayout) -> None:
        self.read = 0
        self.aside: list[tuple[int, str, int, str]] = []
        self.waiting: list[str] = []
        self._layout, self._header = layout, folded_name(layout.names[0])
        self._line = 0
        self._has_nul = False
        self._like: list[str] | None = None

    def take(self, lines: list[str], *, is_last: bool) -> list[str]:
        """The rows among the next lines, each as one text that is a record of its own."""
        rows: list[str] = []
        self._has_nul = "\0" in "".join(lines)
        start = 0 if self._line else self._above(lines)
        while start < len(lines):
            start = self._run(lines, start, rows, is_last=is_last)
        self._line += len(lines) - len(self.waiting)
        return rows

    def _above(self, lines: list[str]) -> int:
        """Set aside what stands above the header; gives the place of the line after it."""
        for at in self._layout.before:
            self._set_aside(BEFORE_HEADER, at, lines[at])
        return self._layout.first

    def _run(self, lines: list[str], start: int, rows: list[str], *, is_last: bool) -> int:
        """Take records from `start` on; gives where to go on, after a line with an open quote."""
        layout, width, end = self._layout, len(self._layout.names), len(lines)
        self.waiting = []
        reader = layout.reader(map(layout.prepared, islice(lines, start, None)))
        first = start
        for cells in reader:
            after = start + reader.line_num  # type: ignore[attr-defined]
            if after - first > 1 or after == end:
                if after == end and not is_last and end - first < MAX_LINES:
                    self.waiting = lines[first:]
                    break
                if self._is_swallowing(lines[first:after], cells, is_end=after == end):
                    self._set_aside(UNCLOSED_QUOTE, first, lines[first])
                    return first + 1
            if cells and (self._is_surely_row(cells) or not self._is_none(lines, first, cells)):
                self.read += 1
                self._like = cells
                is_plain = len(cells) == width and after - first == 1 and not layout.is_odd
                rows.append(lines[first] if is_plain else layout.quoted(cells))
            first = after
        return end

    def _is_surely_row(self, cells: list[str]) -> bool:
        """Most rows have all fields and open with a number or an id: no rule is asked for them."""
        first = cells[0]
        return (
            len(cells) == len(self._layout.names)
            and not self._has_nul
            and ("0" <= first[:1] <= "9" or may_be_row(first, self._header))
        )

    def _is_swallowing(self, lines: list[str], cells: list[str], *, is_end: bool) -> bool:
        if is_end and (len(lines) >= MAX_LINES or ends_open(lines, self._layout)):
            return True
        return len(lines) > 1 and swallows_rows(lines, cells, self._like, self._layout)

    def _is_none(self, lines: list[str], first: int, cells: list[str]) -> bool:
        rule = broken_rule(cells, self._layout)
        if rule is not None:
            self._set_aside(rule, first, lines[first])
        return rule is not None

    def _set_aside(self, rule: str, at: int, text: str) -> None:
        line = self._line + at + 1
        self.aside.append((self.read, rule, line, text[:MAX_TEXT].rstrip("\r\n")))
        self.read += 1


def _lines(aside: list[tuple[int, str, int, str]]) -> pd.DataFrame:
    if not aside:
        return no_lines()
    rows = [(position, rule, "", line, text) for position, rule, line, text in aside]
    return pd.DataFrame(rows, columns=list(SET_ASIDE)).astype(no_lines().dtypes)
