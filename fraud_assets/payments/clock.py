"""A date and the time of day that stands beside it, as one text; as a column of both is read."""

from __future__ import annotations

import re

from fraud_assets.values.identity import written
from fraud_assets.values.missing import TEXT_WORDS
from fraud_assets.values.text import folded

_MIDNIGHT = re.compile(r"[T ](?:00:00(?::00(?:\.0+)?)?|12:00:00 AM)$")
_DATE_AHEAD = re.compile(r"(?:\d{4}-\d{2}-\d{2}|0 days) (\d.*)", re.ASCII)
"""Hours that a spreadsheet or a library stores with a date of its own, such as 1900-01-01."""

_DIGITS = re.compile(r"(\d{5,6})(?:\.0)?", re.ASCII)
"""Digits that hold hours, minutes and seconds; of fewer only their column says which."""


def with_time_of_day(date: object, hour: object) -> str | None:
    """Date and time of day in one text, None where one is missing."""
    if date is None or hour is None:
        return None
    time = written(hour).strip()
    if folded(time) in TEXT_WORDS:
        return None
    ahead, digits = _DATE_AHEAD.fullmatch(time), _DIGITS.fullmatch(time)
    if ahead:
        time = ahead[1]
    elif digits:
        padded = digits[1].zfill(6)
        time = f"{padded[:2]}:{padded[2:4]}:{padded[4:]}"
    return f"{_MIDNIGHT.sub('', written(date).strip())} {time}"
