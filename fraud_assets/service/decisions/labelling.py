"""Takes labels: on record first, then into the state, so that what was acknowledged is in both.

A service that is killed in between leaves a label on record that the state lacks. Whoever sent it
got no answer and sends it again: it is new to the state still, and stands on record twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from time import time_ns

import msgspec

from fraud_assets.decisions.line import LineSource
from fraud_assets.documents.decision import Label
from fraud_assets.payments.instants import NoInstantError, read_instant
from fraud_assets.payments.reader import reader_of
from fraud_assets.service.decisions.decider import Decider
from fraud_assets.service.decisions.desk import Desk
from fraud_assets.service.decisions.refusals import FaultTold, ManyFaultsError
from fraud_assets.state.acts.saying import Saying, payment_times, take_saying, which_are_new
from fraud_assets.terms.times import TimeColumn

BEFORE = "known_before_payment"
"""Kind of the fault of a label that was known before its payment was made."""

_DAY = 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KNOWN_AT = TimeColumn(column="known_at")


class _Label(msgspec.Struct):
    payment_id: str | int
    is_fraud: bool
    known_at: str | int | float | None


class _Labels(msgspec.Struct):
    labels: list[_Label]


_labels = msgspec.json.Decoder(_Labels).decode


async def take_labels(desk: Desk, body: bytes, api_key: str) -> bytes:
    """Take the labels of a body, sent with the key of that name; the answer to them.

    Raises
    ------
    ManyFaultsError
        If instants of labels are none, lie after now, or more than a day before their payments.
    StateError, RecordError
        If they cannot be kept.
    """
    labels, decider = _labels(body).labels, desk.decider()
    read = reader_of(decider.contract.columns.id or "", decider.contract)
    faults: list[FaultTold] = []
    known = [_known_at(at, label, faults) for at, label in enumerate(labels)]
    sayings = [
        Saying(
            str(read(label.payment_id)),
            label.is_fraud,
            desk.keeping.now() if known_at is None else known_at,
            known_at is None,
        )
        for label, known_at in zip(labels, known, strict=True)
    ]
    made = payment_times(decider.state, [saying.payment_id for saying in sayings])
    faults += _too_early(known, made)
    if faults:
        raise ManyFaultsError(faults)
    _record(desk, decider, sayings, api_key)
    if desk.keeping.is_sync:
        await desk.keeping.settled()
    found: dict[str, list[str]] = {"accepted": [], "repeated": [], "unknown": []}
    for saying in sayings:
        found[take_saying(decider.state, saying)].append(saying.payment_id)
    counts = {"accepted": len(found["accepted"]), "repeated": len(found["repeated"])}
    return msgspec.json.encode(counts | {"unknown": found["unknown"]})


def _record(desk: Desk, decider: Decider, sayings: Sequence[Saying], api_key: str) -> None:
    """Put on record what is new to the state."""
    entries: list[LineSource] = []
    desk.keeping.promise(decider.contract, len(sayings))
    try:
        new = which_are_new(decider.state, sayings)
        entries = [
            desk.keeping.encoded(_entry(desk, saying, api_key))
            for saying, is_new in zip(sayings, new, strict=True)
            if is_new
        ]
    finally:
        desk.keeping.take(entries, promised=len(sayings))


def _entry(desk: Desk, saying: Saying, api_key: str) -> Label:
    now = desk.keeping.now()
    return Label(
        payment_id=saying.payment_id,
        is_fraud=saying.is_fraud,
        known_at=now if saying.known_at is None else saying.known_at,
        received_at=now,
        api_key=api_key,
    )


def _known_at(at: int, label: _Label, faults: list[FaultTold]) -> int | None:
    """A label's instant; what is wrong with it goes to `faults`."""
    try:
        known = read_instant(label.known_at, _KNOWN_AT)
    except NoInstantError:
        message = "known_at must be an ISO 8601 time such as 2025-06-02T10:00:00Z"
        faults.append(_fault(at, f"{message}, got {label.known_at!r:.80}", "time"))
        return None
    if known is not None and known > time_ns() // 1000:
        message = (
            f"known_at must not lie after now: nobody knows it yet, got {label.known_at!r:.80}"
        )
        faults.append(_fault(at, message, "time_after_now"))
    return known


def _too_early(known: Sequence[int | None], made: Sequence[int | None]) -> list[FaultTold]:
    """Labels that were known before their payments were made; a day is for reports without time."""
    return [
        _fault(
            at,
            f"known_at must not lie more than a day before the payment, which was made at "
            f"{_iso(paid)}, got {_iso(since)}",
            BEFORE,
        )
        for at, (since, paid) in enumerate(zip(known, made, strict=True))
        if since is not None and paid is not None and since < paid - _DAY
    ]


def _fault(at: int, message: str, kind: str) -> FaultTold:
    return {"loc": ["body", "labels", at, "known_at"], "msg": message, "type": kind}


def _iso(micros: int) -> str:
    return (_EPOCH + timedelta(microseconds=micros)).isoformat().replace("+00:00", "Z")
