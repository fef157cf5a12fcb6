"""Which of an entity's payments counted as frauds, and when."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from fraud_assets.features.arrays import Ints
from fraud_assets.features.online.seen import Span

_FIELDS = 4


class Frauds:
    """Periods (n,) in which payments counted as known frauds.

    Each has the payment's instant, from when and until when it was known as fraud, and a number
    that stands for the payment.
    """

    def __init__(self, times: Ints, since: Ints, until: Ints, of: Ints) -> None:
        self._times, self._since, self._until, self._of = times, since, until, of
        self.changed = False

    @classmethod
    def read(cls, data: bytes | None) -> Frauds:
        """The periods whose `written` bytes these are; none where there are no bytes."""
        table = np.frombuffer(data or b"", dtype=np.int64).reshape(_FIELDS, -1)
        return cls(*table)

    def written(self) -> bytes:
        """The periods as bytes."""
        return b"".join(c.tobytes() for c in (self._times, self._since, self._until, self._of))

    def count(self, span: Span, now: int) -> int:
        """How many payments of a span are known frauds at `now`."""
        times = self._times
        if not len(times):
            return 0
        inside = (times >= span.begin) & (times < span.end)
        known = (self._since <= now) & (self._until > now)
        return int(np.count_nonzero(inside & known))

    def replace(self, payment: int, time: int, periods: Iterable[tuple[int, int]]) -> None:
        """Say anew when one payment counted as fraud."""
        number = np.int64(payment - 2**64 if payment >= 2**63 else payment)
        others = self._of != number
        new = np.array([(time, *period, number) for period in periods], dtype=np.int64)
        columns = (self._times, self._since, self._until, self._of)
        kept = np.stack([column[others] for column in columns])
        table = np.concatenate([kept, new.reshape(-1, _FIELDS).T], axis=1)
        self._times, self._since, self._until, self._of = table
        self.changed = True

    def drop(self, cut: int) -> None:
        """Let go of payments before `cut`."""
        kept = self._times >= cut
        if kept.all():
            return
        columns = (self._times, self._since, self._until, self._of)
        self._times, self._since, self._until, self._of = (column[kept] for column in columns)
        self.changed = True
