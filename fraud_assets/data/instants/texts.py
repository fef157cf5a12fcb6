"""Times written as text: each form to an instant, what the column decides, and what is noticed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fraud_assets.data.instants import forms, order
from fraud_assets.data.instants.calendar import CalendarParts, century
from fraud_assets.data.instants.counts import SIZES, instants_of_counts
from fraud_assets.data.instants.notes import ReadTimes
from fraud_assets.data.instants.zones import NO_OFFSET, in_named_zones, localised, tails
from fraud_assets.data.notes import Note
from fraud_assets.features.arrays import Ints, Mask
from fraud_assets.terms.times import TimeColumn

_PLAIN = r"^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?$"
_ZONED = r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}(?::?\d{2})?)$"
_MINUTE = 60_000_000
_MISSING = np.iinfo(np.int64).min


def read_texts(text: pa.Array, time: TimeColumn, name: str) -> ReadTimes:
    """Instants of texts (n,), null for missing ones."""
    for pattern, kind in ((_PLAIN, None), (_ZONED, "UTC")):
        if (fast := _cast(text, pattern, kind)) is not None:
            return _plain(fast, time) if kind is None else ReadTimes(pd.Series(fast))
    return _in_any_form(text, time, name)


def _cast(text: pa.Array, pattern: str, zone: str | None) -> np.ndarray | None:
    """All texts by Arrow's own reading, where all are of its form and the calendar has them."""
    if not pc.all(pc.match_substring_regex(text, pattern)).as_py():
        return None
    try:
        stamps = text.cast(pa.timestamp("us", zone))
    except pa.ArrowInvalid:
        return None
    found: np.ndarray = stamps.to_numpy(zero_copy_only=False).astype("datetime64[us]")
    return found


def _plain(stamps: np.ndarray, time: TimeColumn) -> ReadTimes:
    local = pd.Series(stamps)
    moved = localised(local, time.zone)
    return ReadTimes(moved.stamps, naive=local.notna().to_numpy(), local=local).with_moved(moved)


def _in_any_form(text: pa.Array, time: TimeColumn, name: str) -> ReadTimes:
    for pattern, replacement in forms.REWRITTEN:
        if pc.any(pc.match_substring_regex(text, pattern)).as_py():
            text = pc.replace_substring_regex(text, pattern, replacement)
    numbers, unit = _counts(text)
    tail = tails(pc.if_else(pa.array(unit != ""), None, text))
    dates = _Dates(time, name)
    local = dates.read(tail.rest)
    stamps = pd.Series(local.view("datetime64[us]"))
    present = (local != _MISSING) & pc.is_valid(text).to_numpy(zero_copy_only=False)
    offset, named = tail.offset != NO_OFFSET, tail.word != ""
    naive = present & ~offset & ~named
    found = stamps - pd.to_timedelta(np.where(offset, tail.offset, 0), unit="m").as_unit("us")
    seen = ReadTimes(found, naive, stamps, dates.seen, dates.faults, tail.word)
    for rows, moved in (
        (naive, localised(stamps[naive], time.zone)),
        (named, in_named_zones(stamps[named], tail.word[named], time.zone)),
    ):
        seen = seen.with_moved(moved, rows)
    for one in dict.fromkeys(unit[unit != ""]):
        rows = unit == one
        seen.stamps[rows] = instants_of_counts(numbers[rows], time, one)
    return seen


def _counts(text: pa.Array) -> tuple[pd.Series, np.ndarray]:
    """Counts since 1970 among texts (n,), and the unit of each by its size, "" for no count."""
    exponent = pc.match_substring_regex(text, forms.EXPONENT)
    is_count = pc.or_(pc.match_substring_regex(text, forms.COUNT), exponent)
    is_count = pc.fill_null(is_count, False).to_numpy(zero_copy_only=False)
    numbers = pd.Series(np.full(len(text), np.nan))
    unit = np.full(len(text), "", dtype=object)
    if is_count.any():
        is_count &= ~forms.extracted(text, forms.FORMS[2])[0]
    if is_count.any():
        numbers[is_count] = pd.to_numeric(
            pd.Series(text.filter(pa.array(is_count)).to_pylist())
        ).to_numpy()
        for size, name in SIZES:
            unit[(numbers >= size).to_numpy() & (numbers < 1e3 * size).to_numpy()] = name
    return numbers, unit


