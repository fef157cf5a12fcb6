"""Lets go of what no window can reach any more, a few records at a time.

An entity that pays again is seen to when it does; this is for those that do not.
"""

from __future__ import annotations

from fraud_assets.state.adapter import Transaction
from fraud_assets.state.plan import TrackPlan
from fraud_assets.state.remembered import is_old_id
from fraud_assets.state.sealed import Records, opened
from fraud_assets.state.state import State
from fraud_assets.state.tracks.track import NEVER, Track
from fraud_assets.state.values import entity_key


def tidy(state: State, cursor: bytes | None, most: int) -> bytes | None:
    """Look at about `most` records behind a cursor; where to go on, None after the last.

    Raises
    ------
    DamagedStateError
        If one of them is not what was written.
    """
    items = state.adapter.walk(cursor, most)
    for key, data in items.found:
        opened(key, data)
    keys = [key for key, _ in items.found if key[:1] in (b"I", b"T")]
    newest = state.newest()
    if keys and newest != NEVER:
        plans = {entity_key(plan.columns, ())[:4]: plan for plan in state.plan.tracks}

        def work(transaction: Transaction) -> None:
            records = Records(transaction)
            state.demand_same(records)
            for key in keys:
                if key[:1] == b"T":
                    _tidy_track(records, key[1:], plans[key[1:5]], newest - state.plan.late_after)
                elif is_old_id(records, key, newest - state.plan.kept):
                    records.delete(key)

        state.adapter.transact(work, keys)
    return items.cursor


def _tidy_track(records: Records, key: bytes, plan: TrackPlan, late_from: int) -> None:
    if records.get(b"T" + key) is None:
        return
    cut = late_from - plan.span
    track = Track(records, key, plan.layout, 0)
    changed = track.drop(cut)
    if plan.keeps_labels:
        track.labels.drop(cut)
        changed = changed or track.labels.changed
    if changed:
        track.write()
