"""What typed times show that their owner should know: no hours, reports too early, clocks ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.columns import KNOWN_AT, TIME
from fraud_assets.data.notes import Note, rows_of

_MIDNIGHT_SHARE = 0.99
_ZONES = timedelta(hours=14)
"""No zone is further ahead of UTC."""


def time_notes(rows: Mapping[str, pd.Series], contract: Contract) -> Iterator[Note]:
    """Notes on typed rows; `rows` are columns by name (see `data.columns`)."""
    time = contract.columns.event_time
    if TIME not in rows or time is None:
        return
    yield from _without_hours(rows[TIME], contract, time.column)
    if KNOWN_AT in rows:
        n = int((rows[KNOWN_AT] < rows[TIME]).sum())
        if n:
            yield Note(
                "report_before_payment",
                f"{rows_of(n)} were reported before they were paid: one of the two columns is "
                "likely on another clock or in another zone, which a table with zone = "
                '"Area/City" can declare. Such a label counts from its report on, as it stands.',
                n,
                contract.label.known_at.column if contract.label.known_at else None,
            )


def _without_hours(times: pd.Series, contract: Contract, name: str) -> Iterator[Note]:
    short = [
        feature
        for feature, kind in contract.derived.items()
        if kind.reach.span and kind.reach.span <= timedelta(days=1)
    ]
    known = times.dropna()
    at_midnight = known == known.dt.normalize()
    if short and len(known) and at_midnight.mean() >= _MIDNIGHT_SHARE:
        n = int(at_midnight.sum())
        yield Note(
            "time_without_hours",
            f"Column {name!r} says the day and no hour in {rows_of(n)}, so that "
            f"{', '.join(short)} see nothing of the same day. Where the hour stands in another "
            'column, declare event_time = { column = "...", time = "..." }.',
            n,
            name,
        )


def ahead_note(times: pd.Series, now: np.datetime64, contract: Contract) -> Iterator[Note]:
    """A note where the newest times lie after `now` (UTC) by no more than a zone can explain."""
    time = contract.columns.event_time
    if time is None or time.zone is not None:
        return
    later = times[times > now]
    if later.empty or later.max() - pd.Timestamp(now) > _ZONES:
        return
    hours = (later.max() - pd.Timestamp(now)) / timedelta(hours=1)
    yield Note(
        "zone_suspected",
        f"{rows_of(len(later))} lie up to {hours:.1f} hours after now: column {time.column!r} may "
        f"hold local times of a zone ahead of UTC. Declare it: event_time = {{ column = "
        f'"{time.column}", zone = "Asia/Singapore" }}, or the zone that it is.',
        len(later),
        time.column,
    )