class _Dates:
    """Reads the local times of one column; `seen` and `faults` are what it noticed on the way."""

    def __init__(self, time: TimeColumn, name: str) -> None:
        self.seen: list[Note] = []
        self.faults: list[Note] = []
        self._time, self._name, self._present = time, name, 0

    def read(self, text: pa.Array) -> Ints:
        """Microseconds since 1970 of texts (n,) without their zones, `_MISSING` for no time."""
        found = np.full(len(text), _MISSING, dtype=np.int64)
        left = pc.is_valid(text).to_numpy(zero_copy_only=False).copy()
        self._present = int(left.sum())
        for pattern in forms.FORMS:
            if not left.any():
                break
            at = np.flatnonzero(left)
            part = text if len(at) == len(text) else text.take(pa.array(at))
            fits, parts = forms.extracted(part, pattern)
            if parts:
                left[at[fits]] = False
                found[at[fits]] = self._of(parts, part.filter(pa.array(fits)))
        return found

    def _of(self, parts: dict[str, pa.Array], text: pa.Array) -> Ints:
        """Local times of texts (m,) that one form fits."""
        date = self._fields(parts, text) if "second_field" in parts else _named(parts, len(text))
        if date is None:
            return np.full(len(text), _MISSING, dtype=np.int64)
        micros, is_real = CalendarParts(*date, *forms.clock(parts, len(text))).micros()
        return np.where(is_real, micros, _MISSING)

    def _fields(self, parts: dict[str, pa.Array], text: pa.Array) -> tuple[Ints, Ints, Ints] | None:
        """Year, month and day of dates of three numbers; None where nobody knows which is which."""
        first, second, third = (
            forms.whole_numbers(parts[part], len(text), -1)
            for part in ("first", "second_field", "year")
        )
        is_short = _is_short(parts)
        decided, why = order.fields_order(first, second, third, is_short, self._time.day_first)
        if decided is None:
            examples = list(_examples(text, first, second, why))
            fault = order.order_fault(why, len(text), self._present, examples, self._name)
            self.faults += [] if fault is None else [fault]
            return None
        strays = order.contradicting(decided, first, second)
        if strays.any():
            example = text[int(np.flatnonzero(strays)[0])].as_py()
            self.seen.append(order.stray_note(int(strays.sum()), example, self._name))
        year, month, day = order.arranged(decided, first, second, third)
        return np.where(is_short, century(year), year), month, day


def _named(parts: dict[str, pa.Array], count: int) -> tuple[Ints, Ints, Ints]:
    """Year, month and day that a text itself tells apart."""
    year, day = (forms.whole_numbers(parts[part], count, -1) for part in ("year", "day"))
    if "name" not in parts:
        return year, forms.whole_numbers(parts["month"], count, -1), day
    return np.where(_is_short(parts), century(year), year), forms.months(parts["name"]), day


def _is_short(parts: dict[str, pa.Array]) -> Mask:
    """Which years (m,) have two digits."""
    short: Mask = pc.equal(pc.utf8_length(parts["year"]), 2).to_numpy(zero_copy_only=False)
    return short


def _examples(text: pa.Array, first: Ints, second: Ints, why: str) -> Iterator[str]:
    """Texts that show what is wrong: one for each order, or the first."""
    for mask in (first > 12, second > 12) if why == "both" else ():
        if mask.any():
            yield text[int(np.flatnonzero(mask)[0])].as_py()
    if why != "both" or not ((first > 12) | (second > 12)).any():
        yield text[0].as_py()
