"""Columns of times, and the time of day that stands in a column of its own."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from fraud_assets.contract.names import UNPARSABLE
from fraud_assets.data.instants import read_instants
from fraud_assets.data.kinds.column import Column
from fraud_assets.data.kinds.text import as_written, present_text
from fraud_assets.terms.times import TimeColumn
from fraud_assets.values.missing import NUMBER_WORDS

_MIDNIGHT = r"[T ](?:00:00(?::00(?:\.0+)?)?|12:00:00 AM)$"
_DATE_AHEAD = r"^(?:\d{4}-\d{2}-\d{2}|0 days) (\d.*)$"
"""Hours that a spreadsheet or a library stores with a date of its own, such as 1900-01-01."""

_DIGITS = r"^\d{1,6}(?:\.0)?$"
_HOURS, _HOURS_AND_MINUTES, _SECONDS_TOO = 2, 4, 6


def time_column(
    values: pd.Series,
    time: TimeColumn,
    words: Collection[str] = NUMBER_WORDS,
    clock: pd.Series | None = None,
) -> Column:
    """Instants as datetime64[us] in UTC; `clock` (n,) holds the time of day beside a date.

    `words` are folded and mean missing.
    """
    column = values if clock is None else _joined(values, clock)
    found = read_instants(column, time, words)
    return Column(
        found.stamps,
        {f"{UNPARSABLE}{values.name}": found.bad},
        found.notes,
        tuple(fault.text for fault in found.faults),
    )


def _joined(dates: pd.Series, clock: pd.Series) -> pd.Series:
    """Date and time of day as one text; a date beside no time has none of its own."""
    date = as_written(dates).str.strip().str.replace(_MIDNIGHT, "", regex=True)
    text, missing = present_text(clock)
    hours = text.str.replace(_DATE_AHEAD, r"\1", regex=True)
    digits = hours.str.fullmatch(_DIGITS, na=False)
    if digits.any():
        hours = hours.where(~digits, _spaced(hours.where(digits).str.removesuffix(".0")))
    return (date + " " + hours).mask(missing).rename(dates.name)


def _spaced(digits: pd.Series) -> pd.Series:
    """Digits such as 93015 as 09:30:15; the longest of a column says which parts they hold."""
    longest = int(digits.str.len().max())
    widths = (_HOURS, _HOURS_AND_MINUTES, _SECONDS_TOO)
    width = next(width for width in widths if longest <= width)
    padded = digits.str.zfill(width)
    parts = [padded.str.slice(at, at + 2) for at in range(0, width, 2)]
    return parts[0].str.cat(parts[1:], sep=":") if parts[1:] else parts[0]
