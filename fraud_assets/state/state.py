"""Features of a payment from the state, and the payment into the state, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from fraud_assets.errors import ConflictError, StateMovedError
from fraud_assets.features.labels import Statement, fraud_periods
from fraud_assets.features.online.seen import Series, Span
from fraud_assets.state.adapter import Adapter, Transaction
from fraud_assets.state.frauds import Frauds
from fraud_assets.state.page import Event
from fraud_assets.state.payment import Payment
from fraud_assets.state.plan import Plan, TrackPlan
from fraud_assets.state.sealed import Records
from fraud_assets.state.track import NEVER, Track
from fraud_assets.state.values import digest, entity_key, key_of

EPOCH = b"E"
"""Key of what tells one building of a state from the next, and whether it is complete."""

NEWEST = b"N"
"""Key of the newest event time that came in."""


Told = list[tuple[bool, int | None]]
"""What was said of a payment in order: fraud or not, and since when that was known."""


class Remembered(msgspec.Struct, array_like=True):
    """What is kept under a payment's id: what it said, what was derived, what was answered.

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


@dataclass(frozen=True)
class Found:
    """A payment's derived features by name, NaN for missing, and how it was met.

    `is_late` says that it came later than `late_after` behind the newest one, so that windows may
    lack what was dropped already. `answer` is the first answer where the payment came before.
    """

    features: dict[str, float]
    is_late: bool
    answer: bytes | None = None


