"""Features of a payment from the state, and the payment into the state, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from fraud_assets.errors import ConflictError, DamagedStateError, StateError, StateMovedError
from fraud_assets.state.adapter import Adapter, Transaction, Work
from fraud_assets.state.asking import Asking
from fraud_assets.state.coming import EPOCH, NEWEST, ComingPayment, newest_event, read_by
from fraud_assets.state.payment import Payment
from fraud_assets.state.plan import Plan, TrackPlan
from fraud_assets.state.remembered import (
    Remembered,
    id_key,
    read_remembered,
    remember,
)
from fraud_assets.state.sealed import Records, sealed
from fraud_assets.state.tracks.page import Event
from fraud_assets.state.tracks.short import ShortTrack, open_track
from fraud_assets.state.tracks.track import NEVER, Track
from fraud_assets.state.values import digest, entity_key

_EPOCH_BYTES = 8
_NAN = float("nan")


class Found(NamedTuple):
    """A payment's derived features by name, NaN for missing, and how it was met.

    `is_late` says that it came later than `late_after` behind the newest one, so that windows may
    lack what was dropped already. `answer` is the first answer where the payment came before.
    `position` is how many transactions the state had seen by then, 0 where its place counts none.
    `came_before` though there is no answer: whoever decided on it then did not come to its end.
    """

    features: dict[str, float]
    is_late: bool
    answer: bytes | None = None
    position: int = 0
    came_before: bool = False


Answering = Callable[[int, Found], bytes]
"""Makes the answer to the payment at a position, from what was met of it."""


KeptTrack = tuple[TrackPlan, Track | ShortTrack]
"""What is kept of one entity, and by which plan."""


class Meeting(NamedTuple):
    """Payments that are met together, all or none, and what answers them."""

    payments: Sequence[Payment]
    answering: Answering | None = None


class State:
    """The online features of one contract on one adapter.

    `epoch` is what the record EPOCH held when it was opened: once that is another, nothing is
    answered from here.
    """

    def __init__(self, adapter: Adapter, plan: Plan, epoch: bytes | None = None) -> None:
        self.adapter, self.plan, self.epoch = adapter, plan, epoch
        self._building = "" if epoch is None else epoch[:_EPOCH_BYTES].hex()
        self._epoch_record = b"" if epoch is None else sealed(EPOCH, epoch)

    def meet(self, payments: Sequence[Payment], answering: Answering | None = None) -> list[Found]:
        """Derive the features of payments in order, and remember them; all or none.

        `answering` makes the answer to a payment, by its position, that has none yet; it is kept
        in the same transaction. It is asked again where the transaction has to run again.

        Raises
        ------
        ConflictError
            If an id came before with other content; nothing is remembered.
        StateError
            If the state cannot be written.
        """
        (found,) = self.meet_each([Meeting(payments, answering)])
        if isinstance(found, Exception):
            raise found
        return found

    def meet_each(self, meetings: Sequence[Meeting]) -> list[list[Found] | Exception]:
        """`meet` for each in order, at the cost of about one: what it gave, or what it raised.

        Behind one that finds the state damaged, or gone, nothing is met: the others raise the same.

        Raises
        ------
        StateError
            If the state cannot be written; nothing is remembered of any.
        """
        broken: dict[int, StateError] = {}

        def work_of(
            number: int, coming: list[ComingPayment], answering: Answering | None
        ) -> Work[list[Found]]:
            def run(transaction: Transaction) -> list[Found]:
                broken.pop(number, None)  # it runs again: what it saw before were two moments
                for error in broken.values():
                    raise error
                records = Records(transaction)
                try:
                    self.demand_same(records)
                    return [self._meet(records, *one, answering) for one in enumerate(coming)]
                except (DamagedStateError, StateMovedError) as error:
                    broken[number] = error
                    raise

            new = [one.key for one in coming if one.key is not None]
            return Work(run, read_by(coming), new)

        works = [
            work_of(number, [self._coming(payment) for payment in payments], answering)
            for number, (payments, answering) in enumerate(meetings)
        ]
        return self.adapter.transact_each(works)

    def place(self, position: int) -> str:
        """A position as records name it: of which building of the state it is one, and which."""
        return f"{self._building}-{position}" if position else self._building

    def look(self, payment: Payment) -> Found:
        """The same for a payment that leaves nothing behind."""
        coming = self._coming(payment)

        def work(transaction: Transaction) -> Found:
            return self._derive(Records(transaction), coming)[0]

        return self.adapter.transact(work, read_by([coming]))

    def newest(self) -> int:
        """Event time of the newest payment in microseconds; the smallest integer without one."""
        return self.adapter.transact(lambda t: newest_event(Records(t).get(NEWEST)), [NEWEST])

    def answered(self, answers: Sequence[tuple[Payment, bytes]]) -> None:
        """Keep what was answered, for when a payment comes again; the first answer stays."""
        new = {id_key(one.id): answer for one, answer in answers if one.id is not None}

        def work(transaction: Transaction) -> None:
            records = Records(transaction)
            for key, answer in new.items():
                known = read_remembered(records, key)
                if known is not None and not known.answer:
                    known.answer = answer
                    remember(records, key, known)

        self.adapter.transact(work, list(new))

    def keys(self, payment: Payment) -> list[bytes]:
        """Records that a payment will likely need."""
        return read_by([self._coming(payment)])

    def _coming(self, payment: Payment) -> ComingPayment:
        key = None if payment.id is None else id_key(payment.id)
        return ComingPayment(payment, key, self.entities(payment))

    def entities(self, payment: Payment) -> list[tuple[TrackPlan, bytes]]:
        """The payment's entities that are all there."""
        if payment.time is None:
            return []
        found = []
        for track in self.plan.tracks:
            values = [payment.values.get(column) for column in track.columns]
            if None not in values:
                found.append((track, entity_key(track.columns, values)))  # type: ignore[arg-type]
        return found

    def _meet(
        self, records: Records, at: int, coming: ComingPayment, answering: Answering | None
    ) -> Found:
        known = None if coming.key is None else read_remembered(records, coming.key)
        if coming.key is not None and known is not None:
            found = self._met_before(records, coming, known)
            if found.answer is None and answering is not None:
                known.answer = answering(at, found)
                remember(records, coming.key, known)
            return found
        found, tracks, newest = self._derive(records, coming)
        self.leave_behind(records, coming.payment, tracks, newest)
        answer = b"" if answering is None else answering(at, found)
        if coming.key is not None:
            remember(records, coming.key, _remembered_as(coming, found, answer))
        return found

    def demand_same(self, records: Records) -> None:
        """Raise StateMovedError where the state was begun anew since it was opened."""
        # Compared as it lies there: each payment asks, and the record is nearly always the same.
        if not records.holds(EPOCH, self._epoch_record) and records.get(EPOCH) != self.epoch:
            raise StateMovedError(
                "The state is being built anew; ask again as soon as /health says that it is ready."
            )

    def _met_before(self, records: Records, coming: ComingPayment, known: Remembered) -> Found:
        payment = coming.payment
        if known.content != payment.content:
            raise ConflictError(
                f"A payment's id must be its own, but {payment.id!r} came before with other "
                "content; nothing was decided. Send a correction under an id of its own."
            )
        if known.answer:
            names = self.plan.derived
            return Found(dict(zip(names, known.features, strict=True)), known.is_late, known.answer)
        return self._derive(records, coming)[0]._replace(came_before=True)

    def _derive(
        self, records: Records, coming: ComingPayment
    ) -> tuple[Found, list[KeptTrack], int]:
        """What is derived, what is kept of the payment's entities, and the newest event time."""
        payment = coming.payment
        if payment.time is None:
            return Found({}, is_late=False), [], NEVER
        newest = newest_event(records.glance(NEWEST))
        is_late = payment.time < newest - self.plan.late_after
        tracks = [
            (plan, open_track(records, key, plan.layout, payment.time))
            for plan, key in coming.entities
        ]
        asking = Asking(payment, payment.time, {plan.columns: track for plan, track in tracks})
        features = {name: kind.online(asking) for name, kind in self.plan.derived.items()}
        return Found(features, is_late, position=records.position), tracks, newest

    def tracks(self, records: Records, payment: Payment) -> list[KeptTrack]:
        """What is kept of the payment's entities."""
        return [
            (plan, open_track(records, key, plan.layout, payment.time or 0))
            for plan, key in self.entities(payment)
        ]

    def leave_behind(
        self,
        records: Records,
        payment: Payment,
        tracks: Iterable[KeptTrack],
        newest_of_all: int | None = None,
    ) -> None:
        """Put the payment into the tracks of its entities."""
        if payment.time is None:
            return
        if newest_of_all is None:
            newest_of_all = newest_event(records.glance(NEWEST))
        if payment.time > newest_of_all:
            records.put(NEWEST, payment.time.to_bytes(8, "little", signed=True))
        for plan, track in tracks:
            numbers, values = payment.numbers, payment.values
            event = Event(
                payment.time,
                [numbers.get(name, _NAN) for name in plan.layout.numbers],
                [_hashed(values.get(name)) for name in plan.layout.values],
            )
            newest = max(track.newest, event.time)
            cut = newest - plan.span - self.plan.late_after
            track.insert(event, cut, keep=plan.keeps_payments)
            if plan.keeps_labels:
                track.labels.drop(cut)
            track.write()


def _remembered_as(coming: ComingPayment, found: Found, answer: bytes) -> Remembered:
    tracks = [key for plan, key in coming.entities if plan.keeps_labels]
    payment, features = coming.payment, [*found.features.values()]
    return Remembered(payment.content, payment.time, found.is_late, features, tracks, [], answer)


def _hashed(value: str | None) -> int:
    return 0 if value is None else digest(value)
