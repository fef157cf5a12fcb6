"""What reading a source gives: rows as exported, the file of each row, and all that is no row."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from fraud_assets.data.columns import ROW
from fraud_assets.data.notes import Notes

SET_ASIDE = (ROW, "_rules", "_file", "_line", "_text")
"""Columns of the lines that are no rows: position, rule, name of the file, line, and the text."""


@dataclass(frozen=True)
class FileRead:
    """One file that was read.

    `path` is its name as people may see it, relative to the contract where it is a local file;
    `rows` counts the rows that it gave, `set_aside` its lines that are none; `bytes` is its size
    as stored, `kind` "csv", "parquet" or "postgresql"; `note` says what was noticed, or nothing.
    By the date of its folder no row of it was made at `latest` or later.
    """

    path: str
    rows: int
    bytes: int
    kind: str
    note: str = ""
    set_aside: int = 0
    latest: np.datetime64 | None = None


@dataclass(frozen=True)
class Skipped:
    """A file or folder of the source that was not read, and the rule that says why."""

    path: str
    why: str


def no_lines() -> pd.DataFrame:
    """No line set aside."""
    types = {ROW: "int64", "_rules": object, "_file": object, "_line": "int64", "_text": object}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


@dataclass(frozen=True)
class Export:
    """Every row of a source under the contract's names, its values as exported.

    Attributes
    ----------
    frame : DataFrame
        The contract's columns, index 0..n-1, in order of files and of rows within a file. Text
        for CSV; the file's own types for Parquet.
    position : (n,) int64
        Position of each row among all records of the source, those set aside included.
    file : (n,) int32
        Position in `files` of each row's file.
    files : tuple of FileRead
        The files read, in name order.
    skipped : tuple of Skipped
        Files and folders of the source that were not read.
    set_aside : DataFrame
        Lines that cannot be rows, with the columns of `SET_ASIDE`; index 0..m-1.
    notes : tuple of Note
        What reading noticed.
    """

    frame: pd.DataFrame
    position: np.ndarray
    file: np.ndarray
    files: tuple[FileRead, ...]
    skipped: tuple[Skipped, ...] = ()
    set_aside: pd.DataFrame = field(default_factory=no_lines)
    notes: Notes = ()

    def __len__(self) -> int:
        return len(self.frame)
