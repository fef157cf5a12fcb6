"""What a format makes of one stored table: its columns' names at once, its rows on demand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from fraud_assets.data.source.export import Skipped, no_lines
from fraud_assets.errors import DataError

PART_ROWS = 50_000
"""Rows of a table that are in memory at once where it is read in parts."""


@dataclass(frozen=True)
class TableRows:
    """The rows of one table.

    `frame` (n) holds the columns asked for, in that order, under an index 0..n-1; `position` (n,)
    int64 is each row's place among the `records` of the table, lines set aside included; of a part
    `records` are its own. `lines` are those, with the columns of
    `fraud_assets.data.source.export.SET_ASIDE` but the file's.
    """

    frame: pd.DataFrame
    position: np.ndarray
    records: int
    lines: pd.DataFrame = field(default_factory=no_lines)


@dataclass(frozen=True)
class RowBound:
    """How many rows a source may hold, `most`, and how many the tables before have taken."""

    most: int
    taken: int = 0

    def require(self, shown: str, rows: int) -> None:
        """Raise DataError where a table of so many rows is too much."""
        if self.taken + rows > self.most:
            raise DataError(
                f"The source must hold at most {self.most:,} rows, but up to {shown} it holds "
                f"{self.taken + rows:,}. Set source.max_rows where memory allows."
            )


@dataclass(frozen=True)
class Table:
    """A table that was looked into.

    `names` are its columns as they stand in it, repeats included; `read` gives those at the
    given places of `names`, and raises DataError where there are too many rows. `parts` gives the
    same rows in order, at most `PART_ROWS` at once, in memory that does not grow with them; a
    text file with lines that are no rows comes whole. `nested` columns hold lists or records;
    `note` says what was noticed.
    """

    names: tuple[str, ...]
    read: Callable[[Sequence[int], RowBound], TableRows]
    parts: Callable[[Sequence[int], RowBound], Iterator[TableRows]]
    nested: frozenset[str] = frozenset()
    note: str = ""


@dataclass(frozen=True)
class Unopened:
    """One table of a source before anybody looked into it.

    `shown` is its name in sentences, `size` its bytes as stored where that is known, `told` the
    columns that the names of its folders give, by folded name. `open` takes the columns that it
    should have and gives its kind and the table; raises DataError where it cannot. No row of it
    may be made at `latest` or later.
    """

    shown: str
    open: Callable[[Collection[str]], tuple[str, Table]] = field(repr=False)
    size: int | None = None
    told: Mapping[str, str | None] = field(default_factory=dict)
    latest: np.datetime64 | None = None


@dataclass(frozen=True)
class SourceTables:
    """The tables of a source in order, and what in it is none or was not asked for."""

    tables: tuple[Unopened, ...]
    skipped: tuple[Skipped, ...] = ()


class EmptyTableError(DataError):
    """A table without a header and without rows."""
