"""What typed times show that their owner should know: no hours, reports too early, clocks ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.columns import KNOWN_AT, LABEL, TIME
from fraud_assets.data.notes import Note, rows_of

_MIDNIGHT_SHARE = 0.99
_ZONES = timedelta(hours=14)
"""No zone is further ahead of UTC."""

_NO_YEAR = 1971
"""Nobody reported a payment by then: counts of 0 and empty cells are of 1970 and 1900."""

_MONTH, _CENTURY = timedelta(days=28), timedelta(days=36_525)
_MOST = 0.5
"""Share of the times after now from which this machine's clock is the likelier fault."""


def time_notes(rows: Mapping[str, pd.Series], contract: Contract) -> Iterator[Note]:
    """Notes on typed rows; `rows` are columns by name (see `data.columns`)."""
    time = contract.columns.event_time
    if TIME not in rows or time is None:
        return
    yield from _without_hours(rows[TIME], contract, time.column)
    if KNOWN_AT in rows and contract.label.known_at is not None:
        yield from _early_reports(rows[TIME], rows[KNOWN_AT], contract.label.known_at.column)


def _early_reports(paid: pd.Series, reported: pd.Series, name: str) -> Iterator[Note]:
    early = reported < paid
    n = int(early.sum())
    if not n:
        return
    known = reported[early]
    same_day = ((known == known.dt.normalize()) & (paid[early].dt.normalize() == known)).all()
    cause = (
        "one of the two columns is likely on another clock or in another zone, which a table "
        'with zone = "Area/City" can declare'
    )
    if (known.dt.year <= _NO_YEAR).all():
        cause = (
            f"such as {known.min():%Y-%m-%d}, which likely stands for no report; add it to "
            "[source] missing"
        )
    elif same_day:
        cause = (
            f"column {name!r} says the day and no hour, so that a report of the same day lies "
            "before its payment"
        )
    yield Note(
        "report_before_payment",
        f"{rows_of(n)} were reported before they were paid: {cause}. Such a label counts from its "
        "report on, as it stands.",
        n,
        name,
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
    """Notes on times (n,) after `now` (UTC): those that a zone may explain, and the others."""
    time = contract.columns.event_time
    if time is None:
        return
    ahead = times[times > now] - pd.Timestamp(now)
    is_near = (ahead <= _ZONES) & (time.zone is None)
    if is_near.any():
        yield Note(
            "zone_suspected",
            f"{rows_of(int(is_near.sum()))} lie up to {_length(ahead[is_near].max())} after now: "
            f"column {time.column!r} may hold local times of a zone ahead of UTC. Declare it: "
            f'event_time = {{ column = "{time.column}", zone = "Asia/Singapore" }}, or the zone '
            "that it is.",
            int(is_near.sum()),
            time.column,
        )
    far = ahead[~is_near]
    if len(far):
        yield Note(
            "clock_ahead",
            f"{rows_of(len(far))} of column {time.column!r} lie up to {_length(far.max())} after "
            f"now ({str(now)[:16]} UTC), such as {times[far.index].max():%Y-%m-%d %H:%M}: likely "
            f"{_cause(len(far), int(times.notna().sum()), far)}. They are put aside.",
            len(far),
            time.column,
        )


def later_reports(rows: pd.DataFrame, now: np.datetime64, contract: Contract) -> Iterator[Note]:
    """A note on frauds that were reported after `now` (UTC), and so by nobody yet."""
    known_at = contract.label.known_at
    if known_at is None or KNOWN_AT not in rows:
        return
    later = rows[KNOWN_AT][(rows[LABEL] == 1).fillna(value=False) & (rows[KNOWN_AT] > now)]
    if len(later):
        yield Note(
            "report_after_now",
            f"{rows_of(len(later))} are frauds whose report in {known_at.column!r} lies after now, "
            f"such as {later.max():%Y-%m-%d}: a run as of today counts them as none. Look at that "
            "column's unit, its zone and its words for no time.",
            len(later),
            known_at.column,
        )


def _cause(later: int, known: int, ahead: pd.Series) -> str:
    if later > _MOST * known:
        return (
            "the clock of this machine is behind, or the column's unit, origin or order of day and "
            "month is another"
        )
    middle = ahead.median()
    if middle > _CENTURY:
        return "a word for no time such as 9999-12-31, or another unit in these rows"
    if middle > _MONTH:
        return "day and month change places in these rows, or they are tests or planned payments"
    return "the clocks of some devices run ahead, or the zone is another"


def _length(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    return f"{hours:.1f} hours" if span <= 3 * timedelta(days=1) else f"{hours / 24:,.0f} days"
