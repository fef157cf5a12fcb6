"""Facts of the event time's own clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, TypeVar

import numpy as np
from pydantic import Field

from fraud_assets.features.arrays import Floats, Ints
from fraud_assets.features.batch.past import Past
from fraud_assets.features.kind import NO_HISTORY, Kind, Reach, Use
from fraud_assets.features.online.seen import Seen

_HOUR = 3_600_000_000
_THURSDAY = 3
"""Weekday of 1970-01-01, Monday being 0."""

Micros = TypeVar("Micros", int, Ints)


class Calendar(Kind):
    """A fact of the event time's own clock, UTC."""

    ROLES: ClassVar[Mapping[str, Use]] = {}

    kind: Literal["calendar"]
    """The kind of the derived feature."""

    flag: Literal["weekend", "night", "hour", "weekday"]
    """Which fact of the clock."""

    night_ends: int = Field(default=6, ge=1, le=12)
    """The last hour of the night."""

    @property
    def reach(self) -> Reach:
        """The payment alone."""
        return NO_HISTORY

    @property
    def definition(self) -> str:
        """The exact meaning, for people who ask what it is."""
        return {
            "weekend": "1 on Saturday and Sunday (UTC), else 0.",
            "night": f"1 from midnight to {self.night_ends}:59 (UTC), else 0.",
            "hour": "Hour of the day (UTC), 0 to 23.",
            "weekday": "Day of the week (UTC), Monday 0 to Sunday 6.",
        }[self.flag]

    def batch(self, past: Past) -> Floats:
        """Whole numbers; never missing."""
        return np.asarray(self._fact(past.micros[past.emitted]), dtype=np.float64)

    def online(self, seen: Seen) -> float:
        """The same of one payment."""
        return float(self._fact(seen.now))

    def _fact(self, micros: Micros) -> Micros | bool | np.ndarray:
        hours = micros // _HOUR
        hour, weekday = hours % 24, (hours // 24 + _THURSDAY) % 7
        if self.flag == "weekend":
            return weekday >= 5
        if self.flag == "night":
            return hour <= self.night_ends
        return hour if self.flag == "hour" else weekday
