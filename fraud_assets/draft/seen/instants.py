"""In which form a column holds times: timestamps, text, counts from an origin, serial days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from fraud_assets.data.instants import read_instants
from fraud_assets.draft.language.words import (
    CLOCK,
    CODE,
    CODE_END,
    DAY,
    MEASURE,
    PART,
    PAYMENT_ID,
    PHONE,
    TIME,
)
from fraud_assets.draft.seen.epochs import unit_of_recent
from fraud_assets.draft.seen.facts import FEW_ODD, Facts
from fraud_assets.terms.times import EventTime

Form = Literal["stamp", "text", "count", "serial", "digits", "clock"]

_LOOKED_AT = 2_000
_PARTS = r"\d\D+\d"
"""A time as text has several numbers in it; identifiers such as T0000000001 have not."""

_PARTS_AT_MOST = 60
"""Days, months, hours, minutes or years that a column of parts holds."""

_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*[aApP]\.?[mM]\.?)?"
_ZONED = (
    r".*(?:\d\s*Z|[+-]\d{2}:?\d{2}|\b(?:UTC|GMT|CES?T|[ECMP][SD]T|BST|JST|IST)(?:[+-]\d+)?"
    r"|[A-Z][a-z]+/[A-Z]\w+)\s*"
)
_UNITS = ((1e17, "ns"), (1e14, "us"), (1e11, "ms"), (1e8, "s"))
"""Counts since 1970 of the years 1973 to 5138, by the unit that gives such a size."""

_LEAST_INSTANTS = 10
"""Different numbers from which a column may count time; a flag or a fee has fewer."""

_NEARLY = 0.95

_SERIAL = (20_000.0, 60_000.0)
"""Days since 1899-12-30, as spreadsheets count them, of the years 1954 to 2064."""

_DAY_DIGITS = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_DIGITS = rf"{_DAY_DIGITS}(?:\.0)?"
_ALL_DIGITS = rf"{_DAY_DIGITS}[ T]?(?:[01]\d|2[0-3])[0-5]\d[0-5]\d"
"""A day written as 20250131, and with its time of day as 20250131235959."""


@dataclass(frozen=True)
class Times:
    """A column of times: its form, its unit where it counts, and what it leaves open.

    `unit` is "ns" to "s" for counts since 1970, "since_start" for small ones and "" else.
    """

    name: str
    form: Form
    unit: str = ""
    is_zoned: bool = False
    order_open: bool = False
    is_day: bool = False


def times_of(facts: Facts) -> Times | None:
    """How a column holds times, or None where it holds none."""
    if pd.api.types.is_datetime64_any_dtype(facts.values.dtype):
        zoned = getattr(facts.values.dt, "tz", None) is not None
        return Times(facts.name, "stamp", is_zoned=zoned, is_day=_at_midnight(facts.values))
    if facts.present == 0:
        return None
    if facts.is_number:
        if not facts.named(TIME):
            return _unnamed_count(facts)
        return None if _is_part(facts) else _counted(facts)
    if facts.share(_CLOCK) > 0.95:
        return Times(facts.name, "clock")
    return _written(facts)


def _is_part(facts: Facts) -> bool:
    """Whether a column holds a part of a date, such as the day or the year alone."""
    return facts.levels <= _PARTS_AT_MOST and facts.named(PART)


def _written(facts: Facts) -> Times | None:
    text = facts.text.iloc[:: max(1, facts.present // _LOOKED_AT)].astype("string")
    if text.str.contains(_PARTS).mean() <= 0.5:
        return None
    values = text.rename(facts.name).reset_index(drop=True)
    parsed = [_odd(values, is_day_first) for is_day_first in (True, False)]
    if min(parsed) >= FEW_ODD:
        return None
    return Times(
        facts.name,
        "text",
        is_zoned=bool(text.str.fullmatch(_ZONED).mean() > 0.95),
        order_open=_order_is_open(values),
        is_day=not bool(text.str.contains(r"\d:\d").any()),
    )


def _odd(values: pd.Series, is_day_first: bool) -> float:
    found = read_instants(values, EventTime(column="", day_first=is_day_first))
    return float(found.bad.mean()) if found.stamps.notna().any() else 1.0


def _order_is_open(values: pd.Series) -> bool:
    """Whether dates such as "03/04/2025" leave open what comes first."""
    found = read_instants(values, EventTime(column=""))
    return any(fault.code == "day_or_month" for fault in found.faults)


def _counted(facts: Facts) -> Times | None:
    numbers = facts.numbers[np.isfinite(facts.numbers)]
    middle = float(np.median(np.abs(numbers)))
    unit = next((unit for size, unit in _UNITS if middle >= size), "")
    if facts.share(_DIGITS) > 0.95:
        return Times(facts.name, "digits", is_day=True)
    if facts.share(_ALL_DIGITS) > 0.95:
        return Times(facts.name, "text")
    if unit:
        return Times(facts.name, "count", unit, is_zoned=True)
    return _small_count(facts, numbers) if facts.levels >= _LEAST_INSTANTS else None


def _small_count(facts: Facts, numbers: np.ndarray) -> Times | None:
    """Serial days of a spreadsheet, or a count from a start that the file does not name."""
    low, high = numbers.min(), numbers.max()
    is_broken = bool((numbers % 1 != 0).mean() > 0.5)
    spans_little = high - low < 0.5 * (_SERIAL[1] - _SERIAL[0])
    if (
        _SERIAL[0] <= low
        and high <= _SERIAL[1]
        and (is_broken or facts.named(DAY))
        and spans_little
    ):
        return Times(facts.name, "serial", "days", is_day=not is_broken)
    if facts.named(CLOCK) or low >= 0:
        return Times(facts.name, "count", "since_start")
    return None


def _unnamed_count(facts: Facts) -> Times | None:
    """Instants by their values alone."""
    if facts.levels < _LEAST_INSTANTS or facts.named(MEASURE, CODE, CODE_END, PAYMENT_ID, PHONE):
        return None
    if facts.share(_ALL_DIGITS) > _NEARLY:
        return Times(facts.name, "text")
    unit = unit_of_recent(facts.numbers[np.isfinite(facts.numbers)])
    return None if unit is None else Times(facts.name, "count", unit, is_zoned=True)


def _at_midnight(values: pd.Series) -> bool:
    known = values.dropna()
    return bool(len(known)) and bool((known.dt.normalize() == known).all())
