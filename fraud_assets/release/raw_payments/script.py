"""The requests by which a service is asked about judged payments, and what it must answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.columns import ROW
from fraud_assets.data.rows import to_rows
from fraud_assets.handover.rows import told_of, values_of
from fraud_assets.payments.kept import plan_for
from fraud_assets.payments.possible import why_not_decided
from fraud_assets.release.case import Case
from fraud_assets.release.raw_payments.exported import Exported, Raw, instant_text
from fraud_assets.release.raw_payments.sample import AskedSample, draw_sample
from fraud_assets.state.plan import Plan

MOST_AT_ONCE = 100
"""Payments or labels of one request: few, so that answers are compared while others are made."""


@dataclass(frozen=True)
class Judged:
    """What the report knows of a payment: its features as the model took them, and its score.

    `name` says which one it is, to people.
    """

    name: str
    features: Mapping[str, float | str | None]
    score: float


@dataclass(frozen=True)
class PaymentsRequest:
    """One request of payments, and of each what must come back; None where it is only past."""

    raws: tuple[Raw, ...]
    judged: tuple[Judged | None, ...]


@dataclass(frozen=True)
class LabelsRequest:
    """One request of labels that were known by then."""

    labels: tuple[Raw, ...]


@dataclass(frozen=True)
class Script:
    """Requests in event order; `rewritten` are columns that are not sent as exported.

    Without requests `why_not` says why there are none.
    """

    requests: tuple[PaymentsRequest | LabelsRequest, ...] = ()
    rewritten: tuple[str, ...] = ()
    why_not: str = ""


def script_of(case: Case, scores: np.ndarray, seed: int = 0) -> Script:
    """Judged payments of a case with their past; `scores` (n,) are those of all judged rows.

    Raises
    ------
    DataError
        If the source cannot be read any more.
    """
    contract, history = case.contract, case.cleaned.history
    plan = plan_for(contract)
    if why_not := why_not_decided(contract) or _why_no_labels(contract, plan):
        return Script(why_not=why_not)
    window = case.cleaned.window("judged")
    judged = to_rows(window, case.cleaned.features)
    place = pd.Index(history[ROW]).get_indexer(window[ROW]).astype(np.int64)
    flagged = scores >= case.tuned.threshold.value
    sample = draw_sample(history, plan, place, flagged, seed)
    known: dict[int, tuple[Raw, float]] = {}
    chosen = set(sample.judged.tolist())
    for index, at in enumerate(place.tolist()):
        if at in chosen:
            known[at] = _features(judged.features.iloc[index]), float(scores[index])
    asked, name = history.iloc[sample.everything], contract.columns.id
    ids = () if name is None else asked[name].tolist()
    exported = Exported(contract, asked[ROW].tolist(), ids)
    requests = tuple(_requests(_events(history, sample, known, exported, plan)))
    return Script(requests, tuple(sorted(exported.rewritten)))


def _why_no_labels(contract: Contract, plan: Plan) -> str:
    if contract.columns.id is not None or not any(track.keeps_labels for track in plan.tracks):
        return ""
    return (
        "A feature of kind label_share counts labels, and without columns.id nobody can say of "
        "which payment a label is. Name the column of ids."
    )


ScriptEvent = tuple[int, bool, Any]
"""When, whether it is a payment, and the payment with what is judged of it, or the label."""


def _events(
    history: pd.DataFrame,
    sample: AskedSample,
    known: Mapping[int, tuple[Raw, float]],
    exported: Exported,
    plan: Plan,
) -> list[ScriptEvent]:
    """Payments in their order, and each label before the payments of its instant and later."""
    contract, rows = exported.contract, history.iloc[sample.everything]
    columns = values_of(rows, contract, exported.reader.read_columns)
    told = told_of(rows, contract) if any(t.keeps_labels for t in plan.tracks) else None
    name, time = contract.columns.id, contract.columns.event_time
    events: list[ScriptEvent] = []
    for at, (position, row) in enumerate(zip(sample.everything, rows[ROW], strict=True)):
        typed = {column: values[at] for column, values in columns.items()}
        raw = exported.raw(int(row), typed)
        payment_id = None if name is None else typed[name]
        judged = None
        if position in known:
            shown = f"row {row}" if payment_id is None else f"payment {payment_id}"
            judged = Judged(shown, *known[position])
        made = 0 if time is None else int(typed[time.column] or 0)
        events.append((made, True, (raw, judged)))
        for is_fraud, since in () if told is None else told[at]:
            label = {"payment_id": payment_id, "is_fraud": is_fraud}
            if since is not None:
                # Nobody labels a payment that has not come; nor does its own instant see it.
                said = max(since, made + 1)
                events.append((said, False, label | {"known_at": instant_text(since)}))
    last = max(made for made, is_payment, _ in events if is_payment)
    return sorted((e for e in events if e[0] <= last), key=lambda event: event[:2])


def _requests(events: Sequence[ScriptEvent]) -> Iterator[PaymentsRequest | LabelsRequest]:
    """Runs of payments and of labels, in parts of what goes at once."""
    for is_payment, run in groupby(events, key=itemgetter(1)):
        whole = [what for _, _, what in run]
        for begin in range(0, len(whole), MOST_AT_ONCE):
            part = whole[begin : begin + MOST_AT_ONCE]
            if is_payment:
                raws, judged = zip(*part, strict=True)
                yield PaymentsRequest(raws, judged)
            else:
                yield LabelsRequest(tuple(part))


def _features(row: pd.Series) -> dict[str, float | str | None]:
    plain = {str(name): None if pd.isna(value) else value for name, value in row.items()}
    return {n: v if v is None or isinstance(v, str) else float(v) for n, v in plain.items()}
