"""Rows on disk, sorted into boxes by number, to be read box by box."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from fraud_assets.features.arrays import Ints


class Spool:
    """Frames in the boxes of `folder`, which is made here; columns keep their types.

    A column of objects must hold text, or NaN for missing. What a frame lacks of another one's
    columns is missing in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._types: dict[str, Any] = {}
        self.rows: dict[int, int] = {}
        folder.mkdir(parents=True)

    def add(self, frame: pd.DataFrame, box: Ints) -> None:
        """Put each row (n,) into its box (n,)."""
        for name, kind in frame.dtypes.items():
            self._types.setdefault(str(name), kind)
        table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
        order = np.argsort(box, kind="stable")
        numbers, starts = np.unique(box[order], return_index=True)
        ends = [*starts[1:], len(order)]
        for number, start, end in zip(numbers.tolist(), starts, ends, strict=True):
            self._append(number, table.take(pa.array(order[start:end])))

    def _append(self, box: int, table: pa.Table) -> None:
        with (
            self._path(box).open("ab") as file,
            pa.ipc.new_stream(file, table.schema) as writer,
        ):
            writer.write_table(table)
        self.rows[box] = self.rows.get(box, 0) + table.num_rows

    def read(self, boxes: list[int]) -> pd.DataFrame:
        """The rows of some boxes, in the order in which they came."""
        tables = [table for box in boxes for table in self._tables(box)]
        frame = pa.concat_tables(tables, promote_options="permissive").to_pandas()
        return pd.DataFrame({name: self._typed(frame[name]) for name in frame})

    def take(self, boxes: list[int]) -> pd.DataFrame:
        """The same; the boxes are empty afterwards."""
        rows = self.read(boxes)
        for box in boxes:
            self._path(box).unlink()
        return rows

    def _tables(self, box: int) -> list[pa.Table]:
        found = []
        with self._path(box).open("rb") as file:
            size = self._path(box).stat().st_size
            while file.tell() < size:
                found.append(pa.ipc.open_stream(file).read_all())
        return found

    def _typed(self, column: pd.Series) -> pd.Series:
        kind = self._types[str(column.name)]
        if pd.api.types.is_object_dtype(kind):
            column = column.astype(object)
            return column.where(column.notna(), np.nan)
        return column.astype(kind)

    def _path(self, box: int) -> Path:
        return self._folder / f"{box}.arrows"
