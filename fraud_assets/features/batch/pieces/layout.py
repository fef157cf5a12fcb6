"""Which columns the kinds of one cut need, as fields of one record a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fraud_assets.features.arrays import Floats, Ints
from fraud_assets.features.batch.past import ColumnSource
from fraud_assets.features.kind import Kind, Use

Kinds = Mapping[str, Kind]
"""Derived features by their names."""

ENTITY_FIELD = "c0"
"""The field of a record that holds the entity by which rows are cut."""

_TYPES: dict[Use, str] = {"entity": "i8", "value": "i8", "number": "f8", "time": "i8"}


@dataclass(frozen=True)
class CutLayout:
    """The kinds that read the same `entity` first, and how many times a label may count as fraud.

    `fields` names the columns of a record: what it is used for, and the column's name.
    """

    entity: str
    kinds: Kinds
    fraud_times: int = 0

    @property
    def fields(self) -> list[tuple[Use, str]]:
        """Use and name of each column, each once, the entity first."""
        found: dict[tuple[Use, str], None] = {("entity", self.entity): None}
        for kind in self.kinds.values():
            for use in _TYPES:
                found |= dict.fromkeys((use, name) for name in kind.names(use))
        return list(found)

    @property
    def record(self) -> np.dtype[np.void]:
        """One row on disk: what each kind reads of it, its time, and whether it asks."""
        columns = [(f"c{at}", _TYPES[use]) for at, (use, _) in enumerate(self.fields)]
        times = [(f"f{at}", "i8", (2,)) for at in range(self.fraud_times)]
        return np.dtype([("micros", "i8"), ("emitted", "?"), *columns, *times])

    def records(self, columns: ColumnSource, emitted: np.ndarray) -> np.ndarray:
        """The rows (n,) of some columns as records (n,)."""
        found = np.empty(len(emitted), dtype=self.record)
        found["micros"], found["emitted"] = columns.micros(), emitted
        for at, (use, name) in enumerate(self.fields):
            found[f"c{at}"] = read_column(columns, use, name)
        if self.fraud_times:
            for at, (start, end) in enumerate(columns.fraud_times()):
                found[f"f{at}"] = np.column_stack([start, end])
        return found


@dataclass(frozen=True)
class RecordColumns:
    """Records (n,) of a piece as the columns that kinds read."""

    layout: CutLayout
    rows: np.ndarray

    def micros(self) -> Ints:
        """Event time of each row in microseconds, UTC."""
        return np.ascontiguousarray(self.rows["micros"])

    def numbers(self, column: str) -> Floats:
        """A column of numbers, NaN for missing."""
        found: Floats = self._column("number", column)
        return found

    def codes(self, column: str) -> Ints:
        """A number for each different value of a column, -1 for missing."""
        use: Use = "entity" if ("entity", column) in self.layout.fields else "value"
        return self._column(use, column)

    def times(self, column: str) -> Ints:
        """A column of times in microseconds."""
        return self._column("time", column)

    def fraud_times(self) -> list[tuple[Ints, Ints]]:
        """From when and until when each row counts as a known fraud."""
        pairs = (self.rows[f"f{at}"] for at in range(self.layout.fraud_times))
        return [(pair[:, 0].copy(), pair[:, 1].copy()) for pair in pairs]

    def _column(self, use: Use, name: str) -> np.ndarray:
        return np.ascontiguousarray(self.rows[f"c{self.layout.fields.index((use, name))}"])


def read_column(columns: ColumnSource, use: Use, name: str) -> np.ndarray:
    """A column as its use reads it."""
    if use == "number":
        return columns.numbers(name)
    return columns.times(name) if use == "time" else columns.codes(name)


def layouts(kinds: Kinds, fraud_times: int) -> tuple[list[CutLayout], Kinds]:
    """One layout for each entity that kinds read first, and the kinds that read none."""
    by_entity: dict[str, dict[str, Kind]] = {}
    alone: dict[str, Kind] = {}
    for name, kind in kinds.items():
        if kind.entity_columns:
            by_entity.setdefault(kind.entity_columns[0], {})[name] = kind
        else:
            alone[name] = kind
    found = []
    for entity, its in by_entity.items():
        needs = any(kind.NEEDS_LABELS for kind in its.values())
        found.append(CutLayout(entity, its, fraud_times if needs else 0))
    return found, alone
