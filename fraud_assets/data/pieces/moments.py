"""When payments were made, by the hour: what leaps of the clock and even pieces follow from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fraud_assets.data.plausible import GAP_FACTOR, MIN_GAP, Leaps, tail_of
from fraud_assets.features.arrays import Ints

_HOUR = 3_600_000_000


@dataclass
class Hours:
    """How many payments each hour saw, and its first and last instant, in microseconds."""

    _seen: dict[int, tuple[int, int, int]] = field(default_factory=dict)

    def add(self, micros: Ints) -> None:
        """Count instants (n,)."""
        ordered = np.sort(micros)
        hours, starts = np.unique(ordered // _HOUR, return_index=True)
        ends = [*starts[1:].tolist(), len(ordered)][: len(hours)]
        for hour, start, end in zip(hours.tolist(), starts.tolist(), ends, strict=True):
            count, first, last = self._seen.get(hour, (0, 2**63 - 1, -(2**63)))
            first, last = min(first, int(ordered[start])), max(last, int(ordered[end - 1]))
            self._seen[hour] = (count + end - start, first, last)

    def leaps(self) -> Leaps:
        """What `fraud_assets.data.plausible.leaps` says of all instants.

        Gaps inside of an hour decide nothing there: three of them are shorter than any leap.
        """
        if not self._seen:
            return None, None
        counts, firsts, lasts = self._columns()
        number = int(counts.sum())
        tail = tail_of(number)
        if number <= 4 * tail:
            return None, None
        at, gaps = counts.cumsum()[:-1] - 1, firsts[1:] - lasts[:-1]
        inside = (at >= tail) & (at < number - 1 - tail)
        limit = max(MIN_GAP, np.timedelta64(GAP_FACTOR * int(gaps[inside].max(initial=0)), "us"))
        far = gaps > limit.astype("timedelta64[us]").astype(np.int64)
        low, high = (
            np.flatnonzero(far & (at < tail)),
            np.flatnonzero(far & (at >= number - 1 - tail)),
        )
        return (
            np.datetime64(int(firsts[low[-1] + 1]), "us") if len(low) else None,
            np.datetime64(int(lasts[high[0]]), "us") if len(high) else None,
        )

    def edges(self, size: int, most: int) -> Ints:
        """Ends in microseconds of at most `most` + 1 pieces of about `size` payments, in order."""
        if not self._seen:
            return np.empty(0, dtype=np.int64)
        counts, _, lasts = self._columns()
        piece = max(size, -(-int(counts.sum()) // most))
        number = (counts.cumsum() - 1) // piece
        ends: Ints = lasts[np.flatnonzero(np.diff(number))]
        return ends

    def _columns(self) -> tuple[Ints, Ints, Ints]:
        table = np.array([self._seen[hour] for hour in sorted(self._seen)], dtype=np.int64)
        return table[:, 0], table[:, 1], table[:, 2]
