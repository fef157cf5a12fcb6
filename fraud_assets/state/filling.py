"""Payments of the past into a state, with what was said of them; nobody waits for an answer."""

from __future__ import annotations

from collections.abc import Sequence

from fraud_assets.state.adapter import Transaction
from fraud_assets.state.labels import spread_labels, tell
from fraud_assets.state.payment import Payment
from fraud_assets.state.remembered import Remembered, Told, id_key, remember, remembered
from fraud_assets.state.sealed import Records
from fraud_assets.state.state import State
from fraud_assets.state.tracks.track import NEVER
from fraud_assets.state.values import digest


def fill(state: State, payments: Sequence[tuple[Payment, Told]], ids_from: int = NEVER) -> int:
    """Remember payments of the past with what was said of them; how many were new.

    Of those whose id is known only new labels are taken. Ids of payments made before
    `ids_from` are not kept: no window reaches those again. All or none.
    """
    keys = [key for payment, _ in payments for key in state.keys(payment)]

    def work(transaction: Transaction) -> int:
        records = Records(transaction)
        return sum(_fill(state, records, payment, told, ids_from) for payment, told in payments)

    return state.adapter.transact(work, list(dict.fromkeys(keys)))


def _fill(state: State, records: Records, payment: Payment, told: Told, ids_from: int) -> bool:
    met = None if payment.id is None else remembered(records, payment.id)
    if met is not None:
        tell(records, state.plan, str(payment.id), met, told)
        return False
    state.leave_behind(records, payment, state.tracks(records, payment))
    tracks = [key for plan, key in state.entities(payment) if plan.keeps_labels]
    known = Remembered(payment.content, payment.time, False, [], tracks, list(told))
    if payment.id is not None and (payment.time is None or payment.time >= ids_from):
        remember(records, id_key(payment.id), known)
    if told and tracks:
        spread_labels(records, state.plan, digest(payment.id or known.content.hex()), known)
    return True