class State:
    """The online features of one contract on one adapter.

    `epoch` is what the record EPOCH held when it was opened: once that is another, nothing is
    answered from here.
    """

    def __init__(self, adapter: Adapter, plan: Plan, epoch: bytes | None = None) -> None:
        self.adapter, self.plan, self.epoch = adapter, plan, epoch

    def meet(self, payments: Sequence[Payment]) -> list[Found]:
        """Derive the features of payments in order, and remember them; all or none.

        Raises
        ------
        ConflictError
            If an id came before with other content; nothing is remembered.
        StateError
            If the state cannot be written.
        """
        keys = [key for payment in payments for key in self._keys(payment)]
        return self._within(lambda t: [self._meet(t, payment) for payment in payments], keys)

    def fill(self, payments: Sequence[tuple[Payment, Told]], ids_from: int = NEVER) -> int:
        """Remember payments of the past with what was said of them; how many were new.

        Of those whose id is known only new labels are taken. Ids of payments made before
        `ids_from` are not kept: no window reaches those again. All or none.
        """
        keys = [key for payment, _ in payments for key in self._keys(payment)]

        def work(transaction: Transaction) -> int:
            records = Records(transaction)
            return sum(self._fill(records, payment, told, ids_from) for payment, told in payments)

        return self.adapter.transact(work, list(dict.fromkeys(keys)))

    def _fill(
        self,
        records: Records,
        payment: Payment,
        told: Told,
        ids_from: int,
    ) -> bool:
        met = None if payment.id is None else _remembered(records.get(_id_key(payment.id)))
        if met is not None:
            self._tell(records, str(payment.id), met, told)
            return False
        self._leave_behind(records, payment, self._tracks(records, payment))
        tracks = [key for plan, key in self._entities(payment) if plan.keeps_labels]
        known = Remembered(payment.content, payment.time, False, [], tracks, list(told))
        if payment.id is not None and (payment.time is None or payment.time >= ids_from):
            records.put(_id_key(payment.id), _encode(known))
        if told and tracks:
            number = digest(payment.id or known.content.hex())
            self._spread_labels(records, number, known)
        return True

    def _tell(self, records: Records, payment_id: str, known: Remembered, told: Told) -> None:
        """Add what was said of a known payment and is not known of it yet."""
        new = [one for one in told if one not in known.labels]
        if new:
            known.labels = sorted(known.labels + new, key=lambda one: one[1] or 0)
            records.put(_id_key(payment_id), _encode(known))
            self._spread_labels(records, digest(payment_id), known)

    def look(self, payment: Payment) -> Found:
        """The same for a payment that leaves nothing behind."""

        def work(transaction: Transaction) -> Found:
            return self._derive(Records(transaction), payment)[0]

        return self.adapter.transact(work, self._keys(payment))

    def about(self, column: str, value: str) -> dict[str, str | int | None] | None:
        """What is kept of an entity; None where no feature counts by that column."""
        plan = next((track for track in self.plan.tracks if track.columns == (column,)), None)
        if plan is None:
            return None

        def work(transaction: Transaction) -> dict[str, str | int | None]:
            key = entity_key(plan.columns, [value])
            track = Track(Records(transaction), key, plan.layout, -NEVER - 1)
            everything = Span(NEVER, -NEVER - 1)
            return {
                "first": _written(track.first),
                "newest": _written(track.newest),
                "dropped_until": _written(track.dropped),
                "payments_kept": track.count(everything),
                "known_frauds": track.frauds(everything, -NEVER - 2) if plan.keeps_labels else None,
            }

        return self.adapter.transact(work)

    def newest(self) -> int:
        """Event time of the newest payment in microseconds; the smallest integer without one."""
        return self.adapter.transact(lambda t: _instant(Records(t).get(NEWEST)), [NEWEST])

    def answered(self, answers: Sequence[tuple[Payment, bytes]]) -> None:
        """Keep what was answered, for when a payment comes again; the first answer stays."""
        new = {_id_key(one.id): answer for one, answer in answers if one.id is not None}

        def work(transaction: Transaction) -> None:
            records = Records(transaction)
            for key, answer in new.items():
                known = _remembered(records.get(key))
                if known is not None and not known.answer:
                    known.answer = answer
                    records.put(key, _encode(known))

        self.adapter.transact(work, list(new))

    def label(self, payment_id: str, *, is_fraud: bool, known_at: int | None) -> str:
        """Say what a payment was; "accepted", "repeated" or "unknown".

        `known_at` in microseconds; None lets the label count once its maturity has passed.
        """
        key = _id_key(payment_id)

        def work(transaction: Transaction) -> str:
            records = Records(transaction)
            self._demand_same(records)
            known = _remembered(records.get(key))
            if known is None:
                return "unknown"
            if known.labels[-1:] == [(is_fraud, known_at)]:
                return "repeated"
            known.labels.append((is_fraud, known_at))
            records.put(key, _encode(known))
            self._spread_labels(records, digest(payment_id), known)
            return "accepted"

        return self.adapter.transact(work, [key])

    def _within(self, work: Callable[[Transaction], list[Found]], keys: list[bytes]) -> list[Found]:
        return self.adapter.transact(work, list(dict.fromkeys(keys)))

    def _keys(self, payment: Payment) -> list[bytes]:
        """Records that a payment will likely need."""
        known = [] if payment.id is None else [_id_key(payment.id)]
        tracks = [b"T" + key for _, key in self._entities(payment)]
        return [*known, EPOCH, NEWEST, *tracks]

    def _entities(self, payment: Payment) -> list[tuple[TrackPlan, bytes]]:
        """The payment's entities that are all there."""
        if payment.time is None:
            return []
        found = []
        for track in self.plan.tracks:
            values = [payment.values.get(column) for column in track.columns]
            if None not in values:
                found.append((track, entity_key(track.columns, values)))  # type: ignore[arg-type]
        return found

    def _meet(self, transaction: Transaction, payment: Payment) -> Found:
        records = Records(transaction)
        self._demand_same(records)
        known = None if payment.id is None else _remembered(records.get(_id_key(payment.id)))
        if known is not None:
            return self._met_before(records, payment, known)
        found, tracks = self._derive(records, payment)
        self._leave_behind(records, payment, tracks)
        if payment.id is not None:
            self._remember(records, payment, found)
        return found

    def _demand_same(self, records: Records) -> None:
        if records.get(EPOCH) != self.epoch:
            raise StateMovedError(
                "The state is being built anew; ask again as soon as /health says that it is ready."
            )

    def _met_before(self, records: Records, payment: Payment, known: Remembered) -> Found:
        if known.content != payment.content:
            raise ConflictError(
                f"A payment's id must be its own, but {payment.id!r} came before with other "
                "content; nothing was decided. Send a correction under an id of its own."
            )
        if known.answer:
            names = self.plan.derived
            return Found(dict(zip(names, known.features, strict=True)), known.is_late, known.answer)
        return self._derive(records, payment)[0]

    def _derive(
        self, records: Records, payment: Payment
    ) -> tuple[Found, list[tuple[TrackPlan, Track]]]:
        if payment.time is None:
            return Found({}, is_late=False), []
        newest = _instant(records.glance(NEWEST))
        is_late = payment.time < newest - self.plan.late_after
        tracks = self._tracks(records, payment)
        asking = _Asking(payment, {plan.columns: track for plan, track in tracks})
        features = {name: kind.online(asking) for name, kind in self.plan.derived.items()}
        return Found(features, is_late), tracks

    def _tracks(self, records: Records, payment: Payment) -> list[tuple[TrackPlan, Track]]:
        return [
            (plan, Track(records, key, plan.layout, payment.time or 0))
            for plan, key in self._entities(payment)
        ]

    def _leave_behind(
        self, records: Records, payment: Payment, tracks: Iterable[tuple[TrackPlan, Track]]
    ) -> None:
        if payment.time is None:
            return
        if payment.time > _instant(records.glance(NEWEST)):
            records.put(NEWEST, payment.time.to_bytes(8, "little", signed=True))
        for plan, track in tracks:
            event = Event(
                payment.time,
                [payment.numbers.get(name, float("nan")) for name in plan.layout.numbers],
                [_hashed(payment.values.get(name)) for name in plan.layout.values],
            )
            newest = max(track.newest, event.time)
            cut = newest - plan.span - self.plan.late_after
            track.insert(event, cut, keep=plan.keeps_payments)
            if plan.keeps_labels:
                track.labels.drop(cut)
            track.write()

    def _remember(self, records: Records, payment: Payment, found: Found) -> None:
        tracks = [key for plan, key in self._entities(payment) if plan.keeps_labels]
        known = Remembered(
            payment.content, payment.time, found.is_late, [*found.features.values()], tracks, []
        )
        records.put(_id_key(str(payment.id)), _encode(known))

    def _spread_labels(self, records: Records, number: int, known: Remembered) -> None:
        """Say to each entity of a payment when it counted as a known fraud."""
        if known.time is None:
            return
        statements = [Statement(is_fraud, at) for is_fraud, at in known.labels]
        periods = fraud_periods(statements, known.time + self.plan.maturity)
        for key in known.tracks:
            frauds = Frauds.read(records.get(b"F" + key))
            frauds.replace(number, known.time, periods)
            records.put(b"F" + key, frauds.written())


