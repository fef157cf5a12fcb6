"""Which column is the time of the payment, and what its owner is asked about it."""

from __future__ import annotations

import numpy as np

from fraud_assets.draft.language.words import EVENT_TIME, KNOWN_TIME, NOT_EVENT_TIME, TIME
from fraud_assets.draft.roles.times.clocks import Clocks, described
from fraud_assets.draft.roles.times.reading import instants_of
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.draft.seen.instants import Times
from fraud_assets.draft.toml import quoted

_IN_ORDER = 0.9
"""Share of the steps from row to row that go forward in time."""


def find_event(found: dict[str, Times], columns: dict[str, Facts], clocks: Clocks) -> Times | None:
    """The time that is most likely the payment's, None where no column looks like it."""
    points = {
        name: _points(times, columns[name])
        for name, times in found.items()
        if times.form != "clock" and columns[name].levels > 1
    }
    ranked = sorted((name for name in points if points[name] > 0), key=lambda n: -points[n])
    if not ranked:
        return None
    best = ranked[0]
    close = [name for name in ranked[1:] if points[name] >= points[best] - 1]
    clocks.why = "its name and its times" if columns[best].named(EVENT_TIME) else "its times"
    is_named = columns[best].named(EVENT_TIME, TIME) or found[best].form in ("stamp", "text")
    if close or not is_named or columns[best].named(NOT_EVENT_TIME):
        others = f" {', '.join(map(quoted, close))} could be it too." if close else ""
        clocks.ask(
            "columns.event_time",
            f"Is {quoted(best)} the time at which the payment was made?{others}",
            *(f"event_time = {described(found[name])}" for name in close[:3]),
        )
    return found[best]


def _points(times: Times, facts: Facts) -> int:
    """How likely a column of times is the payment's; none at 0 or below."""
    points = 1 + 3 * facts.named(EVENT_TIME) + facts.named(TIME)
    points -= 4 * facts.named(NOT_EVENT_TIME) + 4 * facts.named(KNOWN_TIME)
    points -= 4 * (facts.missing.mean() > 0.1)
    points += 2 * _is_in_order(times, facts)
    points += 0 if times.unit == "since_start" else 2
    return int(points - times.is_day)


def _is_in_order(times: Times, facts: Facts) -> bool:
    """Whether the rows stand in the order of these times, as a list of payments does."""
    at = instants_of(facts, times)
    at = at[~np.isnat(at)]
    return len(at) > 1 and float((np.diff(at) >= np.timedelta64(0)).mean()) >= _IN_ORDER


def ask_about_event(event: Times, clocks: Clocks) -> None:
    """Ask for what the values leave open: order of day and month, start, time of day, zone."""
    name, zone = quoted(event.name), 'zone = "Europe/Berlin"'
    if event.order_open:
        clocks.ask(
            "columns.event_time",
            f"Dates such as those of {name} fit both readings; the day is drafted to come first. "
            "Does the month?",
            f"event_time = {{ column = {name}, day_first = false }}",
        )
    if event.unit == "since_start":
        clocks.ask(
            "columns.event_time",
            f"{name} counts from a start that the file does not name; 1 January 2000 is drafted. "
            "When was it, and does it count seconds? Hours and weekdays depend on it.",
            f'event_time = {{ column = {name}, unit = "s", origin = 2013-09-01T00:00:00 }}',
        )
    elif event.is_day and clocks.clock is None:
        clocks.ask(
            "columns.event_time",
            f"{name} holds days without a time of day, so windows count whole days. Is there a "
            "column with the time of day?",
            f'event_time = {{ column = {name}, time = "..." }}',
        )
    elif not event.is_zoned:
        clocks.ask(
            "columns.event_time",
            f"The times of {name} name no time zone and are read as UTC. Are they?",
            f"event_time = {described(event, *clocks.clock_part, zone)}",
        )
