"""Every time of a draft: of the payment, of the report, and those that lie before a payment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fraud_assets.draft.language.words import SINCE_TIME
from fraud_assets.draft.roles.times.clocks import DAY, Clocks
from fraud_assets.draft.roles.times.event import ask_about_event, find_event
from fraud_assets.draft.roles.times.reading import instants_of
from fraud_assets.draft.roles.times.reports import ask_for_maturity, find_known
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.draft.seen.instants import Times, times_of


def find_times(columns: Sequence[Facts], fraud: np.ndarray) -> Clocks:
    """Event time, report time and starts among the columns; `fraud` (n,) bool."""
    found = {facts.name: times for facts in columns if (times := times_of(facts)) is not None}
    clocks = Clocks(names=set(found))
    columns_by_name = {facts.name: facts for facts in columns}
    event = find_event(found, columns_by_name, clocks)
    if event is None:
        clocks.ask(
            "columns.event_time",
            "No column looks like the time of the payment, so rows are split at random and "
            "nothing is known of the past. Which column is it?",
            'event_time = "..."',
        )
        return clocks
    clocks.event = event
    if event.is_day and event.form in ("stamp", "text", "digits"):
        hours = [times for times in found.values() if times.form == "clock"]
        clocks.clock = hours[0] if hours else None
    at = instants_of(columns_by_name[event.name], event)
    find_known(found, columns_by_name, fraud, at, clocks)
    _find_since(found, columns_by_name, at, clocks)
    known = at[~np.isnat(at)]
    clocks.at = at if len(known) == len(at) else None
    clocks.span_days = float((known.max() - known.min()) / DAY) if len(known) else 0.0
    ask_about_event(event, clocks)
    if clocks.known_at is None:
        ask_for_maturity(clocks)
    return clocks


def _find_since(
    found: dict[str, Times], columns: dict[str, Facts], at: np.ndarray, clocks: Clocks
) -> None:
    """Times such as a registration, which an age may start from."""
    for times in found.values():
        facts = columns[times.name]
        if times in (clocks.event, clocks.known_at) or times.form not in ("stamp", "text"):
            continue
        age = at - instants_of(facts, times)
        known = ~np.isnat(age)
        if (
            facts.named(SINCE_TIME)
            and known.mean() > 0.5
            and (age[known] >= np.timedelta64(0)).mean() >= 0.99
        ):
            clocks.since.append(times.name)
