"""A payment that asks for its features, with the tracks of its entities."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from fraud_assets.features.online.seen import Series
from fraud_assets.state.payment import Payment
from fraud_assets.state.tracks.short import ShortTrack
from fraud_assets.state.tracks.track import Track

_NAN = float("nan")


class Asking(msgspec.Struct, frozen=True, gc=False):
    """`now` is when the payment was made; `tracks` by the columns of their entities.

    A `features.online.seen.Seen`.
    """

    payment: Payment
    now: int
    tracks: Mapping[tuple[str, ...], Track | ShortTrack]

    def number(self, column: str) -> float:
        """Its number in a column, NaN where missing."""
        return self.payment.numbers.get(column, _NAN)

    def value(self, column: str) -> str | None:
        """What its value in a column names, None where missing."""
        return self.payment.values.get(column)

    def time(self, column: str) -> int | None:
        """Its instant in a column, None where missing."""
        return self.payment.times.get(column)

    def history(self, *entities: str) -> Series | None:
        """The payments with the same values in these columns; None where one is missing."""
        return self.tracks.get(entities)
