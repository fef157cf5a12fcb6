"""What the kinds with a window share: a span of time before the payment, and what lies in it."""

from __future__ import annotations

from functools import cached_property
from typing import Self

from pydantic import model_validator

from fraud_assets.features.arrays import Floats, Ints
from fraud_assets.features.batch.past import Past
from fraud_assets.features.kind import Kind, Reach
from fraud_assets.features.online.seen import Seen, Span
from fraud_assets.terms.duration import Duration, format_duration, to_micros

_NAN = float("nan")


class Windowed(Kind):
    """Over an entity's payments in the `window` before the row, strictly earlier in time.

    With a `delay` the window ends that long before the row instead of at it.
    """

    entity: str
    """The column whose payments belong together."""

    window: Duration
    """How far back it looks."""

    delay: Duration | None = None
    """How long before the payment the window ends."""

    include_current: bool = False
    """Whether the payment itself counts."""

    @model_validator(mode="after")
    def _delay_leaves_the_row_out(self) -> Self:
        if self.delay is not None and self.include_current:
            raise ValueError("must not have both a delay and include_current = true")
        return self

    @property
    def reach(self) -> Reach:
        """The window, and the delay before it."""
        return Reach(self.window if self.delay is None else self.window + self.delay)

    @property
    def payments(self) -> str:
        """The payments that count, in words."""
        if self.delay is not None:
            return (
                f"payments of the same {self.entity} in the {format_duration(self.window)} "
                f"that ended {format_duration(self.delay)} before this payment"
            )
        own = "this payment included" if self.include_current else "this payment not included"
        return (
            f"payments of the same {self.entity} in the {format_duration(self.window)} "
            f"before this payment, {own}"
        )

    def bounds(self, past: Past) -> tuple[Ints, Ints]:
        """Positions [low, high) in the entity's history that each asking row sees."""
        return past.history(self.entity).bounds(self.window, self.delay)

    def span(self, seen: Seen) -> Span:
        """The same window of one payment."""
        around, now = self._around, seen.now
        return Span(now + around.begin, now + around.end)

    @cached_property
    def _around(self) -> Span:
        """The window of a payment at 0."""
        return window_before(0, *self.micros)

    @cached_property
    def micros(self) -> tuple[int, int]:
        """Window and delay in microseconds."""
        return to_micros(self.window), to_micros(self.delay)


class WindowedNumber(Windowed):
    """Over a column of numbers; missing ones do not count."""

    of: str
    """The column that is counted or summed."""

    def totals(self, past: Past) -> tuple[Floats, Ints]:
        """Exact sum, rounded once, and number of the values in each asking row's window."""
        low, high = self.bounds(past)
        history = past.history(self.entity)
        return past.sums(history, self.of).between(low, high, own=self.include_current)

    def means(self, past: Past) -> Floats:
        """Mean over each asking row's window, missing where nothing counts."""
        return past.mean(*self.totals(past))

    def total(self, seen: Seen) -> tuple[float, int]:
        """The same of one payment; nothing where its entity is missing."""
        history = seen.history(self.entity)
        if history is None:
            return 0.0, 0
        own = seen.number(self.of) if self.include_current else None
        return history.total(self.of, self.span(seen), own)

    def mean(self, seen: Seen) -> float:
        """The same of one payment; missing where nothing counts."""
        total, number = self.total(seen)
        return total / number if number else _NAN


def window_before(now: int, window: int, delay: int) -> Span:
    """Instants of (now - window, now), or of (now - delay - window, now - delay] with a delay."""
    if not delay:
        return Span(now - window + 1, now)
    return Span(now - delay - window + 1, now - delay + 1)
