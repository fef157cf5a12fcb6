"""Numbers with their uncertainty: shares that follow from counts, and estimates."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

NonNegative: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]


class Interval(msgspec.Struct, frozen=True):
    """Where a value lies by a method."""

    low: float
    high: float
    method: str


class Measured(msgspec.Struct, frozen=True):
    """The interval of a value that stands beside it, and the rows that it rests on."""

    low: float
    high: float
    n: NonNegative
    method: str


class Rate(msgspec.Struct, frozen=True):
    """The share k of n with its interval; of no rows the value is None."""

    value: float | None
    low: float
    high: float
    n: NonNegative
    k: NonNegative
    method: str

    @property
    def interval(self) -> Interval:
        """Where the rate lies."""
        return Interval(self.low, self.high, self.method)


class Estimate(msgspec.Struct, frozen=True):
    """A number estimated from n rows, with its interval."""

    value: float
    low: float
    high: float
    n: NonNegative
    method: str

    @property
    def interval(self) -> Interval:
        """Where the number lies."""
        return Interval(self.low, self.high, self.method)


class Prediction(msgspec.Struct, frozen=True):
    """The interval for the share among `later` rows, having seen the value of n."""

    value: float | None
    low: float
    high: float
    n: NonNegative
    later: NonNegative
    method: str
