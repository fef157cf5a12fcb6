"""How many different values a window holds, counted on as it moves instead of anew.

For each window that is asked of a long track the state keeps where it stood last, how often each
value occurred there, and how many values that were. The next payment's window has left a few
payments behind and reached a few more; only those are looked at. A window that stands further
back, as a late payment's does, is worked out from the one that is kept, which stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from struct import Struct

from fraud_assets.features.online.seen import Span
from fraud_assets.state.sealed import Records
from fraud_assets.state.tracks.page import Event
from fraud_assets.state.tracks.pages import Pages

FROM_PAGES = 8
"""From so many pages on a window is counted on; fewer are looked through."""

_WINDOW = Struct("<IqqqqQ")
_COUNT, _NUMBER = Struct("<Q"), Struct(">IQ")


class DistinctWindow:
    """One window of one column, `width` long and ending `lag` before the payment that asks.

    It holds the payments of [begin, end), and `different` values among them.
    """

    def __init__(
        self, number: int, column: int, width: int, lag: int, at: tuple[int, int, int]
    ) -> None:
        self.number, self.column, self.width, self.lag = number, column, width, lag
        self.begin, self.end, self.different = at
        self.counts: dict[int, int] = {}
        self.is_new = False

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.begin, self.end)


class DistinctWindows:
    """The windows that are kept of one track; `pages` are its payments."""

    def __init__(self, records: Records, key: bytes, pages: Pages) -> None:
        self._records, self._key, self._pages = records, key, pages
        self._held: list[DistinctWindow] | None = None
        self._changed = False

    def different(self, column: int, span: Span, now: int, own: int) -> int:
        """How many different values of a column a span holds; `own` is one more, 0 none."""
        window = self._window(column, span, now)
        if window is None or span.end <= window.begin:
            return len({own, *_all(self._pages.values(column, span))} - {0})
        if span.begin >= window.begin and span.end >= window.end:
            self._move(window, span)
            return window.different + (own != 0 and self._count(window, own) == 0)
        return self._beside(window, span, own)

    def insert(self, event: Event) -> None:
        """A payment came; windows that stand beyond it hold it too."""
        for window in self._all():
            if window.begin <= event.time < window.end:
                self._enter(window, [event.values[window.column]])

    def drop(self, cut: int) -> None:
        """Payments before an instant are about to go; no window holds them any more."""
        for window in self._all():
            if window.begin < cut:
                self._move(window, Span(cut, max(cut, window.end)))

    def write(self) -> None:
        """Hand what changed to the transaction."""
        if not self._changed or self._held is None:
            return
        data = []
        for one in self._held:
            place = one.column, one.width, one.lag, one.begin, one.end, one.different
            data.append(_WINDOW.pack(*place))
            for value, count in one.counts.items():
                key = self._count_key(one, value)
                if count:
                    self._records.put(key, _COUNT.pack(count))
                else:
                    self._records.delete(key)
        self._records.put(b"D" + self._key, b"".join(data))

    def _window(self, column: int, span: Span, now: int) -> DistinctWindow | None:
        """The window that such a span belongs to; None where the track is too short for one."""
        width, lag = span.end - span.begin, now - span.end
        for window in self._all():
            if (window.column, window.width, window.lag) == (column, width, lag):
                return window
        if len(self._pages) < FROM_PAGES:
            return None
        at = span.begin, span.begin, 0
        made = DistinctWindow(len(self._held or ()), column, width, lag, at)
        made.is_new = True
        self._held = [*self._all(), made]
        return made

    def _all(self) -> list[DistinctWindow]:
        if self._held is None and self._pages.next < FROM_PAGES:
            self._held = []  # too few pages were ever begun
        if self._held is None:
            data = self._records.get(b"D" + self._key) or b""
            found = self._records.trusted(list, _WINDOW.iter_unpack(data))
            self._held = [
                DistinctWindow(number, column, width, lag, (begin, end, different))
                for number, (column, width, lag, begin, end, different) in enumerate(found)
            ]
        return self._held

    def _move(self, window: DistinctWindow, span: Span) -> None:
        """Bring a window forward."""
        if span == window.span:
            return
        left = Span(window.begin, min(span.begin, window.end))
        reached = Span(max(window.end, span.begin), span.end)
        for value in _all(self._pages.values(window.column, left)):
            count = self._count(window, value) - 1
            self._records.demand(count >= 0, "a window counts less than it holds")
            window.counts[value] = count
            window.different -= count == 0
        self._enter(window, _all(self._pages.values(window.column, reached)))
        window.begin, window.end = span.begin, span.end
        self._changed = True

    def _enter(self, window: DistinctWindow, values: Iterable[int]) -> None:
        for value in values:
            if value:
                count = self._count(window, value)
                window.counts[value] = count + 1
                window.different += count == 0
        self._changed = True

    def _beside(self, window: DistinctWindow, span: Span, own: int) -> int:
        """What a span holds that stands further back than its window, which stays where it is."""
        change: Counter[int] = Counter()
        for part in _outside(span, window.span):
            change.update(_all(self._pages.values(window.column, part)))
        for part in _outside(window.span, span):
            change.subtract(_all(self._pages.values(window.column, part)))
        if own:
            change[own] += 1
        found = window.different
        for value, more in change.items():
            if more and value:
                count = self._count(window, value)
                found += (count + more > 0) - (count > 0)
        return found

    def _count(self, window: DistinctWindow, value: int) -> int:
        """How often a value occurs in a window."""
        count = window.counts.get(value)
        if count is None:
            key = self._count_key(window, value)
            data = None if window.is_new else self._records.get(key)
            count = 0 if data is None else int.from_bytes(data, "little")
        return count

    def _count_key(self, window: DistinctWindow, value: int) -> bytes:
        return b"C" + self._key + _NUMBER.pack(window.number, value)


def _all(parts: Iterable[Iterable[int]]) -> Iterator[int]:
    """The values that are there, one after the other."""
    return (value for part in parts for value in part if value)


def _outside(span: Span, other: Span) -> Iterator[Span]:
    """The parts of a span that another one does not hold."""
    before = Span(span.begin, min(span.end, other.begin))
    after = Span(max(span.begin, other.end), span.end)
    return (part for part in (before, after) if part.begin < part.end)
