"""Features of a payment from the state, and the payment into the state, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import accumulate, islice

from fraud_assets.errors import DamagedStateError, StateError, StateMovedError
from fraud_assets.state.adapter import Adapter, Transaction, Work
from fraud_assets.state.coming import EPOCH, NEWEST, ComingPayment, newest_event, read_by
from fraud_assets.state.meeting import Answering, Found, Meeting
from fraud_assets.state.payment import Payment
from fraud_assets.state.plan import Plan, TrackPlan
from fraud_assets.state.remembered import id_key, read_remembered, remember
from fraud_assets.state.sealed import Records, sealed
from fraud_assets.state.values import entity_key

_EPOCH_BYTES = 8


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

        `answering` makes the answers to payments, by their positions, that have none yet; they are
        kept in the same transaction. It is asked again where the transaction has to run again.

        Raises
        ------
        ConflictError
            If an id came before with other content; nothing is remembered.
        StateError
            If the state cannot be written.
        """
        (found,) = self.meet_each([payments], answering)
        if isinstance(found, Exception):
            raise found
        return found

    def meet_each(
        self, meetings: Sequence[Sequence[Payment]], answering: Answering | None = None
    ) -> list[list[Found] | Exception]:
        """`meet` for each in order, at the cost of about one: what it gave, or what it raised.

        `answering` knows payments by their number in all of them. Behind one that finds the state
        damaged, or gone, nothing is met: the others raise the same.

        Raises
        ------
        StateError
            If the state cannot be written; nothing is remembered of any.
        """
        coming = [[self.coming(payment) for payment in payments] for payments in meetings]
        if len(coming) > 1 and self.adapter.is_exclusive:
            # Nearly always nothing is refused; else each is met by itself, to see which.
            with suppress(Exception):
                return self._met_together(coming, answering)
        return self.adapter.transact_each(self._works(coming, answering))

    def _met_together(
        self, coming: Sequence[Sequence[ComingPayment]], answering: Answering | None
    ) -> list[list[Found] | Exception]:
        """All in one transaction, which none of them refuses."""

        def work(transaction: Transaction) -> list[Found]:
            meeting = self.meeting(transaction)
            found = meeting.meet([one for some in coming for one in some], answering)
            meeting.end()
            return found

        found = iter(self.adapter.transact(work))
        return [list(islice(found, len(some))) for some in coming]

    def _works(
        self, coming: Sequence[Sequence[ComingPayment]], answering: Answering | None
    ) -> list[Work[list[Found]]]:
        """Each in a transaction of its own."""
        broken: dict[int, StateError] = {}

        def work_of(number: int, some: Sequence[ComingPayment], first: int) -> Work[list[Found]]:
            def run(transaction: Transaction) -> list[Found]:
                broken.pop(number, None)  # it runs again: what it saw before were two moments
                for error in broken.values():
                    raise error
                try:
                    meeting = self.meeting(transaction)
                    found = meeting.meet(some, answering, first)
                    meeting.end()
                except (DamagedStateError, StateMovedError) as error:
                    broken[number] = error
                    raise
                return found

            new = [one.key for one in some if one.key is not None]
            return Work(run, read_by(some), new)

        firsts = accumulate(map(len, coming), initial=0)
        return [work_of(at, *one) for at, one in enumerate(zip(coming, firsts, strict=False))]

    def meeting(self, transaction: Transaction) -> Meeting:
        """Where payments are met in a transaction; StateMovedError where the state has moved."""
        records = Records(transaction)
        self.demand_same(records)
        return Meeting(self.plan, records)

    @property
    def building(self) -> str:
        """What the state's positions begin with on record; another one once it is built anew."""
        return self._building

    def look(self, payment: Payment) -> Found:
        """The same for a payment that leaves nothing behind."""
        coming = self.coming(payment)

        def work(transaction: Transaction) -> Found:
            return Meeting(self.plan, Records(transaction)).look(coming)

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

    def coming(self, payment: Payment) -> ComingPayment:
        """The payment with the keys of what is kept of it."""
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

    def demand_same(self, records: Records) -> None:
        """Raise StateMovedError where the state was begun anew since it was opened."""
        # Compared as it lies there: each payment asks, and the record is nearly always the same.
        if not records.holds(EPOCH, self._epoch_record) and records.get(EPOCH) != self.epoch:
            raise StateMovedError(
                "The state is being built anew; ask again as soon as /health says that it is ready."
            )
