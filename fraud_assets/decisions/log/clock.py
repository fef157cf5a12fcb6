"""Times that never go back, whatever the machine's clock does."""

from __future__ import annotations

import time
from collections.abc import Callable

TOLERANCE = 1_000_000
"""Microseconds by which a clock may go back unsaid: daemons set it so."""


def _wall() -> int:
    return time.time_ns() // 1000


class Clock:
    """Microseconds since 1970, UTC; held where the clock goes back, until it has caught up."""

    def __init__(self, newest: int = 0, wall: Callable[[], int] = _wall) -> None:
        self._last, self._wall = newest, wall

    def hold(self, newest: int) -> None:
        """Never be before a time that is on record."""
        self._last = max(self._last, newest)

    def now(self) -> int:
        """Now, never before a unique time that was given out, or one on record; any thread."""
        return max(self._wall(), self._last)

    def unique(self, many: int = 1) -> range:
        """So many instants from now on, after every one that was given out; one thread's."""
        first = max(self._wall(), self._last + 1)
        self._last = first + many - 1
        return range(first, first + many)

    @property
    def behind(self) -> int:
        """Microseconds by which the clock is behind what is on record; 0 within the tolerance."""
        gap = self._last - self._wall()
        return gap if gap > TOLERANCE else 0
