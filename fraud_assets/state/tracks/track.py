"""The payments of one entity: what a new payment may ask of them, and what it leaves behind."""

from __future__ import annotations

from math import fsum
from struct import Struct

from fraud_assets.features.online.seen import Span
from fraud_assets.state.sealed import Records
from fraud_assets.state.tracks.distinct import DistinctWindows
from fraud_assets.state.tracks.frauds import Frauds
from fraud_assets.state.tracks.page import Event, Layout, present
from fraud_assets.state.tracks.pages import Pages
from fraud_assets.state.values import digest

NEVER = -(2**63)
"""Stands for no instant."""

HEAD = Struct("<qqqII")
"""How a record begins: first, last dropped, newest, pages ever begun, and pages that are held."""


class Track:
    """What is kept of one entity: first, last dropped, newest, and pages of payments.

    `key` is the entity's own; `layout` says which columns are kept of each payment. Fulfils
    `features.online.seen.Series` for the payment that asks at `now`.
    """

    def __init__(self, records: Records, key: bytes, layout: Layout, now: int) -> None:
        self._records, self._key, self.layout, self._now = records, key, layout, now
        self._first, self.dropped, self.newest = now, NEVER, NEVER
        self._pages = Pages(records, key, layout)
        self._windows = DistinctWindows(records, key, self._pages)
        self._frauds: Frauds | None = None
        self._sums: dict[tuple[int, Span], tuple[list[float], int]] = {}
        data = records.get(b"T" + key)
        if data is not None:
            self._first, self.dropped, self.newest, self._pages.next, pages = HEAD.unpack_from(data)
            self._pages.read(data, HEAD.size, pages)

    # What a payment may ask.

    @property
    def first(self) -> int:
        """When the first payment was made, the one that asks included."""
        return min(self._first, self._now)

    def last_before(self, instant: int) -> int | None:
        """When the last payment strictly before an instant was made."""
        place = self._pages.place(instant)
        if place.offset:
            return self._pages.page(place.page).times[place.offset - 1]
        return self.dropped if NEVER < self.dropped < instant else None

    def count(self, span: Span) -> int:
        """How many payments a span holds."""
        return self._pages.between(*self._pages.places(span))

    def total(self, column: str, span: Span, own: float | None = None) -> tuple[float, int]:
        """Exact sum of a column, rounded once, and number of its values; `own` is one more."""
        values, number = self._summed(self.layout.numbers.index(column), span)
        if own is not None and own == own:  # noqa: PLR0124 - NaN is not itself
            return fsum([*values, own]) + 0.0, number + 1
        return fsum(values) + 0.0, number

    def numbers(self, column: str, span: Span) -> list[float]:
        """A column's numbers in a span in order of time, without NaN."""
        at = self.layout.numbers.index(column)
        return [n for page in self._pages.within(span) for n in present(page.numbers[at])]

    def _summed(self, at: int, span: Span) -> tuple[list[float], int]:
        """Floats whose exact sum is that of a column's numbers in a span, and how many those are.

        Kept for the other features of the payment that look at the same.
        """
        found = self._sums.get((at, span))
        if found is None:
            low, high = self._pages.places(span)
            values = [n for page in self._pages.edges(low, high) for n in present(page.numbers[at])]
            number = len(values)
            if high.page > low.page + 1:
                parts, inner = self._pages.sums.between(at, low.page + 1, high.page)
                values += parts
                number += inner
            found = self._sums[at, span] = values, number
        return found

    def distinct(self, column: str, span: Span, own: str | None = None) -> int:
        """How many different values of a column a span holds; `own` is one more value."""
        at = self.layout.values.index(column)
        return self._windows.different(at, span, self._now, 0 if own is None else digest(own))

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
            self._pages.add(event)
            if self.layout.values:
                self._windows.insert(event)
        else:
            self.dropped = max(self.dropped, event.time)
        self.drop(cut)

    def drop(self, cut: int) -> bool:
        """Let go of payments before `cut`, page by page; whether there were any."""
        self._sums.clear()
        if self.layout.values:
            self._windows.drop(cut)
        newest = self._pages.drop(cut)
        if newest is not None:
            self.dropped = max(self.dropped, newest)
        return newest is not None

    def write(self) -> None:
        """Hand everything that changed to the transaction."""
        self._pages.write()
        self._windows.write()
        pages = self._pages
        head = HEAD.pack(self._first, self.dropped, self.newest, pages.next, len(pages))
        self._records.put(b"T" + self._key, head + pages.written())
        if self._frauds is not None and self._frauds.changed:
            self._records.put(b"F" + self._key, self._frauds.written())
