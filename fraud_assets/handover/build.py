"""Fills a state from the contract's source up to an instant.

A payment that the state has by its id is left as it is, so that building again, or while payments
come in, counts none twice. A contract without ids has nothing to know them by: its state is built
before anybody decides from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fraud_assets.contract import Contract
from fraud_assets.data.pieces.transactions import good_rows
from fraud_assets.errors import StateError
from fraud_assets.handover.recall import Recalled, recall_record
from fraud_assets.handover.rows import payments_of
from fraud_assets.payments.kept import plan_for
from fraud_assets.state.acts.filling import fill
from fraud_assets.state.adapter import Adapter
from fraud_assets.state.opening import begin, finish, go_on
from fraud_assets.state.state import State
from fraud_assets.state.tracks.track import NEVER


@dataclass(frozen=True)
class Built:
    """How many payments came into the state, how many it had, and the newest one's instant.

    `recalled` are payments that the service's own record knew beyond the source, `unread` those
    of it that cannot be read any more. `whole` says why the source was read whole, or nothing.
    """

    added: int
    known: int
    until: np.datetime64 | None
    recalled: int = 0
    unread: int = 0
    whole: str = ""


def build_state(
    contract: Contract,
    adapter: Adapter,
    until: str | None = None,
    *,
    progress: Callable[[int], None] = lambda _: None,
    record: Path | None = None,
    folder: Path | None = None,
) -> Built:
    """Fill the state on `adapter`; one of other features, damaged or unfinished begins anew.

    What the service decided on since, and heard of labels, comes from its `record`. What does not
    fit in memory of the source lies in `folder` meanwhile, see `good_rows`.

    Raises
    ------
    DataError, RecordError, StateError
        If source or record cannot be read, or the state not be written.
    """
    added = known = 0
    with good_rows(contract, until, folder=folder) as source:
        state = _state(contract, adapter)
        newest = None if source.newest is None else int(source.newest.astype("int64"))
        ids_from = NEVER if newest is None else newest - state.plan.kept
        for part in (one for rows in source.pieces for one in payments_of(rows, contract)):
            new = fill(state, part, ids_from)
            added, known = added + new, known + len(part) - new
            progress(added + known)
    found = Recalled() if record is None else recall_record(contract, state, record, newest)
    finish(state, newest)
    adapter.sync()
    return Built(added, known, source.newest, found.added, found.unread, source.whole)


def _state(contract: Contract, adapter: Adapter) -> State:
    plan = plan_for(contract)
    if contract.columns.id is None:
        return begin(adapter, plan, is_complete=False)
    try:
        return go_on(adapter, plan)
    except StateError:
        return begin(adapter, plan, is_complete=False)
