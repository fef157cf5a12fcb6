"""Distinct counts and fraud counts over position ranges: integers, for which order is nothing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fraud_assets.features.arrays import Ints
from fraud_assets.features.batch.history import History
from fraud_assets.features.labels import NEVER


def stab_counts(begin: Ints, end: Ints, queries: int) -> Ints:
    """How many of the half-open ranges [begin, end) cover each query number."""
    valid = begin < end
    steps = np.bincount(begin[valid], minlength=queries + 1) - np.bincount(
        end[valid], minlength=queries + 1
    )
    return np.cumsum(steps[:queries], dtype=np.int64)


def distinct_counts(
    history: History, values: Ints, low: Ints, high: Ints, *, include_current: bool
) -> Ints:
    """How many different non-negative `values` (h,) lie in each range, own row's included.

    A value counts at its first position inside the range: where its previous position lies
    below `low`. As both bounds ascend, the rows that count it there are one range of rows.
    """
    previous, previous_instant = _same_value_before(history, values)
    at = np.flatnonzero(values >= 0)
    begin = np.maximum(
        np.searchsorted(high, at, side="right"), np.searchsorted(low, previous[at], side="right")
    )
    counts = stab_counts(begin, np.searchsorted(low, at, side="right"), len(low))
    if include_current:
        own = values[history.asked] >= 0
        counts += own & (previous_instant[history.asked] < low)
    return counts


def _same_value_before(history: History, values: Ints) -> tuple[Ints, Ints]:
    """Last position with the same entity and value: before each row, before its instant.

    -1 where there is none.
    """
    order = np.lexsort((values, history.codes)).astype(np.int64)
    codes, value, key = history.codes[order], values[order], history.key[order]
    same = np.zeros(len(order), dtype=bool)
    same[1:] = (codes[1:] == codes[:-1]) & (value[1:] == value[:-1])
    before = np.where(same, np.concatenate([[-1], order[:-1]]), -1)
    tied = same.copy()
    tied[1:] &= key[1:] == key[:-1]
    run_start = np.maximum.accumulate(np.where(tied, 0, np.arange(len(order))))
    previous, previous_instant = np.empty_like(before), np.empty_like(before)
    previous[order], previous_instant[order] = before, before[run_start]
    return previous, previous_instant


class KnownFrauds(NamedTuple):
    """Payments of a history that ever count as frauds: positions, from when and until when, (f,).

    Times are microseconds.
    """

    at: Ints
    start: Ints
    end: Ints

    @classmethod
    def of(cls, history: History, start: Ints, end: Ints) -> KnownFrauds:
        """Out of the times of all rows (n,), `start` being `NEVER` where one never counts."""
        at = np.flatnonzero((start != NEVER)[history.order])
        rows = history.order[at]
        return cls(at, start[rows], end[rows])


def known_fraud_counts(history: History, frauds: KnownFrauds, window: int, delay: int) -> Ints:
    """How many frauds in (t - delay - window, t - delay] each asking row at t knows of.

    `window` and `delay` in microseconds. Each fraud is seen by one range of its entity's rows.
    """
    at, known, until = frauds
    matured = history.micros[at] + delay
    opens = history.clock.first_at_or_after(np.maximum(matured, known))
    closes = history.clock.first_at_or_after(np.minimum(matured + window, until))
    base = history.codes[at] * history.clock.stride
    begin = np.searchsorted(history.asked_key, base + opens)
    end = np.searchsorted(history.asked_key, base + closes)
    return stab_counts(begin, end, len(history.asked))
