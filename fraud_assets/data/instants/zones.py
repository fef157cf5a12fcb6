"""Zones of times: offsets and names behind a text, and local times as instants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import available_timezones

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fraud_assets.features.arrays import Ints, Mask

OFFSETS = {
    "UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1,
    "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "EST": -5, "EDT": -4, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7, "HKT": 8, "SGT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11,
    "NZST": 12, "NZDT": 13, "SAST": 2,
}  # fmt: skip
"""Hours before or after UTC of names that mean one zone alone."""

SEVERAL = {
    "CST": ("America/Chicago", "Asia/Shanghai"),
    "CDT": ("America/Chicago", "America/Havana"),
    "IST": ("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"),
    "BST": ("Europe/London", "Asia/Dhaka"),
    "AST": ("America/Halifax", "Asia/Riyadh"),
    "GST": ("Asia/Dubai", "Atlantic/South_Georgia"),
    "AMT": ("America/Manaus", "Asia/Yerevan"),
    "ECT": ("America/Guayaquil", "Europe/Paris"),
    "SST": ("Asia/Singapore", "Pacific/Pago_Pago"),
}
"""Zones that go by one name."""

_HALF = r"(?:\s*[AaPp]\.?[Mm]\b\.?)?"
_CLOCKED = (
    r"^(?P<rest>.*?(?:\d:\d{1,2}(?::\d{1,2}(?:[.,]\d+)?)?|\d\.\d{2}\.\d{2}(?:\.\d+)?"
    rf"|\d{{4}}-?\d{{2}}-?\d{{2}}[T ]?\d{{4,6}}(?:[.,]\d+)?){_HALF})"
)
_DATED = r"^(?P<rest>\d{4}-\d{2}-\d{2}|.*[A-Za-z/. ]\d{4})"
_WORD = r"(?P<word>[A-Za-z]{1,5}|[A-Za-z_]+(?:/[A-Za-z0-9_+\-]+)+|[A-Za-z][A-Za-z .]+)"
_OFFSET = r"(?:UTC|GMT)?\s*(?P<offset>[zZ]|[+-]\d{1,2}(?::?\d{2}(?::?\d{2})?)?)"
_DAY_OFFSET = r"(?P<offset>[zZ]|[+-]\d{2}:\d{2})"
_TAILS = (
    rf"{_DATED}\s*(?:{_DAY_OFFSET})?\s*[\[(]?{_WORD}?[\])]?$",
    rf"{_CLOCKED}\s*(?:{_OFFSET})?\s*[\[(]?{_WORD}?[\])]?$",
)

NO_OFFSET = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Tails:
    """Texts (n,) without their zone, offsets from UTC in minutes or `NO_OFFSET`, zones' names.

    `words` is "" where no name stands, or where an offset beside it says all.
    """

    rest: pa.Array
    offset: Ints
    word: np.ndarray


def tails(text: pa.Array) -> Tails:
    """Take the zone off the end of each text."""
    rest, word = text, pa.array([""] * len(text), pa.string())
    offset = word
    left = np.ones(len(text), dtype=bool)
    for pattern in _TAILS:
        found = pc.extract_regex(text, pattern)
        fits = pc.and_(pc.is_valid(found), pa.array(left))
        rest, offset, word = (
            pc.if_else(fits, pc.struct_field(found, name), known)
            for name, known in (("rest", rest), ("offset", offset), ("word", word))
        )
        left &= ~pc.fill_null(fits, False).to_numpy(zero_copy_only=False)
    minutes = _minutes(offset)
    words = pc.if_else(pa.array(minutes == NO_OFFSET), word, "").to_numpy(zero_copy_only=False)
    return Tails(pc.utf8_trim_whitespace(rest), minutes, words)


def _minutes(offset: pa.Array) -> Ints:
    minutes = np.full(len(offset), NO_OFFSET, dtype=np.int64)
    coded = offset.dictionary_encode()
    table = np.array([_as_minutes(one.as_py()) for one in coded.dictionary], dtype=np.int64)
    if len(table):
        minutes = table[coded.indices.to_numpy()]
    return minutes


def _as_minutes(offset: str) -> int:
    if offset in ("", None):
        return NO_OFFSET
    if offset in "zZ":
        return 0
    digits = offset[1:].replace(":", "")
    hours, minutes = (
        (digits[:1], digits[1:3]) if len(digits) in (1, 3) else (digits[:2], digits[2:4])
    )
    found = 60 * int(hours) + int(minutes or 0)
    return -found if offset[0] == "-" else found


@dataclass(frozen=True)
class Moved:
    """Instants of local times (n,), and those that fell in a gap or a repeat of the clocks."""

    stamps: pd.Series
    gap: Mask
    repeat: Mask


def localised(stamps: pd.Series, zone: str | None) -> Moved:
    """Instants in UTC of times on a zone's clocks.

    A time that the clocks left out is the moment at which they moved; one that they showed twice
    is the first of the two.
    """
    none = np.zeros(len(stamps), dtype=bool)
    if zone is None or zone == "UTC" or not len(stamps):
        return Moved(stamps, none, none)
    first = np.ones(len(stamps), dtype=bool)
    clock = stamps.dt.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
    gaps = stamps.dt.tz_localize(zone, ambiguous=first, nonexistent="NaT").isna() & stamps.notna()
    known = stamps.dt.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward")
    repeats = known.isna() & stamps.notna()
    instants = clock.dt.tz_convert(None).astype("datetime64[us]")
    return Moved(instants, gaps.to_numpy(), repeats.to_numpy())


def in_named_zones(stamps: pd.Series, words: np.ndarray, zone: str | None) -> Moved:
    """Instants of local times (n,) that name their zone; NaT where no single zone is meant."""
    found = stamps.copy()
    gap, repeat = (np.zeros(len(stamps), dtype=bool) for _ in range(2))
    for word in names(words):
        rows = words == word
        if word.upper() in OFFSETS:
            found[rows] = stamps[rows] - pd.Timedelta(hours=OFFSETS[word.upper()])
        elif word in available_timezones():
            moved = localised(stamps[rows], word)
            found[rows], gap[rows], repeat[rows] = moved.stamps, moved.gap, moved.repeat
        elif zone is not None:
            found[rows] = _own_name(stamps[rows], word, zone)
        else:
            found[rows] = pd.NaT
    return Moved(found, gap, repeat)


def names(words: np.ndarray) -> Iterator[str]:
    """The names of zones among words (n,)."""
    yield from (str(word) for word in pd.unique(words) if word)


def _own_name(stamps: pd.Series, word: str, zone: str) -> pd.Series:
    """Instants where the declared zone itself goes by that name at that time."""
    clock = stamps.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    named = clock.map(lambda at: None if pd.isna(at) else at.tzname())
    return clock.dt.tz_convert(None).where(named == word.upper())
