"""A payment as the state takes it: typed, whatever it was written in."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from struct import pack

import msgspec


class Payment(msgspec.Struct, frozen=True):
    """`id` and `time` (microseconds, UTC) where the contract names them; missing values are absent.

    `values` are texts that name something: entities, and what kinds compare.
    """

    id: str | None
    time: int | None
    numbers: Mapping[str, float] = msgspec.field(default_factory=dict)
    values: Mapping[str, str] = msgspec.field(default_factory=dict)
    times: Mapping[str, int] = msgspec.field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """16 bytes that are equal where two payments say the same."""
        numbers = {name: pack("<d", number) for name, number in self.numbers.items()}
        said = (self.time, numbers, dict(self.values), dict(self.times))
        return blake2b(_encode(said), digest_size=16).digest()


_encode = msgspec.msgpack.Encoder(order="deterministic").encode
