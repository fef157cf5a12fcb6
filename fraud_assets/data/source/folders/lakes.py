"""Folders of tables that keep versions: their files are not all alive, so none is read as such."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fraud_assets.errors import DataError

Names = Callable[[str], set[str]]
"""The names that stand in a folder."""


@dataclass(frozen=True)
class Lake:
    """A table format, the folder that marks its tables, the files in there, how to export."""

    name: str
    marker: str
    ending: str
    export: str


LAKES = (
    Lake(
        "Delta",
        "_delta_log",
        "",
        "such as deltalake.DeltaTable(PATH).to_pandas().to_parquet(FILE)",
    ),
    Lake(
        "Iceberg",
        "metadata",
        ".metadata.json",
        "such as pyiceberg's table.scan().to_pandas().to_parquet(FILE)",
    ),
    Lake(
        "Hudi",
        ".hoodie",
        "",
        "such as spark.read.format('hudi').load(PATH).write.parquet(FOLDER)",
    ),
)


def refuse_lake(folder: str, shown: str, names: Names) -> None:
    """Raise DataError where a folder, or one it is a part of, is a table that keeps versions.

    `shown` is its name as people may see it, `names` lists a folder.
    """
    for part in _with_tables_above(folder):
        present = names(part)
        for lake in LAKES:
            if lake.marker in present and any(
                name.endswith(lake.ending) for name in names(f"{part}/{lake.marker}")
            ):
                raise DataError(_sentence(lake, shown))


def _with_tables_above(folder: str) -> list[str]:
    """The folder, and the folders above it while it may be a partition of a table."""
    found = [folder.rstrip("/")]
    while "=" in (last := found[-1].rpartition("/")[2]) or last == "data":
        found.append(found[-1].rpartition("/")[0])
    return found


def _sentence(lake: Lake, shown: str) -> str:
    return (
        f"{shown} is part of a {lake.name} table, whose folder also holds rows that were since "
        "changed or deleted; read as they lie, old and new rows would mix. Export the table as of "
        f"one version to a folder of its own ({lake.export}), and let source.path name it."
    )
