"""Instants of years, months, days and hours, each checked against the calendar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fraud_assets.features.arrays import Ints, Mask

_DAY = 86_400_000_000
_PIVOT = 69
"""Two digits from here on are years of the 20th century, as POSIX has it."""


@dataclass(frozen=True)
class CalendarParts:
    """Parts of local times, (n,) each; -1 for what is no such part."""

    year: Ints
    month: Ints
    day: Ints
    hour: Ints
    minute: Ints
    second: Ints
    micro: Ints

    def micros(self) -> tuple[Ints, Mask]:
        """Microseconds since 1970, and which of them the calendar has.

        24:00 is the next day's midnight, and second 60 the next minute's start.
        """
        is_real = (self.year >= 1) & (self.month >= 1) & (self.month <= 12) & (self.day >= 1)
        months = np.where(is_real, (self.year - 1970) * 12 + self.month - 1, 0)
        first, after = (_days(months), _days(months + 1))
        is_real &= self.day <= after - first
        is_midnight = (self.hour == 24) & (self.minute == 0) & (self.second == 0)
        is_real &= ((self.hour >= 0) & (self.hour < 24)) | is_midnight
        is_real &= (self.minute >= 0) & (self.minute < 60) & (self.second >= 0)
        is_real &= self.second <= 60
        seconds = (self.hour * 60 + self.minute) * 60 + self.second
        found = (first + self.day - 1) * _DAY + seconds * 1_000_000 + self.micro
        return np.where(is_real, found, 0), is_real


def century(year: Ints) -> Ints:
    """Years of two digits with their century."""
    found: Ints = np.where(year < _PIVOT, 2000, 1900) + year
    return found


def _days(months: Ints) -> Ints:
    days: Ints = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return days
