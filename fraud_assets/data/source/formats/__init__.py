"""One file for each format of tables that is read, each with its `FORMAT`.

Here: from the bytes of one table to its columns. Not here: where they lie and how they are
packed (`data.source`), what a value means (`data.kinds`).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection
from functools import cache
from typing import Protocol

from fraud_assets.contract.sections.source import Source
from fraud_assets.data.source.folders.sorting import kind_advice
from fraud_assets.data.source.stored import Stored
from fraud_assets.data.source.table import Table
from fraud_assets.errors import DataError


class Format(Protocol):
    """How tables of one format are read.

    `name` is the word of `source.format`, `endings` those of its files, `magic` the first bytes
    of each of its files, empty where there are none.
    """

    name: str
    endings: tuple[str, ...]
    magic: bytes

    def open(self, stored: Stored, source: Source, wanted: Collection[str]) -> Table:
        """Look into a table; `wanted` are columns that its header should have."""
        ...


@cache
def formats() -> dict[str, Format]:
    """Every format by its name."""
    modules = sorted(found.name for found in pkgutil.iter_modules(__path__))
    found: list[Format] = [importlib.import_module(f"{__name__}.{m}").FORMAT for m in modules]
    return {one.name: one for one in found}


def format_name(name: str, source: Source) -> str | None:
    """The format of a file by the source's word or by its plain name; None if neither says it."""
    if source.format != "auto":
        return source.format
    lower = name.lower()
    return next((f.name for f in formats().values() if lower.endswith(f.endings)), None)


def open_table(stored: Stored, source: Source, wanted: Collection[str] = ()) -> tuple[str, Table]:
    """The table's format and the table itself; first bytes count for more than a name.

    Raises
    ------
    DataError
        If nothing says the format, or the table cannot be read.
    """
    head = stored.head(max(len(one.magic) for one in formats().values()))
    marked = (one.name for one in formats().values() if one.magic and head.startswith(one.magic))
    name = next(marked, None) or format_name(stored.plain, source)
    if name is None:
        raise DataError(
            f"{stored.shown} must end in .csv or .parquet, or source.format must say which it "
            f"is; else {kind_advice(stored.plain)}."
        )
    return name, formats()[name].open(stored, source, wanted)
