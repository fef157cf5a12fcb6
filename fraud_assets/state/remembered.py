"""What is kept under a payment's id."""

from __future__ import annotations

import msgspec

from fraud_assets.state.sealed import Records
from fraud_assets.state.values import key_of

Told = list[tuple[bool, int | None]]
"""What was said of a payment in order: fraud or not, and since when that was known."""


class Remembered(msgspec.Struct, array_like=True):
    """What a payment said, what was derived, what was answered.

    `tracks` are the keys of its entities whose features need labels; `labels` what was said of it
    and when that was known. `answer` is empty until the decision is made, and for a payment that
    came from the contract's source instead of a caller.
    """

    content: bytes
    time: int | None
    is_late: bool
    features: list[float]
    tracks: list[bytes]
    labels: Told
    answer: bytes = b""


def id_key(payment_id: str) -> bytes:
    """The key under which a payment is remembered."""
    return b"I" + key_of(payment_id)


def remembered(records: Records, payment_id: str) -> Remembered | None:
    """What is kept of a payment; None where it never came, or can be reached no more."""
    return read_remembered(records, id_key(payment_id))


def read_remembered(records: Records, key: bytes) -> Remembered | None:
    """The same by the record's key."""
    data = records.get(key)
    return None if data is None else records.trusted(_decode, data)


def remember(records: Records, key: bytes, known: Remembered) -> None:
    """Keep it."""
    records.put(key, _encode(known))


def is_old_id(records: Records, key: bytes, before: int) -> bool:
    """Whether a payment's record is of one made before an instant."""
    known = read_remembered(records, key)
    return known is not None and known.time is not None and known.time < before


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Remembered).decode
