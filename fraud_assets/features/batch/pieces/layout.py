"""Which columns the kinds of one cut need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fraud_assets.features.batch.past import ColumnSource
from fraud_assets.features.kind import Kind, Use

Kinds = Mapping[str, Kind]
"""Derived features by their names."""

_USES: tuple[Use, ...] = ("entity", "value", "number", "time")


@dataclass(frozen=True)
class CutLayout:
    """The kinds that read the same `entity` first.

    `fraud_times` says how often a label may begin to count as fraud; 0 where none needs labels.
    """

    entity: str
    kinds: Kinds
    fraud_times: int = 0

    @property
    def fields(self) -> list[tuple[Use, str]]:
        """Use and name of each column that the kinds read, each once, the entity first."""
        found: dict[tuple[Use, str], None] = {("entity", self.entity): None}
        for kind in self.kinds.values():
            for use in _USES:
                found |= dict.fromkeys((use, name) for name in kind.names(use))
        return list(found)


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
