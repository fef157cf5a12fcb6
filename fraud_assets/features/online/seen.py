"""What a kind may ask when one payment wants its features; times are microseconds, UTC.

A history holds the payments of one entity that came in so far, in whatever order. Whoever
implements these holds the promise that the answers are those of `batch` over the same payments.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec


class Span(msgspec.Struct, frozen=True, gc=False):
    """Instants from `begin` on and before `end`."""

    begin: int
    end: int


class Series(Protocol):
    """The payments of one entity, or of several together, without the one that asks."""

    @property
    def first(self) -> int:
        """When its first payment was made, the one that asks included."""
        ...

    def last_before(self, instant: int) -> int | None:
        """When its last payment strictly before an instant was made."""
        ...

    def count(self, span: Span) -> int:
        """How many payments a span holds."""
        ...

    def total(self, column: str, span: Span, own: float | None = None) -> tuple[float, int]:
        """Exact sum of a column, rounded once, and number of its values; `own` is one more.

        NaN counts as missing.
        """
        ...

    def numbers(self, column: str, span: Span) -> Sequence[float]:
        """A column's numbers in a span in order of time; those of one instant in any order.

        NaN is left out. What `total` and `count` answer costs less there: a long window's numbers
        are read one by one here.
        """
        ...

    def distinct(self, column: str, span: Span, own: str | None = None) -> int:
        """How many different values of a column a span holds; `own` is one more value."""
        ...

    def frauds(self, span: Span, now: int) -> int:
        """How many payments of a span are frauds that are known at `now`."""
        ...


class Seen(Protocol):
    """One payment and the past that it may look at."""

    @property
    def now(self) -> int:
        """When the payment was made."""
        ...

    def number(self, column: str) -> float:
        """Its number in a column, NaN where missing."""
        ...

    def value(self, column: str) -> str | None:
        """What its value in a column names, None where missing."""
        ...

    def time(self, column: str) -> int | None:
        """Its instant in a column, None where missing."""
        ...

    def history(self, *entities: str) -> Series | None:
        """The payments with the same values in these columns; None where one is missing."""
        ...
