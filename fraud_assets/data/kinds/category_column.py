"""Columns of categories: what the model learns levels of."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from fraud_assets.data.kinds.column import Column, Spellings
from fraud_assets.data.kinds.distinct import DistinctValues, distinct
from fraud_assets.data.kinds.mangled import mangled_notes
from fraud_assets.data.kinds.text import as_written, levels_of
from fraud_assets.data.notes import Note, Notes, rows_of
from fraud_assets.values.missing import DOUBTFUL_WORDS
from fraud_assets.values.text import LetterCase, folded

_SPELLED_LEVELS, _SPELLINGS = 200, 3
"""Levels whose spellings are kept, most frequent first, and how many of each."""


def category_column(column: pd.Series, case: LetterCase, missing: Collection[str]) -> Column:
    """Levels as object, NaN for missing; which words stayed levels; how levels were written."""
    found = distinct(as_written(column))
    levels = levels_of(found, case, missing)
    return Column(
        pd.Series(found.spread(levels, float("nan"), object), column.index, object, column.name),
        notes=(*kept_words(found, str(column.name), missing), *mangled_notes(found, column.name)),
        spellings=_spellings(found, levels),
    )


def kept_words(found: DistinctValues, name: str, missing: Collection[str]) -> Notes:
    """A note for each word that may mean missing and was kept as a value."""
    counts = zip(found.values, found.counts.tolist(), strict=True)
    kept = [(value, n) for value, n in counts if folded(value) in DOUBTFUL_WORDS and n]
    return tuple(
        Note(
            "word_may_mean_missing",
            f"Column {name!r} holds {value!r} in {rows_of(n)}, which is kept as a value. "
            f'Where it means that the value is missing, set [source] missing = ["{value}"].',
            n,
            name,
        )
        for value, n in kept
        if folded(value) not in missing
    )


def _spellings(found: DistinctValues, levels: list[str | float]) -> Spellings:
    counts = found.counts
    spelled: dict[str, tuple[str, ...]] = {}
    for at in counts.argsort()[::-1].tolist():
        level = levels[at]
        key, raw = level if isinstance(level, str) else "", found.values[at]
        known = spelled.get(key, ())
        if raw != key and (known or len(spelled) < _SPELLED_LEVELS) and len(known) < _SPELLINGS:
            spelled[key] = (*known, raw)
    return spelled
