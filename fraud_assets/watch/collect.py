"""From what is on record to what is counted: decisions, labels, moves and reports as arrays."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from fraud_assets.contract import Contract, Policy
from fraud_assets.documents.decision import Decision, Label
from fraud_assets.documents.report.whole import Report
from fraud_assets.documents.signed.move import Move
from fraud_assets.modelling.statistics.intervals import cluster_codes
from fraud_assets.values.moment import micros_of
from fraud_assets.values.number import number
from fraud_assets.watch.outcomes import Outcomes
from fraud_assets.watch.production import Reign, WatchedContract
from fraud_assets.watch.weeks import Promised

_DAY = 86_400_000_000


def moment(text: str) -> np.datetime64:
    """An ISO date or time, UTC where it names no zone; raises ValueError where it is none."""
    return np.datetime64(micros_of(text), "us")


def place_of(contract: Contract) -> WatchedContract:
    """What the document says of whose production it is."""
    return WatchedContract(contract.name, contract.columns.currency, contract.label.maturity_days)


def collect(
    decisions: Iterable[Decision],
    labels: Mapping[str, Sequence[Label]],
    contract: Contract,
    until: np.datetime64,
) -> Outcomes:
    """Decisions with the label known when each was of the contract's age of maturity.

    `labels` are each payment's in the order in which they became known (`known_labels`).
    """
    names, age = contract.columns, round(contract.label.maturity_days * _DAY)
    last = int(until.astype("datetime64[us]").astype(np.int64))
    made = by_payment_time(decisions)
    senders = [None if names.sender is None else one.payment.get(names.sender) for one in made]
    probability = [1.0 if (p := one.release_probability) is None else p for one in made]
    return Outcomes(
        time=_times([_time(one) for one in made]),
        decided=_times([one.decided_at for one in made]),
        version=np.array([one.version for one in made], dtype=object),
        flagged=np.array([one.is_flagged for one in made], dtype=bool),
        release=np.array(probability, dtype=np.float64),
        blocked=np.array([one.was_stopped for one in made], dtype=bool),
        fraud=np.array(
            [_known(labels.get(one.payment_id, ()), _time(one) + age if age else last)
             for one in made],
            dtype=bool,
        ),
        sender=cluster_codes(np.array(senders, dtype=object), len(made)),
        amount=np.array([_amount(one, names.amount) for one in made], dtype=np.float64),
        probability=np.array([one.probability for one in made], dtype=np.float64),
    )  # fmt: skip


def by_payment_time(decisions: Iterable[Decision]) -> list[Decision]:
    """Decisions in the order of their payments."""
    return sorted(decisions, key=_time)


def reigns(moves: Sequence[Move], reports: Mapping[str, Report], policy: Policy) -> list[Reign]:
    """Who served since when, with what its report promised and what the policy demands.

    A version whose report is gone promises the policy's recall and nothing more.
    """
    return [
        replace(
            _reign(move, reports.get(move.version), policy.min_recall),
            precision_floor=policy.min_precision,
        )
        for move in moves
    ]


def _reign(move: Move, report: Report | None, floor: float) -> Reign:
    since = moment(move.promoted_at)
    if report is None or not report.metrics.recall.n:
        return Reign(move.version, since, Promised(0, 0, 1.0, floor), 0, 0, np.array([]))
    recall, alerts = report.metrics.recall, report.metrics.alert_rate
    per_sender = max(report.evidence.frauds / max(report.evidence.fraud_senders, 1), 1.0)
    promised = Promised(recall.k, recall.n, per_sender, floor)
    return Reign(move.version, since, promised, alerts.k, alerts.n, np.array([per_sender]))


def _time(one: Decision) -> int:
    return one.decided_at if one.event_time is None else one.event_time


def _known(labels: Sequence[Label], at: int) -> bool:
    """Whether the last label known at an instant says fraud."""
    seen = bisect_right([label.known_at for label in labels], at)
    return seen > 0 and labels[seen - 1].is_fraud


def _amount(one: Decision, column: str | None) -> float:
    value = None if column is None else number(one.payment.get(column))
    return float("nan") if value is None else value


def _times(micros: Sequence[int]) -> np.ndarray:
    return np.array(micros, dtype=np.int64).astype("datetime64[us]")
