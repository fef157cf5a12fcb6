"""Which lengths of history are tried: half the fitted window, itself, twice as far, and so on."""

from __future__ import annotations

import math

import numpy as np

from fraud_assets.data.rows import Rows
from fraud_assets.modelling.reach import DAY, FittedReach

LEAST_FRAUDS = 100
"""A history of fewer frauds is not tried."""


def lengths(rows: Rows, first: int) -> tuple[FittedReach, ...]:
    """Histories in the order of their length, that of the fitted window among them.

    `rows` are in time order, the fitted window's from position `first` on. Lengths double in
    frauds, from half the window's to all there are. All of them are tried once more with a weight
    that halves for each length of the window, or for half of it where nothing lies before.
    """
    if rows.time is None or not len(rows):
        return (FittedReach(),)
    end, frauds = rows.time[-1], rows.time[rows.label == 1]
    own, every = int(rows.label[first:].sum()), len(frauds)
    window = _days(end, rows.time[first])
    counts = [own // 2, *(own * 2**k for k in range(1, 30) if own * 2**k < 0.9 * every)]
    days = {_days(end, frauds[-n]) for n in counts if n >= LEAST_FRAUDS}
    days |= {window, _days(end, rows.time[0])}
    found = [FittedReach(length) for length in sorted(days)]
    if every >= 2 * LEAST_FRAUDS:
        half_life = window if max(days) > window else window / 2
        found.append(FittedReach(max(days), half_life_days=half_life))
    return tuple(found)


def window_of(rows: Rows, first: int) -> FittedReach:
    """The fitted window itself as a history."""
    if rows.time is None or not len(rows):
        return FittedReach()
    return FittedReach(_days(rows.time[-1], rows.time[first]))


def _days(end: np.datetime64, start: np.datetime64) -> float:
    """Whole days back from `end` that reach `start`; of a short span exact seconds."""
    days = float((end - start) / DAY)
    return float(math.ceil(days)) if days > 2 else max(days, 1 / 86_400)
