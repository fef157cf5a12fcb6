"""The forms in which a date and a time of day are written, as patterns of named parts.

A form is one entry of `FORMS`; of a text the first that fits counts. None of them decides which
of two fields is the day: such dates give `first` and `second`.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fraud_assets.features.arrays import Ints

_CLOCK = (
    r"(?:[T\s,;:_-]+(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{1,2})"
    r"(?:[:.](?P<second>\d{1,2})(?:[.,:](?P<fraction>\d{1,9}))?)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?)?$"
)
_TIGHT = (
    r"(?:[T ]?(?P<hour>[01]\d|2[0-4])(?P<minute>[0-5]\d)"
    r"(?:(?P<second>[0-6]\d)(?:[.,]?(?P<fraction>\d{1,9}))?)?)?$"
)
_NAME = r"(?P<name>[a-z]{3,9})\.?"

FORMS = (
    r"(?i)^(?P<year>\d{4})\s?[-/.年\s]\s?(?P<month>\d{1,2})\s?[-/.月\s]\s?(?P<day>\d{1,2})日?"
    + _CLOCK,
    r"^(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})" + _TIGHT,
    r"^(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])" + _TIGHT,
    r"(?i)^(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})" + _CLOCK,
    r"(?i)^(?P<first>\d{1,2})\s?[-/.\s]\s?(?P<second_field>\d{1,2})\s?[-/.\s]\s?"
    r"(?P<year>\d{4}|\d{2})" + _CLOCK,
    rf"(?i)^(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-/.,\s]*{_NAME}[-/.,\s]*(?P<year>\d{{4}}|\d{{2}})"
    + _CLOCK,
    rf"(?i)^{_NAME}[-/.\s]*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-/.,\s]+(?P<year>\d{{4}}|\d{{2}})"
    + _CLOCK,
    rf"(?i)^(?P<year>\d{{4}})[-/.\s]{_NAME}[-/.\s](?P<day>\d{{1,2}})" + _CLOCK,
)

REWRITTEN = (
    (r"^\[(.*)\]$", r"\1"),  # web servers' logs
    (r"(?i)^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", ""),
    (r"^\\?/Date\((\d+)(?:[+-]\d{4})?\)\\?/$", r"\1"),
    (r"(?i)^([a-z]{3,9}\s+\d{1,2})\s+(\d{1,2}:\S+)\s+(?:(\S+)\s+)?(\d{4})$", r"\1 \4 \2 \3"),
    (r"(?i)^(\d{1,2}:\d{2}\S*(?:\s*[ap]\.?m\.?)?)[\s,]+(\d.*)$", r"\2 \1"),
    (r"(?i)(\d)\s*(?:uhr|hrs?)\.?$", r"\1"),
    (r"^(\d{2})([A-Za-z]{3})(\d{4}):", r"\1-\2-\3 "),  # SAS
)
"""Forms that are others with their parts in another place, and what they are rewritten to."""

COUNT = r"^\d{9,19}(?:\.\d*)?$"
"""Counts since 1970; those that `FORMS` takes for digits of a date are dates."""

EXPONENT = r"^[1-9]\.\d{8,18}[eE]\+?\d{1,2}$"

SERIAL = r"^[2-5]\d{4}(?:[.,]\d+)?$"
"""A spreadsheet's serial days of the years 1954 to 2064."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG = (
    *("january", "february", "march", "april", "june", "july", "august", "sept", "september"),
    *("october", "november", "december"),
)
MONTH_OF = {name: at for at, name in enumerate(_MONTHS, 1)} | {
    name: _MONTHS.index(name[:3]) + 1 for name in _LONG
}
"""Months by their English names and what these are cut to."""


def extracted(text: pa.Array, pattern: str) -> tuple[np.ndarray, dict[str, pa.Array]]:
    """Which texts (n,) a pattern fits, and the parts by name of those, "" for what is not there."""
    found = pc.extract_regex(text, pattern)
    fits = pc.fill_null(pc.is_valid(found), False).to_numpy(zero_copy_only=False)
    if not fits.any():
        return fits, {}
    inside = found.filter(pa.array(fits))
    return fits, {
        field.name: part for field, part in zip(found.type, inside.flatten(), strict=True)
    }


def whole_numbers(part: pa.Array | None, count: int, default: int) -> Ints:
    """A part as integers (n,)."""
    if part is None:
        return np.full(count, default, dtype=np.int64)
    known = pc.if_else(pc.equal(part, ""), None, part).cast(pa.int64())
    numbers: Ints = pc.fill_null(known, default).to_numpy(zero_copy_only=False)
    return numbers.astype(np.int64)


def months(names: pa.Array) -> Ints:
    """Numbers of months by name, -1 for what names none."""
    coded = pc.utf8_lower(names).dictionary_encode()
    numbers = np.array([MONTH_OF.get(name.as_py(), -1) for name in coded.dictionary], np.int64)
    found: Ints = numbers[coded.indices.to_numpy()]
    return found


def clock(parts: dict[str, pa.Array], count: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Hour of the whole day, minute, second and microsecond (n,)."""
    hour, minute, second = (
        whole_numbers(parts.get(name), count, 0) for name in ("hour", "minute", "second")
    )
    micro = np.zeros(count, dtype=np.int64)
    if "fraction" in parts:
        padded = pc.utf8_slice_codeunits(pc.utf8_rpad(parts["fraction"], 6, "0"), 0, 6)
        micro = whole_numbers(padded, count, 0)
    if "half" in parts:
        half = pc.utf8_lower(pc.utf8_slice_codeunits(parts["half"], 0, 1))
        is_am, is_pm = (
            pc.equal(half, letter).to_numpy(zero_copy_only=False) for letter in ("a", "p")
        )
        impossible = (is_am & (hour > 12)) | (is_pm & (hour == 0))
        hour = np.where(is_am & (hour == 12), 0, np.where(is_pm & (hour < 12), hour + 12, hour))
        hour = np.where(impossible, -1, hour)
    return hour, minute, second, micro
