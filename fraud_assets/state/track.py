"""The payments of one entity, in pages: what a new payment may ask of them, and where it goes.

Few payments lie in the track's head itself. Many lie in pages of their own, and the head holds
of each page where it begins, how many payments it has, and its sums as floats that add up to them
exactly. So a window of a million payments costs its two outermost pages and the head.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from math import fsum
from struct import Struct
from typing import NamedTuple

from fraud_assets.features.online.seen import Span
from fraud_assets.state.frauds import Frauds
from fraud_assets.state.page import Event, Layout, Page, exact_parts, grow, present
from fraud_assets.state.sealed import Records
from fraud_assets.state.values import digest

CAPACITY = 512
"""Payments of a page before it is cut in two."""

NEVER = -(2**63)
"""Stands for no instant."""

_HEAD = Struct("<qqqII")
_PAGE = Struct(">I")


class Place(NamedTuple):
    """A boundary between payments: a page, and how many of its payments lie before it."""

    page: int
    offset: int


class Track:
    """What is kept of one entity: first, last dropped, newest, and pages of payments.

    `key` is the entity's own; `layout` says which columns are kept of each payment. Fulfils
    `features.online.seen.Series` for the payment that asks at `now`.
    """

    def __init__(self, records: Records, key: bytes, layout: Layout, now: int) -> None:
        self._records, self._key, self.layout, self._now = records, key, layout, now
        self._first, self.dropped, self.newest = now, NEVER, NEVER
        self._begins, self._counts, self._numbers = array("q"), array("I"), array("I")
        self._present = [array("I") for _ in layout.numbers]
        self._lengths = [array("I") for _ in layout.numbers]
        self._parts = [array("d") for _ in layout.numbers]
        self._next = 0
        self._pages: dict[int, Page] = {}
        self._changed: set[int] = set()
        self._frauds: Frauds | None = None
        data = records.get(b"T" + key)
        if data is not None:
            self._read(data)

    # What a payment may ask.

    @property
    def first(self) -> int:
        """When the first payment was made, the one that asks included."""
        return min(self._first, self._now)

    def last_before(self, instant: int) -> int | None:
        """When the last payment strictly before an instant was made."""
        place = self._place(instant)
        if place.offset:
            return self._page(place.page).times[place.offset - 1]
        return self.dropped if NEVER < self.dropped < instant else None

    def count(self, span: Span) -> int:
        """How many payments a span holds."""
        low, high = self._places(span)
        return sum(self._counts[low.page : high.page]) - low.offset + high.offset

    def total(self, column: str, span: Span, own: float | None = None) -> tuple[float, int]:
        """Exact sum of a column, rounded once, and number of its values; `own` is one more."""
        at = self.layout.numbers.index(column)
        low, high = self._places(span)
        edges = [number for page in self._edges(low, high) for number in page.numbers[at]]
        if own is not None:
            edges.append(own)
        values = list(present(edges))
        number = len(values)
        if high.page > low.page + 1:
            lengths, inner = self._lengths[at], slice(low.page + 1, high.page)
            start = sum(lengths[: inner.start])
            values += self._parts[at][start : start + sum(lengths[inner])]
            number += sum(self._present[at][inner])
        return fsum(values) + 0.0, number

    def distinct(self, column: str, span: Span, own: str | None = None) -> int:
        """How many different values of a column a span holds; `own` is one more value."""
        at = self.layout.values.index(column)
        low, high = self._places(span)
        found = {0 if own is None else digest(own)}
        for page in self._edges(low, high):
            found.update(page.values[at])
        for inner in range(low.page + 1, high.page):
            found.update(self._page(inner).values[at])
        found.discard(0)
        return len(found)

    def frauds(self, span: Span, now: int) -> int:
        """How many payments of a span are frauds that are known at `now`."""
        return self.labels.count(span, now)

    @property
    def labels(self) -> Frauds:
        """When which of the payments counted as frauds."""
        if self._frauds is None:
            self._frauds = Frauds.read(self._records.get(b"F" + self._key))
        return self._frauds

    # What a payment leaves behind.

    def insert(self, event: Event, cut: int, *, keep: bool) -> None:
        """Add a payment, and let go of those before `cut`; without `keep` only the first counts.

        A payment from before `cut` is dropped at once: no window reaches it.
        """
        self._first = min(self._first, event.time)
        self.newest = max(self.newest, event.time)
        if keep and event.time >= cut:
            self._add(event)
        else:
            self.dropped = max(self.dropped, event.time)
        self.drop(cut)

    def write(self) -> None:
        """Hand everything that changed to the transaction."""
        for at in sorted(self._changed):
            number = self._numbers[at]
            if len(self._begins) > 1:
                self._records.put(self._page_key(number), self._pages[at].written())
        self._records.put(b"T" + self._key, self._written())
        if self._frauds is not None and self._frauds.changed:
            self._records.put(b"F" + self._key, self._frauds.written())

    def _add(self, event: Event) -> None:
        if not self._begins:
            self._append(0, Page.empty(self.layout), event.time)
        at = max(bisect_right(self._begins, event.time) - 1, 0)
        page = self._page(at)
        if len(page) >= CAPACITY:
            at, page = self._split(at, page, event.time)
        page.insert(event)
        self._begins[at] = page.times[0]
        self._counts[at] += 1
        self._changed.add(at)
        if len(self._begins) > 1:
            self._sum_up(at, page, event)

    def _split(self, at: int, page: Page, time: int) -> tuple[int, Page]:
        """Make room; payments that come in order leave full pages behind."""
        is_newest = at == len(self._begins) - 1 and time >= page.times[-1]
        taken = page.cut(len(page) if is_newest else len(page) // 2)
        self._counts[at] = len(page)
        begin = taken.times[0] if len(taken) else time
        self._append(at + 1, taken, begin)
        self._changed |= {at, at + 1}
        for changed in (at, at + 1):
            self._sum_up(changed, self._pages[changed])
        return (at + 1, taken) if time >= begin else (at, page)

    def _append(self, at: int, page: Page, begin: int) -> None:
        self._pages = {place + (place >= at): held for place, held in self._pages.items()}
        self._changed = {place + (place >= at) for place in self._changed}
        self._pages[at] = page
        self._begins.insert(at, begin)
        self._counts.insert(at, len(page))
        self._numbers.insert(at, self._next)
        self._next += 1
        for column in (*self._present, *self._lengths):
            column.insert(at, 0)

    def _sum_up(self, at: int, page: Page, added: Event | None = None) -> None:
        """Bring a page's exact sums up to date: by one payment, or anew."""
        for column, parts in enumerate(self._parts):
            lengths, numbers = self._lengths[column], page.numbers[column]
            start = sum(lengths[:at])
            held = parts[start : start + lengths[at]].tolist()
            if added is None or not held:
                values = present(numbers)
                held, self._present[column][at] = exact_parts(values), len(values)
            elif added.numbers[column] == added.numbers[column]:
                grow(held, added.numbers[column])
                self._present[column][at] += 1
            parts[start : start + lengths[at]] = array("d", held)
            lengths[at] = len(held)

    def drop(self, cut: int) -> bool:
        """Let go of payments before `cut`: single ones of the only page, else whole pages.

        Whether there were any.
        """
        before = self.dropped, sum(self._counts)
        while len(self._begins) > 1 and self._begins[1] <= cut and self._page(0).times[-1] < cut:
            self.dropped = max(self.dropped, self._page(0).times[-1])
            self._records.delete(self._page_key(self._numbers[0]))
            self._forget_first_page()
        if len(self._begins) == 1 and self._begins[0] < cut:
            page = self._page(0)
            at = page.position(cut)
            self.dropped = max(self.dropped, page.times[at - 1])
            kept = page.cut(at)
            self._pages[0], self._counts[0] = kept, len(kept)
            if len(kept):
                self._begins[0] = kept.times[0]
            else:
                self._forget_first_page()
        return (self.dropped, sum(self._counts)) != before

    def _forget_first_page(self) -> None:
        was_many = len(self._begins) > 1
        if was_many and len(self._begins) == 2:
            # The last page moves into the head.
            self._page(1)
            self._records.delete(self._page_key(self._numbers[1]))
        for column in (self._begins, self._counts, self._numbers, *self._present):
            del column[0]
        for parts, lengths in zip(self._parts, self._lengths, strict=True):
            del parts[: lengths[0]]
            del lengths[0]
        self._pages = {place - 1: held for place, held in self._pages.items() if place}
        self._changed = {place - 1 for place in self._changed if place}

    # Where payments lie.

    def _place(self, instant: int) -> Place:
        page = bisect_left(self._begins, instant) - 1
        return Place(0, 0) if page < 0 else Place(page, self._page(page).position(instant))

    def _places(self, span: Span) -> tuple[Place, Place]:
        return self._place(span.begin), self._place(span.end)

    def _edges(self, low: Place, high: Place) -> Iterator[Page]:
        """The payments between two places that lie in their pages."""
        if not self._begins:
            return
        if low.page == high.page:
            yield _between(self._page(low.page), low.offset, high.offset)
            return
        page = self._page(low.page)
        yield _between(page, low.offset, len(page))
        yield _between(self._page(high.page), 0, high.offset)

    def _page(self, at: int) -> Page:
        if at not in self._pages:
            data = self._records.get(self._page_key(self._numbers[at]))
            page = self._records.trusted(Page.read, data or b"", self.layout)
            self._records.demand(len(page) == self._counts[at], "a page lacks payments")
            self._pages[at] = page
        return self._pages[at]

    def _page_key(self, number: int) -> bytes:
        return b"P" + self._key + _PAGE.pack(number)

    def _read(self, data: bytes) -> None:
        self._first, self.dropped, self.newest, self._next, pages = _HEAD.unpack_from(data)
        at = _HEAD.size
        if pages <= 1:
            if pages:
                page = self._records.trusted(Page.read, data[at + 4 :], self.layout)
                self._pages[0] = page
                self._begins.append(page.times[0])
                self._counts.append(len(page))
                self._numbers.frombytes(data[at : at + 4])
                for column in (*self._present, *self._lengths):
                    column.append(0)
            return
        for column, width in ((self._begins, 8), (self._counts, 4), (self._numbers, 4)):
            column.frombytes(data[at : at + pages * width])
            at += pages * width
        for counts, lengths, parts in zip(self._present, self._lengths, self._parts, strict=True):
            for column in (counts, lengths):
                column.frombytes(data[at : at + pages * 4])
                at += pages * 4
            size = sum(lengths) * 8
            parts.frombytes(data[at : at + size])
            at += size

    def _written(self) -> bytes:
        pages = len(self._begins)
        head = _HEAD.pack(self._first, self.dropped, self.newest, self._next, pages)
        if pages <= 1:
            return head + (self._numbers.tobytes() + self._pages[0].written() if pages else b"")
        data = [head, *(column.tobytes() for column in (self._begins, self._counts, self._numbers))]
        for counts, lengths, parts in zip(self._present, self._lengths, self._parts, strict=True):
            data += [counts.tobytes(), lengths.tobytes(), parts.tobytes()]
        return b"".join(data)


def _between(page: Page, low: int, high: int) -> Page:
    if low == 0 and high == len(page):
        return page
    return Page(
        page.times[low:high],
        [column[low:high] for column in page.numbers],
        [column[low:high] for column in page.values],
    )
