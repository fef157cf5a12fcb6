"""What the state keeps of one entity, for people."""

from __future__ import annotations

from datetime import datetime, timedelta

from fraud_assets.features.online.seen import Span
from fraud_assets.state.adapter import Transaction
from fraud_assets.state.sealed import Records
from fraud_assets.state.state import State
from fraud_assets.state.tracks.track import NEVER, Track
from fraud_assets.state.values import entity_key


def kept_of(state: State, column: str, value: str) -> dict[str, str | int | None] | None:
    """What is kept of an entity; None where no feature counts by that column."""
    plan = next((track for track in state.plan.tracks if track.columns == (column,)), None)
    if plan is None:
        return None

    def work(transaction: Transaction) -> dict[str, str | int | None]:
        key = entity_key(plan.columns, [value])
        track = Track(Records(transaction), key, plan.layout, -NEVER - 1)
        everything = Span(NEVER, -NEVER - 1)
        return {
            "first": _written(track.first),
            "newest": _written(track.newest),
            "dropped_until": _written(track.dropped),
            "payments_kept": track.count(everything),
            "known_frauds": track.frauds(everything, -NEVER - 2) if plan.keeps_labels else None,
        }

    return state.adapter.transact(work)


def _written(micros: int) -> str | None:
    """An instant in ISO 8601, UTC; None where there is none."""
    known = abs(micros) < -NEVER - 1
    return (datetime(1970, 1, 1) + timedelta(microseconds=micros)).isoformat() if known else None
