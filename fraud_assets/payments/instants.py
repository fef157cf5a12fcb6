"""One time as an instant, as `data.instants` reads it in a column; microseconds, UTC.

Read are ISO 8601 and its usual relatives, compact dates, counts since an origin, a declared
format, and dates by day and month where the contract or the date itself says which is which. What
else a column may hold is refused here, never read otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from fraud_assets.terms.times import TimeColumn
from fraud_assets.values.identity import written
from fraud_assets.values.missing import NUMBER_WORDS
from fraud_assets.values.number import number

MICROS = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3, "excel_days": 86_400e6}
"""Microseconds of each unit."""

SIZES = ((1e17, "ns"), (1e14, "us"), (1e11, "ms"), (1e8, "s"))
"""Counts since 1970 of the years 1973 to 5138, by the unit that gives such a size."""

OFFSETS = {
    "UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "EST": -5, "EDT": -4, "PST": -8, "PDT": -7, "MDT": -6, "HKT": 8,
    "SGT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "SAST": 2,
}  # fmt: skip
"""Hours before or after UTC of names that mean one zone alone; CST, IST and BST mean several."""

_USUAL_WORDS = frozenset(NUMBER_WORDS)
_TICK = timedelta(microseconds=1)
_ORIGIN = datetime(1970, 1, 1)
_EXCEL = datetime(1899, 12, 30)
_COUNT = re.compile(r"\d{9,19}(?:\.\d+)?", re.ASCII)
_COMPACT = re.compile(
    r"((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:[T ]?([0-2]\d)([0-5]\d)([0-5]\d))?",
    re.ASCII,
)
_USUAL = re.compile(r"\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d{1,6})?Z", re.ASCII)
_NO_DAY = re.compile(r"0000-00-00(?:[ T]00:00:00(?:\.0+)?)?", re.ASCII)
_FIELDS = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})(?:[T,\s]+(\S.*))?", re.ASCII)
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?"
    r"\s?(?:([zZ])|([+-])(\d{2}):?(\d{2})?|([A-Za-z]{2,5}|[A-Za-z]+(?:/[A-Za-z0-9_+\-]+)+))?",
    re.ASCII,
)


class NoInstantError(ValueError):
    """A value that is there and is no instant that can be read."""


def read_instant(
    value: object, time: TimeColumn, words: frozenset[str] = _USUAL_WORDS
) -> int | None:
    """The instant, None where it is missing: one of the folded `words`, or no day at all.

    Raises
    ------
    NoInstantError
        If the value is neither.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        raise NoInstantError(str(value))
    if type(value) is str and (found := usual_reader(time)(value)) is not None:
        return found
    text = written(value).strip()
    if text.lower() in words or (time.unit == "timestamp" and _NO_DAY.fullmatch(text)):
        return None
    if time.unit != "timestamp" and number(value) in _numbers_of(words):
        return None
    try:
        return _read(value, text, time)
    except (ValueError, OverflowError) as error:
        raise NoInstantError(text) from error


@cache
def _numbers_of(words: frozenset[str]) -> frozenset[float]:
    """The words that are numbers, such as -999."""
    return frozenset(found for word in words if (found := number(word)) is not None)


def usual_reader(time: TimeColumn) -> Callable[[str], int | None]:
    """Reads what most senders write with Python's own parser; None where it is to be read slowly.

    A column with a unit or a format of its own has nothing usual.
    """
    return _unusual if time.unit != "timestamp" or time.format is not None else _usual


def _unusual(_: str) -> int | None:
    return None


def _usual(text: str) -> int | None:
    if _USUAL.fullmatch(text) is None:
        return None
    try:
        return (datetime.fromisoformat(text[:-1]) - _ORIGIN) // _TICK
    except ValueError:
        return None


def _read(value: object, text: str, time: TimeColumn) -> int:
    if time.unit != "timestamp":
        found = _counted(number(value), time, time.unit)
        return _utc(_at(found), time.zone) if time.unit == "excel_days" else found
    if time.format is not None:
        stamp = datetime.strptime(text, time.format)
        return _instant(stamp) if stamp.tzinfo else _utc(stamp, time.zone)
    if _COUNT.fullmatch(text) and not _COMPACT.fullmatch(text):
        size = float(text)
        unit = next(name for least, name in SIZES if least <= size < least * 1e3)
        return _counted(number(text), time, unit)
    return _written(_year_first(text, time), time)


def _written(text: str, time: TimeColumn) -> int:
    compact = _COMPACT.fullmatch(text)
    if compact:
        year, month, day, *clock = compact.groups()
        text = f"{year}-{month}-{day}" + (f" {':'.join(clock)}" if clock[0] else "")
    found = _ISO.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month, day, hour, minute, second, fraction = found.groups()[:7]
    zulu, sign, hours, minutes, name = found.groups()[7:]
    if (sign or zulu) and hour is None:
        raise ValueError(text)
    clock_values = (int(part or 0) for part in (year, month, day, hour, minute, second))
    micros = int((fraction or "0")[:6].ljust(6, "0"))
    stamp = datetime(*clock_values) + micros * _TICK  # type: ignore[arg-type]
    if sign:
        ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return _instant(stamp - ahead if sign == "+" else stamp + ahead)
    if name is not None:
        return _named(stamp, name)
    return _instant(stamp) if zulu else _utc(stamp, time.zone)


def _named(stamp: datetime, name: str) -> int:
    if name.upper() in OFFSETS:
        return _instant(stamp - timedelta(hours=OFFSETS[name.upper()]))
    if name in available_timezones():
        return _utc(stamp, name)
    raise ValueError(name)


def _year_first(text: str, time: TimeColumn) -> str:
    """Dates such as "31/12/2025 10:00" as "2025-12-31 10:00"; other texts stay."""
    fields = _FIELDS.fullmatch(text)
    if fields is None:
        return text
    first, _, second, year, clock = fields.groups()
    day_first = time.day_first
    if day_first is None:
        if first != second and int(first) <= 12 and int(second) <= 12:
            raise ValueError("day and month can be taken for each other")
        day_first = int(first) > 12 or first == second
    day, month = (first, second) if day_first else (second, first)
    return f"{year}-{month.zfill(2)}-{day.zfill(2)} {clock or '00:00'}"


def _counted(count: float | None, time: TimeColumn, unit: str) -> int:
    if count is None:
        raise ValueError("no number")
    origin = _EXCEL if unit == "excel_days" else time.origin
    found = round(count * MICROS[unit]) + _instant(origin)
    _at(found)
    return found


def _utc(stamp: datetime, zone: str | None) -> int:
    """A zone's local time in UTC; the first of two, and of a gap the moment at its end."""
    if zone is None or zone == "UTC":
        return _instant(stamp)
    place = ZoneInfo(zone)
    found = stamp.replace(tzinfo=place, fold=0).astimezone(UTC)
    if found.astimezone(place).replace(tzinfo=None) == stamp:
        return _instant(found)
    low = _instant(stamp.replace(tzinfo=place, fold=1))
    high = _instant(found)
    before = _offset(low, place)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, place) == before else (low, middle)
    return high


def _offset(micros: int, place: ZoneInfo) -> timedelta | None:
    return _at(micros).replace(tzinfo=UTC).astimezone(place).utcoffset()


def _at(micros: int) -> datetime:
    """The instant as a time without zone; those of the years 1 to 9999 alone."""
    return _ORIGIN + micros * _TICK


def _instant(stamp: datetime) -> int:
    plain = stamp if stamp.tzinfo is None else stamp.astimezone(UTC).replace(tzinfo=None)
    return (plain - _ORIGIN) // _TICK