@dataclass(frozen=True)
class _Asking:
    """A payment that asks; `tracks` by the columns of their entities. A `features.online.Seen`."""

    payment: Payment
    tracks: Mapping[tuple[str, ...], Track]

    @property
    def now(self) -> int:
        return self.payment.time or 0

    def number(self, column: str) -> float:
        return self.payment.numbers.get(column, float("nan"))

    def value(self, column: str) -> str | None:
        return self.payment.values.get(column)

    def time(self, column: str) -> int | None:
        return self.payment.times.get(column)

    def history(self, *entities: str) -> Series | None:
        return self.tracks.get(entities)


def _id_key(payment_id: str) -> bytes:
    return b"I" + key_of(payment_id)


def is_old_id(records: Records, key: bytes, before: int) -> bool:
    """Whether a payment's record is of one made before an instant."""
    known = _remembered(records.get(key))
    return known is not None and known.time is not None and known.time < before


def _instant(data: bytes | None) -> int:
    return NEVER if data is None else int.from_bytes(data, "little", signed=True)


def _hashed(value: str | None) -> int:
    return 0 if value is None else digest(value)


def _written(micros: int) -> str | None:
    """An instant in ISO 8601, UTC; None where there is none."""
    known = abs(micros) < -NEVER - 1
    return (datetime(1970, 1, 1) + timedelta(microseconds=micros)).isoformat() if known else None


_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(Remembered)


def _remembered(data: bytes | None) -> Remembered | None:
    return None if data is None else Records.trusted(_decoder.decode, data)
