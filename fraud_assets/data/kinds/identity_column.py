"""Columns that name somebody or something: ids, senders, entities, and whatever has no kind.

Integers stay integers, as they are compared fast and take no room; all else becomes text with
every digit. What an export lost before it came here is noticed where it shows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import pandas as pd

from fraud_assets.data.kinds.category_column import kept_words
from fraud_assets.data.kinds.column import Column
from fraud_assets.data.kinds.distinct import distinct
from fraud_assets.data.kinds.mangled import is_ascii, mangled_notes
from fraud_assets.data.kinds.text import as_written, parse_text
from fraud_assets.data.notes import Note, rows_of
from fraud_assets.values.identity import EXACT
from fraud_assets.values.missing import DOUBTFUL_WORDS

_EXACT_SINGLE = 2**24
_PADDED, _UNPADDED = r"^0[0-9]+$", r"^[1-9][0-9]*$"
_SCIENTIFIC = r"^[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,2}$"
_DIGITS = r"^[0-9]+$"
_ALIKE_SHARE = 0.5
SAMPLE = 10_000
"""First values of a column by which it is told what its others look like."""


def identity_column(
    column: pd.Series, missing: Collection[str], first: pd.Series | None = None
) -> Column:
    """Identities as text in an object column, or as integers; NaN for missing.

    `first` are the first values of the whole column where this is a part of it.
    """
    is_whole = isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu"
    if is_whole and not column.isin([int(word) for word in missing if _is_whole(word)]).any():
        return Column(column)
    text = as_written(column)
    doubtful = _doubtful(text, missing)
    others = text if first is None else as_written(first)
    dropped = {word for word in doubtful if not _looks_like_others(others, word)}
    values = parse_text(text, "keep", {*missing, *dropped})
    notes = [*_lost_digits(column, text), *_lost_zeros(text, str(column.name))]
    if not is_ascii(text):
        notes += mangled_notes(distinct(text), column.name)
    if doubtful:
        folded = text.str.lower()
        notes += _dropped(folded, dropped, str(column.name))
        kept = distinct(text[folded.isin(doubtful - dropped)])
        notes += kept_words(kept, str(column.name), missing)
    return Column(values, notes=tuple(notes))


def _is_whole(word: str) -> bool:
    return word.removeprefix("-").isdecimal()


def _doubtful(text: pd.Series, missing: Collection[str]) -> set[str]:
    found = text.str.lower()
    return set(found[found.isin(DOUBTFUL_WORDS)].unique()) - set(missing)


def _looks_like_others(text: pd.Series, word: str) -> bool:
    """Whether most values are words of this length, as codes of countries are beside "NA"."""
    others = text.iloc[:SAMPLE].dropna().drop_duplicates()
    others = others[others.str.lower() != word]
    alike = others.str.fullmatch(rf"^[A-Za-z]{{{len(word)}}}$")
    return bool(len(others) and alike.mean() > _ALIKE_SHARE)


def _dropped(folded: pd.Series, words: set[str], name: str) -> Iterator[Note]:
    for word in sorted(words):
        n = int((folded == word).sum())
        yield Note(
            "word_taken_for_missing",
            f"Column {name!r} holds {word!r} in {rows_of(n)}, which is taken for missing, as its "
            f"other values look otherwise. Where it names somebody, set [source] not_missing = "
            f'["{word}"].',
            n,
            name,
        )


def _lost_digits(column: pd.Series, text: pd.Series) -> Iterator[Note]:
    lost = pd.Series(data=False, index=column.index)
    if pd.api.types.is_float_dtype(column.dtype):
        lost = column.abs() > (_EXACT_SINGLE if column.dtype == np.float32 else EXACT)
    elif column.dtype == object or isinstance(column.dtype, pd.StringDtype):
        written = text.str.fullmatch(_SCIENTIFIC, na=False)
        if written.any() and text.str.fullmatch(_DIGITS, na=False).mean() > _ALIKE_SHARE:
            lost = written
    lost = lost.fillna(value=False).astype(bool)
    n = int(lost.sum())
    if n:
        yield Note(
            "digits_lost",
            f"Column {column.name!r} holds numbers such as {text[lost].iloc[0]} in {rows_of(n)} "
            "that were stored as floats and have lost their last digits, so that different "
            "identities may have become one. Export the column as text or as whole numbers.",
            n,
            str(column.name),
        )


def _lost_zeros(text: pd.Series, name: str) -> Iterator[Note]:
    padded = text[text.str.fullmatch(_PADDED, na=False)]
    if padded.empty:
        return
    width = int(padded.str.len().max())
    short = text[text.str.fullmatch(_UNPADDED, na=False) & (text.str.len() < width)]
    twice = short[short.str.zfill(width).isin(padded)] if len(short) else short
    if len(twice):
        yield Note(
            "leading_zeros_lost",
            f"Column {name!r} holds {rows_of(len(twice))} such as {twice.iloc[0]!r} beside "
            f"{twice.iloc[0].zfill(width)!r}: some export seems to have lost leading zeros. The "
            "two count as different. Export the column as text everywhere.",
            len(twice),
            name,
        )
