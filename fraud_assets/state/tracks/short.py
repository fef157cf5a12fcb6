"""A track whose payments all lie in its head, as most entities' do: its bytes are never unpacked.

It answers and leaves behind what `Track` does, to the byte. A payment costs a few slices of the
record instead of arrays, pages and sums, which is most of what a decision has to do.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache
from math import fsum
from struct import Struct

from fraud_assets.features.online.seen import Span
from fraud_assets.state.sealed import Records
from fraud_assets.state.tracks import distinct, pages
from fraud_assets.state.tracks.frauds import Frauds
from fraud_assets.state.tracks.page import Event, Layout, present
from fraud_assets.state.tracks.track import HEAD, NEVER, Track
from fraud_assets.state.values import digest

_HEAD, _NUMBER = HEAD.size, 4
_START = _HEAD + _NUMBER
"""Where the columns begin: behind the head and the number of the only page."""

_WIDTH = 8
_NO_TIMES = memoryview(b"").cast("q")


@cache
def _row(numbers: int, values: int) -> Struct:
    """What is kept of a payment: its instant, so many numbers, so many hashes."""
    return Struct(f"<q{numbers}d{values}Q")


class ShortTrack:
    """See `Track`; `data` is the record, empty where the entity is new."""

    __slots__ = (
        "_columns", "_first", "_frauds", "_grown", "_key", "_length", "_next", "_now", "_number",
        "_numbers", "_records", "_spans", "_times", "dropped", "layout", "newest",
    )  # fmt: skip

    def __init__(
        self, records: Records, key: bytes, layout: Layout, now: int, data: bytes = b""
    ) -> None:
        self._records, self._key, self.layout, self._now = records, key, layout, now
        self._frauds: Frauds | None = None
        self._grown: Track | None = None
        self._spans: dict[Span, tuple[int, int]] = {}
        self._numbers: dict[tuple[int, Span], Sequence[float]] = {}
        if not data:
            self._first, self.dropped, self.newest, self._next = now, NEVER, NEVER, 0
            self._number = self._columns = b""
            self._length, self._times = 0, _NO_TIMES
            return
        self._first, self.dropped, self.newest, self._next, held = HEAD.unpack_from(data)
        length = 0
        if held:
            row = _WIDTH * (1 + len(layout.numbers) + len(layout.values))
            length, rest = divmod(len(data) - _START, row)
            records.demand(not rest and length > 0, "a track lacks payments")
        self._number = data[_HEAD : _START if held else _HEAD]
        self._take(data[_START:], length)

    def _take(self, columns: bytes, length: int) -> None:
        """Hold the columns of so many payments, one behind the other."""
        self._columns, self._length = columns, length
        self._times = memoryview(columns)[: length * _WIDTH].cast("q")

    # What a payment may ask.

    @property
    def first(self) -> int:
        """When the first payment was made, the one that asks included."""
        return min(self._first, self._now)

    def last_before(self, instant: int) -> int | None:
        """When the last payment strictly before an instant was made."""
        at = bisect_left(self._times, instant)
        if at:
            return self._times[at - 1]
        return self.dropped if NEVER < self.dropped < instant else None

    def count(self, span: Span) -> int:
        """How many payments a span holds."""
        low, high = self._bounds(span)
        return high - low

    def total(self, column: str, span: Span, own: float | None = None) -> tuple[float, int]:
        """Exact sum of a column, rounded once, and number of its values; `own` is one more."""
        values = self._held(column, span)
        if own is not None and own == own:  # noqa: PLR0124 - NaN is not itself
            values = [*values, own]
        total = fsum(values)
        if total != total:  # noqa: PLR0124 - as above
            values = present(values)
            total = fsum(values)
        return total + 0.0, len(values)

    def numbers(self, column: str, span: Span) -> Sequence[float]:
        """A column's numbers in a span in order of time, without NaN; not to be changed."""
        return present(self._held(column, span))

    def _held(self, column: str, span: Span) -> Sequence[float]:
        """The same with NaN for missing; kept for the payment's other features."""
        at = self.layout.numbers.index(column)
        values = self._numbers.get((at, span))
        if values is None:
            low, high = self._bounds(span)
            found = self._column(1 + at)[low * _WIDTH : high * _WIDTH].cast("d").tolist()
            values = self._numbers[at, span] = found
        return values

    def distinct(self, column: str, span: Span, own: str | None = None) -> int:
        """How many different values of a column a span holds; `own` is one more value."""
        low, high = self._bounds(span)
        at = 1 + len(self.layout.numbers) + self.layout.values.index(column)
        values = self._column(at)[low * _WIDTH : high * _WIDTH].cast("Q") if low < high else ()
        return len({0 if own is None else digest(own), *values} - {0})

    def frauds(self, span: Span, now: int) -> int:
        """How many payments of a span are frauds that are known at `now`."""
        return self.labels.count(span, now)

    @property
    def labels(self) -> Frauds:
        """When which of the payments counted as frauds."""
        if self._grown is not None:
            return self._grown.labels
        if self._frauds is None:
            self._frauds = Frauds.read(self._records.get(b"F" + self._key))
        return self._frauds

    def _bounds(self, span: Span) -> tuple[int, int]:
        """Positions of the payments that a span holds; kept for the payment's other features."""
        found = self._spans.get(span)
        if found is None:
            low = bisect_left(self._times, span.begin)
            found = self._spans[span] = low, bisect_left(self._times, span.end, low)
        return found

    def _column(self, at: int) -> memoryview:
        size = self._length * _WIDTH
        return memoryview(self._columns)[at * size : (at + 1) * size]

    # What a payment leaves behind.

    def insert(self, event: Event, cut: int, *, keep: bool) -> None:
        """Add a payment, and let go of those before `cut`; without `keep` only the first counts.

        A payment from before `cut` is dropped at once: no window reaches it.
        """
        if self._length >= pages.CAPACITY:
            self._grown = Track(self._records, self._key, self.layout, self._now)
            self._grown.insert(event, cut, keep=keep)
            return
        time = event.time
        self._first = min(self._first, time)
        self.newest = max(self.newest, time)
        if not keep or time < cut:
            self.drop(cut)
            self.dropped = max(self.dropped, time)
            return
        low = self._before(cut)
        if not self._number:
            self._number, self._next = self._next.to_bytes(_NUMBER, "little"), self._next + 1
        row = _row(len(event.numbers), len(event.values)).pack(time, *event.numbers, *event.values)
        columns = self._with(row, low, bisect_right(self._times, time))
        self._take(columns, self._length - low + 1)

    def _with(self, row: bytes, low: int, at: int) -> bytes:
        """The columns from `low` on, with a payment of these values before the one at `at`."""
        held, size = self._columns, self._length * _WIDTH
        if not size:
            return row
        parts: list[bytes] = []
        first, place = low * _WIDTH, at * _WIDTH
        for begin, own in zip(range(0, len(held), size), range(0, len(row), _WIDTH), strict=True):
            parts += (
                held[begin + first : begin + place],
                row[own : own + _WIDTH],
                held[begin + place : begin + size],
            )
        return b"".join(parts)

    def _before(self, cut: int) -> int:
        """How many payments lie before `cut`; they count as dropped, and nothing as asked."""
        self._spans.clear()
        self._numbers.clear()
        if not self._length or self._times[0] >= cut:
            return 0
        at = bisect_left(self._times, cut)
        self.dropped = max(self.dropped, self._times[at - 1])
        return at

    def drop(self, cut: int) -> bool:
        """Let go of payments before `cut`; whether there were any."""
        at = self._before(cut)
        if at:
            columns = range(1 + len(self.layout.numbers) + len(self.layout.values))
            kept = b"".join([self._column(column)[at * _WIDTH :] for column in columns])
            self._take(kept, self._length - at)
        return at > 0

    def write(self) -> None:
        """Hand everything that changed to the transaction."""
        if self._grown is not None:
            self._grown.write()
            return
        held = self._length > 0
        head = HEAD.pack(self._first, self.dropped, self.newest, self._next, held)
        if held:
            head += self._number + self._columns
        self._records.put(b"T" + self._key, head)
        if self._frauds is not None and self._frauds.changed:
            self._records.put(b"F" + self._key, self._frauds.written())


def open_track(records: Records, key: bytes, layout: Layout, now: int) -> Track | ShortTrack:
    """The track of the entity `key`, for the payment that asks at `now`.

    A track is a short one while it has one page, and never had so many that windows are kept.
    """
    data = records.get(b"T" + key)
    if data is None:
        return ShortTrack(records, key, layout, now)
    *_, begun, held = HEAD.unpack_from(data)
    if held > 1 or (layout.values and begun >= distinct.FROM_PAGES):
        return Track(records, key, layout, now)
    return ShortTrack(records, key, layout, now, data)
