"""A payment that comes to the state, and the records that it will likely need."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from fraud_assets.state.payment import Payment
from fraud_assets.state.plan import TrackPlan
from fraud_assets.state.tracks.track import NEVER

EPOCH = b"E"
"""Key of what tells one building of a state from the next, and whether it is complete."""

NEWEST = b"N"
"""Key of the newest event time that came in."""


class ComingPayment(msgspec.Struct, frozen=True, gc=False):
    """A payment, the key of what is remembered of it, and its entities that are all there."""

    payment: Payment
    key: bytes | None
    entities: list[tuple[TrackPlan, bytes]]


def read_by(coming: Sequence[ComingPayment]) -> list[bytes]:
    """Records that payments will likely need, each once."""
    ids = [one.key for one in coming if one.key is not None]
    tracks = [b"T" + key for one in coming for _, key in one.entities]
    return list(dict.fromkeys([*ids, EPOCH, NEWEST, *tracks]))


def newest_event(data: bytes | None) -> int:
    """The event time that NEWEST holds, NEVER where nothing came yet."""
    return NEVER if data is None else int.from_bytes(data, "little", signed=True)
