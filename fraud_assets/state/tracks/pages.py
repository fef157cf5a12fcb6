"""A track's payments in pages, found by time; what is read of the store is a page at a time.

Few payments lie in the track's head itself. Many lie in pages of their own, and the head holds
of each page where it begins, how many payments it has, and its sums. So a window of a million
payments costs its two outermost pages and the head.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

from fraud_assets.features.online.seen import Span
from fraud_assets.state.sealed import Records
from fraud_assets.state.tracks.page import Event, Layout, Page
from fraud_assets.state.tracks.sums import PageSums

CAPACITY = 512
"""Payments of a page before it is cut in two."""

_PAGE = Struct(">I")


class Place(NamedTuple):
    """A boundary between payments: a page, and how many of its payments lie before it."""

    page: int
    offset: int


class Pages:
    """The payments of the entity `key`; `layout` says which columns are kept of each.

    `next` is the number of the next new page.
    """

    def __init__(self, records: Records, key: bytes, layout: Layout) -> None:
        self._records, self._key, self._layout = records, key, layout
        self._begins, self._counts, self._numbers = array("q"), array("I"), array("I")
        self.sums = PageSums(layout)
        self.next = 0
        self._held: dict[int, Page] = {}
        self._changed: set[int] = set()

    def __len__(self) -> int:
        """How many pages there are."""
        return len(self._begins)

    # Where payments lie.

    def place(self, instant: int) -> Place:
        """Behind all payments strictly before an instant."""
        page = bisect_left(self._begins, instant) - 1
        return Place(0, 0) if page < 0 else Place(page, self.page(page).position(instant))

    def places(self, span: Span) -> tuple[Place, Place]:
        """Where a span begins and ends."""
        return self.place(span.begin), self.place(span.end)

    def between(self, low: Place, high: Place) -> int:
        """How many payments lie between two places."""
        return sum(self._counts[low.page : high.page]) - low.offset + high.offset

    def edges(self, low: Place, high: Place) -> Iterator[Page]:
        """The payments between two places that lie in their pages."""
        if not self._begins:
            return
        if low.page == high.page:
            yield self.page(low.page).between(low.offset, high.offset)
            return
        page = self.page(low.page)
        yield page.between(low.offset, len(page))
        yield self.page(high.page).between(0, high.offset)

    def values(self, column: int, span: Span) -> Iterator[array[int]]:
        """The values of a column that a span holds, 0 for missing."""
        if span.begin >= span.end:
            return
        low, high = self.places(span)
        for page in self.edges(low, high):
            yield page.values[column]
        for inner in range(low.page + 1, high.page):
            yield self.page(inner).values[column]

    def within(self, span: Span) -> Iterator[Page]:
        """The payments that a span holds, in order of time."""
        if span.begin >= span.end:
            return
        low, high = self.places(span)
        first, *last = self.edges(low, high) if self._begins else (Page.empty(self._layout),)
        yield first
        yield from map(self.page, range(low.page + 1, high.page))
        yield from last

    def page(self, at: int) -> Page:
        """The page at a position; read where it was not yet."""
        if at not in self._held:
            data = self._records.get(self._page_key(self._numbers[at]))
            page = self._records.trusted(Page.read, data or b"", self._layout)
            self._records.demand(len(page) == self._counts[at], "a page lacks payments")
            self._held[at] = page
        return self._held[at]

    # What comes and goes.

    def add(self, event: Event) -> None:
        """Add a payment behind those of its instant."""
        if not self._begins:
            self._append(0, Page.empty(self._layout), event.time)
        at = max(bisect_right(self._begins, event.time) - 1, 0)
        page = self.page(at)
        if len(page) >= CAPACITY:
            at, page = self._split(at, page, event.time)
        page.insert(event)
        self._begins[at] = page.times[0]
        self._counts[at] += 1
        self._changed.add(at)
        if len(self._begins) > 1:
            self.sums.sum_up(at, page, event)

    def _split(self, at: int, page: Page, time: int) -> tuple[int, Page]:
        """Make room; payments that come in order leave full pages behind."""
        is_newest = at == len(self._begins) - 1 and time >= page.times[-1]
        taken = page.cut(len(page) if is_newest else len(page) // 2)
        self._counts[at] = len(page)
        begin = taken.times[0] if len(taken) else time
        self._append(at + 1, taken, begin)
        self._changed |= {at, at + 1}
        for changed in (at, at + 1):
            self.sums.sum_up(changed, self._held[changed])
        return (at + 1, taken) if time >= begin else (at, page)

    def _append(self, at: int, page: Page, begin: int) -> None:
        self._held = {place + (place >= at): held for place, held in self._held.items()}
        self._changed = {place + (place >= at) for place in self._changed}
        self._held[at] = page
        self._begins.insert(at, begin)
        self._counts.insert(at, len(page))
        self._numbers.insert(at, self.next)
        self.next += 1
        self.sums.make_room(at)

    def drop(self, cut: int) -> int | None:
        """Let go of payments before `cut`: single ones of the only page, else whole pages.

        When the newest that went was made; None where none went.
        """
        dropped: int | None = None
        while len(self._begins) > 1 and self._begins[1] <= cut and self.page(0).times[-1] < cut:
            dropped = self.page(0).times[-1]
            self._records.delete(self._page_key(self._numbers[0]))
            self._forget_first()
        if len(self._begins) == 1 and self._begins[0] < cut:
            page = self.page(0)
            at = page.position(cut)
            dropped = page.times[at - 1]
            kept = page.cut(at)
            self._held[0], self._counts[0] = kept, len(kept)
            if len(kept):
                self._begins[0] = kept.times[0]
            else:
                self._forget_first()
        return dropped

    def _forget_first(self) -> None:
        if len(self._begins) == 2:
            # The last page moves into the head.
            self.page(1)
            self._records.delete(self._page_key(self._numbers[1]))
        for column in (self._begins, self._counts, self._numbers):
            del column[0]
        self.sums.forget_first()
        self._held = {place - 1: held for place, held in self._held.items() if place}
        self._changed = {place - 1 for place in self._changed if place}

    # Bytes.

    def write(self) -> None:
        """Hand the pages that changed to the transaction; an only one lies in the head."""
        for at in sorted(self._changed):
            if len(self._begins) > 1:
                self._records.put(self._page_key(self._numbers[at]), self._held[at].written())

    def read(self, data: bytes, at: int, pages: int) -> None:
        """Take in what `written` gave for so many pages, from `at` on."""
        if pages == 1:
            page = self._records.trusted(Page.read, data[at + _PAGE.size :], self._layout)
            self._held[0] = page
            self._begins.append(page.times[0])
            self._counts.append(len(page))
            self._numbers.frombytes(data[at : at + _PAGE.size])
            self.sums.make_room(0)
        elif pages:
            for column in (self._begins, self._counts, self._numbers):
                size = pages * column.itemsize
                column.frombytes(data[at : at + size])
                at += size
            self.sums.read(data, at, pages)

    def written(self) -> bytes:
        """The head's part as bytes: an only page itself, else what is known of each page."""
        if not self._begins:
            return b""
        if len(self._begins) == 1:
            return self._numbers.tobytes() + self._held[0].written()
        columns = (self._begins, self._counts, self._numbers)
        return b"".join([*(column.tobytes() for column in columns), *self.sums.written()])

    def _page_key(self, number: int) -> bytes:
        return b"P" + self._key + _PAGE.pack(number)
