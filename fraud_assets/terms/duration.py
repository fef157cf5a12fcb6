"""Lengths of time as people write them in a contract: "90s", "30m", "24h", "7d"."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}

_MICROSECOND = timedelta(microseconds=1)

MAX_DAYS = 36_500
"""No length of time in a contract is longer than a hundred years."""


def parse_duration(value: object) -> object:
    """Turn "24h" into a `timedelta`; a number alone says no unit and is none.

    Raises
    ------
    ValueError
        If the value is no text of a positive number and s, m, h or d, or beyond `MAX_DAYS`.
    """
    if isinstance(value, timedelta):
        return value
    text = value if isinstance(value, str) else ""
    match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([smhd])\s*", text)
    if match is None or float(match[1]) <= 0:
        raise ValueError('must be a positive length of time such as "90s", "30m", "24h" or "7d"')
    seconds = float(match[1]) * _UNITS[match[2]]
    if seconds > MAX_DAYS * _UNITS["d"]:
        raise ValueError(f'must be at most "{MAX_DAYS}d", a hundred years')
    return timedelta(seconds=seconds)


"""A length of time that a contract writes as a text."""


def to_micros(span: timedelta | None) -> int:
    """A length of time in whole microseconds; none is zero."""
    return 0 if span is None else span // _MICROSECOND


def format_duration(value: timedelta) -> str:
    """Write a length of time in its largest whole unit: 86,400 s as "1d"."""
    seconds = value.total_seconds()
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:g}s"


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
"""A length of time that a contract writes as a text."""
