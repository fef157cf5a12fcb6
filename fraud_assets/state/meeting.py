"""Payments that meet the state in one transaction: features, what they leave behind, answers.

The features of each are derived upon what those before it left behind. Then all are answered at
once, as whoever scores many payments together does it in a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from fraud_assets.errors import ConflictError
from fraud_assets.state.asking import Asking
from fraud_assets.state.coming import NEWEST, ComingPayment, newest_event
from fraud_assets.state.payment import Payment
from fraud_assets.state.plan import Plan, TrackPlan
from fraud_assets.state.remembered import Remembered, read_remembered, remember
from fraud_assets.state.sealed import Records
from fraud_assets.state.tracks.page import Event
from fraud_assets.state.tracks.short import ShortTrack, open_track
from fraud_assets.state.tracks.track import Track
from fraud_assets.state.values import digest

_NAN = float("nan")


class Found(msgspec.Struct, frozen=True):
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


Answering = Callable[[Sequence[tuple[int, Found]]], Sequence[bytes]]
"""Makes the answers to payments, each by its number and what was met of it."""

KeptTrack = tuple[TrackPlan, Track | ShortTrack]
"""What is kept of one entity, and by which plan."""


class Meeting:
    """One transaction's payments; `end` comes behind the last one."""

    def __init__(self, plan: Plan, records: Records) -> None:
        self.plan, self.records = plan, records
        self._before = self.newest = newest_event(records.glance(NEWEST))

    def meet(
        self, coming: Sequence[ComingPayment], answering: Answering | None, first: int = 0
    ) -> list[Found]:
        """What is met of payments in order, numbered from `first` on; remembers them.

        Raises
        ------
        ConflictError
            If an id came before with other content.
        """
        found: list[Found] = []
        for some in _of_different_ids(coming):
            met = [self._met(one) for one in some]
            self._remember(some, met, answering, first + len(found))
            found += [one for one, _ in met]
        return found

    def look(self, coming: ComingPayment) -> Found:
        """What would be met of a payment that leaves nothing behind."""
        return self._derived(coming)[0]

    def enter(self, coming: ComingPayment) -> None:
        """Leave a payment behind, though nobody asks for its features."""
        payment = coming.payment
        if payment.time is not None:
            self._leave_behind(payment, payment.time, self._tracks(coming, payment.time))

    def end(self) -> None:
        """Write what all payments have in common."""
        if self.newest > self._before:
            self.records.put(NEWEST, self.newest.to_bytes(8, "little", signed=True))

    def _met(self, coming: ComingPayment) -> tuple[Found, Remembered | None]:
        """What is met of one payment, and what is to be remembered once it is answered."""
        key, payment = coming.key, coming.payment
        known = None if key is None else read_remembered(self.records, key)
        if known is not None:
            return self._met_before(coming, known), known
        found, tracks = self._derived(coming)
        if payment.time is not None:
            self._leave_behind(payment, payment.time, tracks)
        return found, None if key is None else _remembered_as(coming, found)

    def _met_before(self, coming: ComingPayment, known: Remembered) -> Found:
        payment = coming.payment
        if known.content != payment.content:
            raise ConflictError(
                f"A payment's id must be its own, but {payment.id!r} came before with other "
                "content; nothing was decided. Send a correction under an id of its own."
            )
        if known.answer:
            names = self.plan.derived
            return Found(dict(zip(names, known.features, strict=True)), known.is_late, known.answer)
        found = self._derived(coming)[0]
        return msgspec.structs.replace(found, came_before=True)

    def _remember(
        self,
        coming: Sequence[ComingPayment],
        met: Sequence[tuple[Found, Remembered | None]],
        answering: Answering | None,
        first: int,
    ) -> None:
        """Answer those that are not answered yet, and remember them."""
        open_ones = [at for at, (found, _) in enumerate(met) if found.answer is None]
        answers: Iterable[bytes] = [b""] * len(open_ones)
        if answering is not None and open_ones:
            answers = answering([(first + at, met[at][0]) for at in open_ones])
        for at, answer in zip(open_ones, answers, strict=True):
            (found, known), key = met[at], coming[at].key
            if key is None or known is None or (found.came_before and not answer):
                continue
            known.answer = answer
            remember(self.records, key, known)

    def _derived(self, coming: ComingPayment) -> tuple[Found, list[KeptTrack]]:
        payment, time = coming.payment, coming.payment.time
        if time is None:
            return Found({}, False), []
        plan = self.plan
        tracks = self._tracks(coming, time)
        asking = Asking(payment, time, {plan.columns: track for plan, track in tracks})
        features = {name: online(asking) for name, online in plan.online}
        is_late = time < self.newest - plan.late_after
        return Found(features, is_late, None, self.records.position), tracks

    def _tracks(self, coming: ComingPayment, time: int) -> list[KeptTrack]:
        records = self.records
        return [
            (plan, open_track(records, key, plan.layout, time)) for plan, key in coming.entities
        ]

    def _leave_behind(self, payment: Payment, time: int, tracks: Iterable[KeptTrack]) -> None:
        """Put the payment into the tracks of its entities."""
        self.newest = max(self.newest, time)
        late_after = self.plan.late_after
        for plan, track in tracks:
            newest, layout = track.newest, plan.layout
            cut = (newest if newest > time else time) - plan.span - late_after
            numbers = [payment.numbers.get(name, _NAN) for name in layout.numbers]
            values = [_hashed(payment.values.get(name)) for name in layout.values]
            track.insert(Event(time, numbers, values), cut, keep=plan.keeps_payments)
            if plan.keeps_labels:
                track.labels.drop(cut)
            track.write()


def _of_different_ids(coming: Sequence[ComingPayment]) -> Iterator[Sequence[ComingPayment]]:
    """The payments in order, cut before an id that came already: its first answer comes first."""
    seen: set[bytes] = set()
    begin = 0
    for at, one in enumerate(coming):
        if one.key is not None and one.key in seen:
            yield coming[begin:at]
            begin, seen = at, set()
        if one.key is not None:
            seen.add(one.key)
    if begin < len(coming):
        yield coming[begin:]


def _remembered_as(coming: ComingPayment, found: Found) -> Remembered:
    tracks = [key for plan, key in coming.entities if plan.keeps_labels]
    payment, features = coming.payment, [*found.features.values()]
    return Remembered(payment.content, payment.time, found.is_late, features, tracks, [])


def _hashed(value: str | None) -> int:
    return 0 if value is None else digest(value)
