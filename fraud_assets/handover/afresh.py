"""Recomputes payments from source and record, in a state that holds their entities alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.handover.recall import decided_on_record, recall_labels
from fraud_assets.handover.rows import payments_of
from fraud_assets.state.acts.filling import fill, recall
from fraud_assets.state.adapters.memory import Memory
from fraud_assets.state.opening import begin
from fraud_assets.state.payment import Payment
from fraud_assets.state.state import State

DerivedValues = dict[str, float]


def recomputed(
    contract: Contract, state: State, rows: pd.DataFrame, record: Path, drawn: list[Payment]
) -> Iterator[tuple[Payment, DerivedValues, DerivedValues]]:
    """Each drawn payment, its features from source `rows` and record, and as the state answers.

    Raises
    ------
    RecordError, StoreError, StateError
        If record or state do not hold.
    """
    wanted = {key for payment in drawn for _, key in state.entities(payment)}
    fresh = begin(Memory(), state.plan)

    def matters(payment: Payment) -> bool:
        return any(key in wanted for _, key in state.entities(payment))

    for part in payments_of(rows, contract):
        fill(fresh, [one for one in part if matters(one[0])])
    until = last_instant(rows)
    for decided in decided_on_record(contract, state, record, until):
        if decided is not None and matters(decided.payment):
            recall(fresh, [decided])
    recall_labels(fresh, record)
    for payment in drawn:
        yield payment, fresh.look(payment).features, state.look(payment).features


def last_instant(rows: pd.DataFrame) -> int | None:
    """Event time of the newest row in microseconds; None without any."""
    return None if rows.empty else int(rows["_time"].to_numpy("datetime64[us]")[-1].view(np.int64))


class Recent(NamedTuple):
    """Where payments late enough to be compared stand: source `rows`, and the record's since then.

    `since` is in microseconds.
    """

    rows: pd.DataFrame
    record: Path
    since: int


def draw_recent(contract: Contract, state: State, recent: Recent, sample: int) -> list[Payment]:
    """At most `sample` payments, drawn alike among all."""
    rng = np.random.default_rng(0)
    kept: list[Payment] = []
    for seen, payment in enumerate(_each_once(contract, state, recent), 1):
        if len(kept) < sample:
            kept.append(payment)
        elif (at := int(rng.integers(seen))) < sample:
            kept[at] = payment
    return kept


def _each_once(contract: Contract, state: State, recent: Recent) -> Iterator[Payment]:
    known: set[str] = set()
    for part in payments_of(recent.rows, contract):
        for payment, _ in part:
            known.add(payment.id or "")
            yield payment
    for one in decided_on_record(contract, state, recent.record, last_instant(recent.rows)):
        if one is None or (one.payment.time or 0) < recent.since:
            continue
        if one.payment.id is None or one.payment.id not in known:
            known.add(one.payment.id or "")
            yield one.payment
