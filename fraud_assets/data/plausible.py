"""Which event times can be believed: not after now, and not an isolated leap.

A handful of clocks that run ahead would otherwise move the whole week; rows that stand apart
from the bulk by a gap far larger than any gap inside it are quarantined, not believed.
"""

from __future__ import annotations

import numpy as np

TAIL_SHARE = 0.005
"""At most this share of the rows (and at least five) can be called an isolated tail."""

MIN_GAP = np.timedelta64(6, "h")
"""No gap shorter than this is a leap."""

GAP_FACTOR = 3
"""A leap is a gap at least this many times the largest gap inside the bulk."""


Leaps = tuple[np.datetime64 | None, np.datetime64 | None]
"""Bounds of the believable event times; None where nothing lies beyond one."""


def tail_of(rows: int) -> int:
    """How many of so many rows can be an isolated tail."""
    return max(5, int(rows * TAIL_SHARE))


def leaps(times: np.ndarray) -> Leaps:
    """Bounds of the believable event times: rows before the first or after the second are leaps.

    `times` (n,) datetime64[us] without NaT. A bound is None where nothing lies beyond it.
    """
    ordered = np.sort(times)
    tail = tail_of(len(ordered))
    if len(ordered) <= 4 * tail:
        return None, None
    gaps = np.diff(ordered)
    bulk = gaps[tail : len(gaps) - tail]
    limit = max(MIN_GAP, GAP_FACTOR * bulk.max())
    low = np.flatnonzero(gaps[:tail] > limit)
    high = np.flatnonzero(gaps[len(gaps) - tail :] > limit)
    lowest = ordered[low[-1] + 1] if len(low) else None
    highest = ordered[len(gaps) - tail + high[0]] if len(high) else None
    return lowest, highest
