"""A run of one entity's payments in time order, as arrays that are bytes in the store."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import fsum
from typing import NamedTuple

import msgspec

_WIDTH = 8


class Layout(NamedTuple):
    """Which columns are kept of each payment: numbers as float64, values as hashes of 64 bits."""

    numbers: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


class Event(msgspec.Struct, frozen=True, gc=False):
    """One payment as it is kept: its instant, its numbers and its values in the layout's order."""

    time: int
    numbers: Sequence[float]
    values: Sequence[int]


class Page:
    """Payments (n,): `times` ascending, `numbers` and `values` one array for each column.

    NaN is a missing number, 0 a missing value.
    """

    __slots__ = ("numbers", "times", "values")

    def __init__(
        self, times: array[int], numbers: Sequence[array[float]], values: Sequence[array[int]]
    ) -> None:
        self.times, self.numbers, self.values = times, numbers, values

    @classmethod
    def empty(cls, layout: Layout) -> Page:
        """A page without payments."""
        numbers = [array("d") for _ in layout.numbers]
        return cls(array("q"), numbers, [array("Q") for _ in layout.values])

    @classmethod
    def read(cls, data: bytes, layout: Layout) -> Page:
        """The page whose `written` bytes these are."""
        columns = 1 + len(layout.numbers) + len(layout.values)
        size = len(data) // columns
        if size * columns != len(data) or size % _WIDTH:
            raise ValueError(f"{len(data)} bytes are no page of {columns} columns")
        page = cls.empty(layout)
        for at, column in enumerate(page._columns()):
            column.frombytes(data[at * size : (at + 1) * size])
        return page

    def written(self) -> bytes:
        """The page as bytes, column by column."""
        return b"".join(column.tobytes() for column in self._columns())

    def __len__(self) -> int:
        return len(self.times)

    def insert(self, event: Event) -> None:
        """Add a payment behind those of its instant."""
        at = bisect_right(self.times, event.time)
        self.times.insert(at, event.time)
        for numbers, number in zip(self.numbers, event.numbers, strict=True):
            numbers.insert(at, number)
        for values, value in zip(self.values, event.values, strict=True):
            values.insert(at, value)

    def cut(self, at: int) -> Page:
        """Take the payments from a position on out, as a page of their own."""
        taken = Page(
            self.times[at:],
            [column[at:] for column in self.numbers],
            [column[at:] for column in self.values],
        )
        for column in self._columns():
            del column[at:]
        return taken

    def between(self, low: int, high: int) -> Page:
        """The payments from a position on up to another; the page itself where those are all."""
        if low == 0 and high == len(self):
            return self
        return Page(
            self.times[low:high],
            [column[low:high] for column in self.numbers],
            [column[low:high] for column in self.values],
        )

    def position(self, instant: int) -> int:
        """How many payments lie before an instant."""
        return bisect_left(self.times, instant)

    def _columns(self) -> list[array[int] | array[float]]:
        return [self.times, *self.numbers, *self.values]


def present(numbers: Sequence[float]) -> Sequence[float]:
    """The numbers without NaN."""
    total = fsum(numbers)
    return numbers if total == total else [number for number in numbers if number == number]  # noqa: PLR0124 - NaN is not itself


def exact_parts(numbers: Sequence[float]) -> list[float]:
    """A few floats whose exact sum is that of the numbers (Shewchuk 1997, as in `math.fsum`)."""
    parts: list[float] = []
    for number in numbers:
        grow(parts, number)
    return parts


def grow(parts: list[float], number: float) -> None:
    """Add a number to parts in place, exactly."""
    kept = 0
    for part in parts:
        low, high = (number, part) if abs(number) < abs(part) else (part, number)
        number = high + low
        rest = low - (number - high)
        if rest:
            parts[kept] = rest
            kept += 1
    parts[kept:] = [number]
