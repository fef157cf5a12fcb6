"""Columns that the folders' names carry: year=2025/month=3/ as Hive and Spark write them."""

from __future__ import annotations

from urllib.parse import unquote

import pandas as pd

from fraud_assets.contract.names import folded_name
from fraud_assets.data.kinds.text import as_written
from fraud_assets.errors import DataError

_MISSING = "__HIVE_DEFAULT_PARTITION__"


def partitions(path: str) -> dict[str, str | None]:
    """Folded name and value of each column that the folders of a path name; None for missing."""
    found: dict[str, str | None] = {}
    for folder in path.split("/")[:-1]:
        name, sign, value = folder.partition("=")
        if sign and name:
            found[folded_name(unquote(name))] = None if value == _MISSING else unquote(value)
    return found


def require_agreement(values: pd.Series, told: str | None, shown: str, name: str) -> None:
    """Raise DataError where a file's own column says other than the folder that it lies in."""
    text = as_written(values).str.strip()
    differs = text.notna() if told is None else text.map(lambda value: not _same(value, told))
    if differs.any():
        raise DataError(
            f"{shown} must hold in column {name!r} what its folder's name says, but "
            f"{int(differs.sum()):,} of its {len(values):,} rows differ. Move it to its folder, or "
            "rename the column."
        )


def _same(value: object, told: str) -> bool:
    if value == told:
        return True
    both = isinstance(value, str) and value.isdecimal() and told.isdecimal()
    return both and int(str(value)) == int(told)
