"""The service's own record back into a state: what was decided on and labelled since the source."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from fraud_assets.contract import Contract
from fraud_assets.decisions.erasure import DecisionOpener, keys_folder
from fraud_assets.decisions.erasure.tokens import key_id_of
from fraud_assets.decisions.once import counted_once
from fraud_assets.decisions.reading import read_entries, read_labels
from fraud_assets.decisions.segment import writer_folders
from fraud_assets.documents.decision import Decision
from fraud_assets.errors import PaymentError
from fraud_assets.payments.reader import RawReader
from fraud_assets.state.acts.filling import Decided, add_labels, recall
from fraud_assets.state.state import State
from fraud_assets.state.values import digest

_AT_ONCE = 500
_LATER = 2**62
"""A clock behind every payment: all have been made."""


@dataclass(frozen=True)
class Recalled:
    """Of the record: payments that were new to the state, and those that cannot be read any more.

    A value of a subject that was forgotten is missing, as it is in a run on the record; unread are
    payments that the contract refuses so.
    """

    added: int = 0
    unread: int = 0


def recall_record(
    contract: Contract, state: State, folder: Path, source_until: int | None
) -> Recalled:
    """Decisions and labels on record in `folder` into the state, each payment once.

    Without ids nothing tells whether the source holds a payment: then those made after
    `source_until`, in microseconds, come in.

    Raises
    ------
    RecordError, StoreError
        If the record does not hold.
    """
    if not folder.is_dir() or not writer_folders(folder):
        return Recalled()
    added = unread = 0
    found = decided_on_record(contract, state, folder, source_until)
    while some := list(islice(found, _AT_ONCE)):
        read = [one for one in some if one is not None]
        unread += len(some) - len(read)
        added += recall(state, read)
    recall_labels(state, folder)
    return Recalled(added, unread)


def recall_labels(state: State, folder: Path) -> None:
    """Labels on record to the payments that a state knows; raises as `recall_record`."""
    labels = sorted(read_labels(folder), key=lambda label: label.received_at)
    said = ((label.payment_id, label.is_fraud, label.known_at) for label in labels)
    while some := list(islice(said, _AT_ONCE)):
        add_labels(state, some)


def decided_on_record(
    contract: Contract, state: State, folder: Path, source_until: int | None
) -> Iterator[Decided | None]:
    """What the record knows beyond the source; None for a payment that cannot be read any more.

    Parameters and errors as in `recall_record`.
    """
    opener, reader = DecisionOpener(keys_folder(folder)), RawReader(contract, lambda: _LATER)
    aside = _set_aside(folder)
    for entry in _decisions(folder):
        if entry.decision_id in aside:
            continue
        one = _decided(opener.open(entry), reader, state)
        if one is None or contract.columns.id is not None or _is_after(one, source_until):
            yield one


def _decisions(folder: Path) -> Iterator[Decision]:
    return (entry for entry in read_entries(folder) if isinstance(entry, Decision))


def _set_aside(folder: Path) -> frozenset[str]:
    """Ids of later decisions on payments that stand on record before; keeps 8 bytes of each."""
    payments = (one.payment_id for one in _decisions(folder) if one.payment_id)
    numbers, counts = np.unique(array("Q", map(digest, payments)), return_counts=True)
    several = frozenset(numbers[counts > 1].tolist())
    if not several:
        return frozenset()
    found = (one for one in _decisions(folder) if digest(one.payment_id) in several)
    return frozenset(one.decision_id for one in counted_once(found).aside)


def _is_after(one: Decided, source_until: int | None) -> bool:
    return source_until is None or (one.payment.time or 0) > source_until


def _decided(decision: Decision, reader: RawReader, state: State) -> Decided | None:
    """What the state kept of a decision; None where the payment cannot be read any more."""
    payment_as_sent = {
        name: None if key_id_of(value) is not None else value
        for name, value in decision.payment.items()
    }
    try:
        payment = reader.read(payment_as_sent).payment
    except PaymentError:
        return None
    values = (decision.features.get(name) for name in state.plan.derived)
    features = [float("nan") if value is None else float(value) for value in values]
    return Decided(payment, features, decision.late, answer_again(decision))


def answer_again(decision: Decision) -> bytes:
    """What was answered when the decision was made, as JSON."""
    return msgspec.json.encode(dict(_answer(decision)))


def _answer(decision: Decision) -> Iterator[tuple[str, Any]]:
    yield "decision_id", decision.decision_id
    yield "payment_id", decision.payment_id or None
    yield "fraud_probability", decision.probability
    yield "is_flagged", decision.is_flagged
    yield "released", decision.released
    yield "model_version", decision.version
    yield "features", decision.features
    yield "reasons", decision.reasons
    if decision.released:
        yield "release_probability", decision.release_probability
    if decision.late:
        yield "late", True
