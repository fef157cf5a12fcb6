"""How far back a model is fitted, and how fast what lies back loses its weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fraud_assets.data.rows import Rows

DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class FittedReach:
    """The last `days` before the newest fitted row, None for all that is there.

    With a half-life a row weighs half as much for each `half_life_days` that it lies back.
    """

    days: float | None = None
    half_life_days: float | None = None

    def taken(self, rows: Rows) -> Rows:
        """The rows within it; `rows` are in time order."""
        first = self.first(rows)
        return rows.take(np.arange(first, len(rows))) if first else rows

    def first(self, rows: Rows) -> int:
        """Position of the first row within it, which costs no copy; `rows` are in time order."""
        if self.days is None or rows.time is None or not len(rows):
            return 0
        return int(np.searchsorted(rows.time, self.since(rows.time[-1])))

    def count(self, rows: Rows) -> int:
        """How many of the rows lie within it."""
        return len(rows) - self.first(rows)

    def since(self, end: np.datetime64) -> np.datetime64:
        """The first instant that belongs to it where the newest row lies at `end`."""
        if self.days is None:
            return np.datetime64("0001-01-01", "us")
        return end - np.timedelta64(round(self.days * 86_400), "s")

    def weights(self, time: np.ndarray | None) -> np.ndarray | None:
        """Weight of each row (n,), 1 for the newest; None where all weigh the same."""
        if self.half_life_days is None or time is None or not len(time):
            return None
        age = (time[-1] - time) / DAY
        return np.asarray(0.5 ** (age / self.half_life_days), dtype=np.float64)


def joined_rows(earlier: Rows | None, later: Rows) -> Rows:
    """Both, the earlier ones first."""
    if earlier is None or not len(earlier):
        return later

    def both(name: str) -> np.ndarray | None:
        parts = getattr(earlier, name), getattr(later, name)
        return None if any(part is None for part in parts) else np.concatenate(parts)

    return Rows(
        pd.concat([earlier.features, later.features], ignore_index=True),
        np.concatenate([earlier.label, later.label]),
        both("time"),
        both("sender"),
        both("amount"),
    )


def divided(rows: Rows, at: np.datetime64) -> tuple[Rows, Rows]:
    """The rows before an instant, and those from it on; they have times."""
    before = np.asarray(rows.time) < at
    return rows.take(before), rows.take(~before)
