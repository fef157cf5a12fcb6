"""What a column as exported becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from fraud_assets.data.notes import Notes

Spellings = Mapping[str, tuple[str, ...]]
"""By level, "" for missing, texts that the export really holds for it: some, not all."""


@dataclass(frozen=True)
class Column:
    """Typed values (n,), the rows that break a rule by the rule's name, and what was noticed.

    `faults` are sentences for which the column cannot be used at all.
    """

    values: pd.Series
    broken: Mapping[str, pd.Series] = field(default_factory=dict)
    notes: Notes = ()
    faults: tuple[str, ...] = ()
    spellings: Spellings = field(default_factory=dict)
