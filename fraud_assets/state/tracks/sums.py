"""Sums of pages as floats that add up to them exactly, so that a page need not be read for them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from fraud_assets.state.tracks.page import Event, Layout, Page, exact_parts, grow, present

_COUNT, _PART = 4, 8


class PageSums:
    """For each page of a track and each column of numbers: how many there are, and their sum."""

    def __init__(self, layout: Layout) -> None:
        self._present = [array("I") for _ in layout.numbers]
        self._lengths = [array("I") for _ in layout.numbers]
        self._parts = [array("d") for _ in layout.numbers]

    def between(self, column: int, low: int, high: int) -> tuple[array[float], int]:
        """Floats whose exact sum is that of the pages [low, high), and how many numbers."""
        lengths = self._lengths[column]
        # A window of most of the track leaves few pages out.
        start, stop = sum(lengths[:low]), len(self._parts[column]) - sum(lengths[high:])
        parts = self._parts[column][start:stop]
        return parts, sum(self._present[column][low:high])

    def make_room(self, at: int) -> None:
        """A page without numbers comes before the one at `at`."""
        for column in (*self._present, *self._lengths):
            column.insert(at, 0)

    def sum_up(self, at: int, page: Page, added: Event | None = None) -> None:
        """Bring a page's sums up to date: by one payment, or anew."""
        for column, parts in enumerate(self._parts):
            lengths, numbers = self._lengths[column], page.numbers[column]
            # Most payments go to one of the last pages.
            start = len(parts) - sum(lengths[at:])
            held = parts[start : start + lengths[at]].tolist()
            if added is None or not held:
                values = present(numbers)
                held, self._present[column][at] = exact_parts(values), len(values)
            elif added.numbers[column] == added.numbers[column]:
                grow(held, added.numbers[column])
                self._present[column][at] += 1
            parts[start : start + lengths[at]] = array("d", held)
            lengths[at] = len(held)

    def forget_first(self) -> None:
        """The first page goes."""
        for parts, lengths, counts in zip(self._parts, self._lengths, self._present, strict=True):
            del parts[: lengths[0]]
            del lengths[0]
            del counts[0]

    def read(self, data: bytes, at: int, pages: int) -> None:
        """Take in what `written` gave for so many pages, from `at` on."""
        for counts, lengths, parts in zip(self._present, self._lengths, self._parts, strict=True):
            for column in (counts, lengths):
                column.frombytes(data[at : at + pages * _COUNT])
                at += pages * _COUNT
            size = sum(lengths) * _PART
            parts.frombytes(data[at : at + size])
            at += size

    def written(self) -> Iterable[bytes]:
        """The sums as bytes, column by column."""
        for columns in zip(self._present, self._lengths, self._parts, strict=True):
            yield from (column.tobytes() for column in columns)
