"""Lengths of time as people write them in a contract: "90s", "30m", "24h", "7d"."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(value: object) -> object:
    """Turn "24h" into a `timedelta`; anything that is no text passes through.

    Raises
    ------
    ValueError
        If the text is not a positive number followed by s, m, h or d.
    """
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*", value)
    if match is None or float(match[1]) <= 0:
        raise ValueError('must be a positive length of time such as "90s", "30m", "24h" or "7d"')
    return timedelta(**{_UNITS[match[2]]: float(match[1])})


def format_duration(value: timedelta) -> str:
    """Write a length of time in its largest whole unit: 86,400 s as "1d"."""
    seconds = value.total_seconds()
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:g}s"
