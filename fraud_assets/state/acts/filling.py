"""Payments of the past into a state, with what was said of them; nobody waits for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fraud_assets.state.adapter import Transaction
from fraud_assets.state.coming import ComingPayment, read_by
from fraud_assets.state.labels import spread_labels, tell
from fraud_assets.state.meeting import Meeting
from fraud_assets.state.payment import Payment
from fraud_assets.state.remembered import (
    Remembered,
    Told,
    id_key,
    read_remembered,
    remember,
    remembered,
)
from fraud_assets.state.sealed import Records
from fraud_assets.state.state import State
from fraud_assets.state.tracks.track import NEVER
from fraud_assets.state.values import digest


def fill(state: State, payments: Sequence[tuple[Payment, Told]], ids_from: int = NEVER) -> int:
    """Remember payments of the past with what was said of them; how many were new.

    Of those whose id is known only new labels are taken. Ids of payments made before
    `ids_from` are not kept: no window reaches those again. All or none.
    """
    coming = [state.coming(payment) for payment, _ in payments]

    def work(transaction: Transaction) -> int:
        meeting = state.meeting(transaction)
        those = zip(coming, payments, strict=True)
        new = sum(_fill(meeting, one, told, ids_from) for one, (_, told) in those)
        meeting.end()
        return new

    return state.adapter.transact(work, read_by(coming))


def _fill(meeting: Meeting, coming: ComingPayment, told: Told, ids_from: int) -> bool:
    records, plan = meeting.records, meeting.plan
    payment = coming.payment
    met = None if coming.key is None else read_remembered(records, coming.key)
    if met is not None:
        tell(records, plan, str(payment.id), met, told)
        return False
    meeting.enter(coming)
    tracks = [key for plan, key in coming.entities if plan.keeps_labels]
    known = Remembered(payment.content, payment.time, False, [], tracks, list(told))
    if coming.key is not None and (payment.time is None or payment.time >= ids_from):
        remember(records, coming.key, known)
    if told and tracks:
        spread_labels(records, plan, digest(payment.id or known.content.hex()), known)
    return True


@dataclass(frozen=True)
class Decided:
    """A payment that was decided on: its derived features in the plan's order, and the answer."""

    payment: Payment
    features: list[float]
    is_late: bool
    answer: bytes


def recall(state: State, decided: Sequence[Decided]) -> int:
    """Remember payments as they were answered; how many were new. All or none.

    One that is known by its id counts once; it gets the answer where it has none.
    """
    coming = [state.coming(one.payment) for one in decided]

    def work(transaction: Transaction) -> int:
        meeting = state.meeting(transaction)
        new = sum(_recall(meeting, *both) for both in zip(coming, decided, strict=True))
        meeting.end()
        return new

    return state.adapter.transact(work, read_by(coming))


def _recall(meeting: Meeting, coming: ComingPayment, one: Decided) -> bool:
    records, payment = meeting.records, one.payment
    met = None if coming.key is None else read_remembered(records, coming.key)
    if met is None:
        meeting.enter(coming)
        tracks = [key for plan, key in coming.entities if plan.keeps_labels]
        known = Remembered(
            payment.content, payment.time, one.is_late, one.features, tracks, [], one.answer
        )
    elif met.answer or met.content != payment.content:
        return False
    else:
        known = met
        known.features, known.is_late, known.answer = one.features, one.is_late, one.answer
    if coming.key is not None:
        remember(records, coming.key, known)
    return met is None


def add_labels(state: State, labels: Sequence[tuple[str, bool, int | None]]) -> None:
    """Labels of known payments by id, in the order in which they came; all or none.

    One that was said before is left as it is.
    """
    keys = [id_key(payment_id) for payment_id, _, _ in labels]

    def work(transaction: Transaction) -> None:
        records = Records(transaction)
        state.demand_same(records)
        for payment_id, is_fraud, known_at in labels:
            known = remembered(records, payment_id)
            if known is not None and (is_fraud, known_at) not in known.labels:
                known.labels.append((is_fraud, known_at))
                remember(records, id_key(payment_id), known)
                spread_labels(records, state.plan, digest(payment_id), known)

    state.adapter.transact(work, list(dict.fromkeys(keys)))
