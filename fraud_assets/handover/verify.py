"""Recomputes features from the source and compares them with what the state answers, bit by bit."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from fraud_assets.contract import Contract
from fraud_assets.contract.sections.live import Live
from fraud_assets.data.columns import TIME
from fraud_assets.data.features import derive_features
from fraud_assets.data.transactions import read_transactions
from fraud_assets.decisions.segment import writer_folders
from fraud_assets.handover.afresh import DerivedValues, Recent, draw_recent, recomputed
from fraud_assets.handover.rows import payments_of
from fraud_assets.state.intact import demand_intact
from fraud_assets.state.opening import read_about
from fraud_assets.state.payment import Payment
from fraud_assets.state.state import State

SAMPLE = 1000
"""Payments that are compared."""


@dataclass(frozen=True)
class FeatureMismatch:
    """One feature of one payment that the state answers otherwise than the source says."""

    payment_id: str
    feature: str
    source: float
    state: float


@dataclass(frozen=True)
class StateComparison:
    """How many payments were compared, every difference, and since when the compared were made.

    Of earlier ones the state may have let go of the past. `since` is empty where there is none.
    """

    compared: int
    differences: tuple[FeatureMismatch, ...]
    since: str = ""


def verify_state(
    contract: Contract,
    state: State,
    sample: int = SAMPLE,
    seed: int = 0,
    record: Path | None = None,
) -> StateComparison:
    """Compare payments drawn among those late enough for the state to hold all of their past.

    Without a `record` of decisions what the batch derives from the source is compared; with one,
    what a fresh state makes of source and record. Before that every record of the state is looked
    at, also those that no payment of the sample asks for.

    Raises
    ------
    DamagedStateError
        If a record of the state is not what was written; names it.
    """
    demand_intact(state.adapter)
    about = read_about(state.adapter)
    until = None
    if about is not None and about.built_until is not None:
        until = str(np.datetime64(about.built_until, "us"))
    if not contract.derived or contract.columns.event_time is None:
        return StateComparison(0, ())
    rows = read_transactions(contract, until).rows
    late_after = (contract.live or Live()).late_after
    newest = max(rows[TIME].iloc[-1].to_datetime64(), np.datetime64(state.newest(), "us"))
    start = newest - np.timedelta64(late_after - timedelta(microseconds=1))
    if record is not None and record.is_dir() and writer_folders(record):
        recent = rows[rows[TIME] >= start].reset_index(drop=True)
        since = int(start.astype("datetime64[us]").view(np.int64))
        chosen = draw_recent(contract, state, Recent(recent, record, since), sample)
        found = recomputed(contract, state, rows, record, chosen)
        differing = [bad for one in found for bad in _mismatches(*one)]
        return StateComparison(len(chosen), tuple(differing), _second(start))
    if not (rows[TIME] >= start).any():
        return StateComparison(0, ())
    derived = derive_features(rows, contract, start=start)
    recent = rows[rows[TIME] >= start].reset_index(drop=True)
    drawn = np.sort(
        np.random.default_rng(seed).choice(len(recent), min(sample, len(recent)), replace=False)
    )
    differences: list[FeatureMismatch] = []
    for part in payments_of(recent.iloc[drawn], contract, size=max(1, len(drawn))):
        for (payment, _), at in zip(part, drawn, strict=True):
            answered = state.look(payment).features
            expected = {name: float(derived[name].iloc[at]) for name in answered}
            differences += _mismatches(payment, expected, answered)
    return StateComparison(len(drawn), tuple(differences), _second(start))


def _second(instant: np.datetime64) -> str:
    return str(instant.astype("datetime64[s]"))


def _mismatches(
    payment: Payment, expected: DerivedValues, answered: DerivedValues
) -> Iterator[FeatureMismatch]:
    for name, value in answered.items():
        if not _same(expected[name], value):
            yield FeatureMismatch(str(payment.id), name, expected[name], value)


def _same(one: float, other: float) -> bool:
    both_missing = math.isnan(one) and math.isnan(other)
    return both_missing or struct.pack("d", one) == struct.pack("d", other)
