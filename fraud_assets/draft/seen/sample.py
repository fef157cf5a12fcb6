"""What a draft looks at, whatever it comes from: some rows of each column, and what was noticed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from fraud_assets.contract.names import RESERVED_COLUMNS, folded_name
from fraud_assets.draft.guess import Guess, Question
from fraud_assets.draft.seen.facts import Facts

ROWS = 50_000
"""Rows looked at closely, spread evenly over the rows read."""


@dataclass(frozen=True)
class SourceSample:
    """Columns by name, and what was learned of the source on the way.

    `origin` says in a word what was looked at, such as "3 files". `settings` are those of the
    contract's [source], `read` counts the rows read, `looked_at` those looked at closely,
    `no_rows` the lines that are none by the rule that says so.
    """

    columns: dict[str, Facts]
    names: tuple[str, ...]
    settings: dict[str, Guess]
    origin: str
    read: int
    looked_at: int
    left_out: dict[str, str]
    questions: list[Question] = field(default_factory=list)
    no_rows: Counter[str] = field(default_factory=Counter)


def spread(rows: int, most: int) -> np.ndarray:
    """At most `most` positions out of `rows`, evenly spread, the first and last among them."""
    return np.unique(np.linspace(0, rows - 1, min(rows, most)).round().astype(int))


def looked_at_closely(whole: pd.DataFrame) -> pd.DataFrame:
    """Some of the rows, spread evenly."""
    return whole.iloc[spread(len(whole), ROWS)].reset_index(drop=True)


def usable(frame: pd.DataFrame, left_out: dict[str, str]) -> pd.DataFrame:
    """The columns that a contract can name and that hold one value a row; why not the others."""
    kept: dict[str, int] = {}
    for at, name in enumerate(map(str, frame.columns)):
        why = _unusable(name, frame.iloc[:, at], kept)
        if why is None:
            kept[name] = at
        else:
            left_out[name] = why
    return pd.DataFrame({name: frame.iloc[:, at] for name, at in kept.items()})


def _unusable(name: str, values: pd.Series, kept: dict[str, int]) -> str | None:
    if folded_name(name) in RESERVED_COLUMNS:
        return "the chain keeps this name for itself"
    if folded_name(name) in map(folded_name, kept):
        return "a column of this name stands before it"
    if not name.strip():
        return "it has no name"
    is_plain_type = not pd.api.types.is_object_dtype(values.dtype)
    if not is_plain_type and values.map(pd.api.types.is_list_like).any():
        return LISTS
    return None


LISTS = "lists, not single values"
"""Why a column of such cells is left out."""
