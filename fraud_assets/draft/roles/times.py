"""Which time is the payment's, which says when its label became known, and what is left open."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from fraud_assets.data.instants import parse_times
from fraud_assets.draft.guess import Guess, Question
from fraud_assets.draft.language.words import (
    EVENT_TIME,
    KNOWN_TIME,
    NOT_EVENT_TIME,
    SINCE_TIME,
    TIME,
)
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.draft.seen.instants import Times, times_of
from fraud_assets.draft.toml import quoted
from fraud_assets.terms.times import TimeColumn

DAY = np.timedelta64(1, "D")

LEAST_REPORTS = 20
"""Reports from which their delay is measured."""

USUAL_MATURITY = 14
"""Days that are drafted where nothing says how late frauds are reported."""

MAX_DAYS = 180
"""No drafted maturity is longer; later reports are rare or no reports."""


@dataclass
class Clocks:
    """The times of a draft. `event` and `known_at` are the contract's, None where there is none.

    `at` (n,) are the payments' instants, None where one of them is not known. `since` are times
    that lie before each payment, from which an age may be derived.
    """

    event: Times | None = None
    clock: Times | None = None
    known_at: Times | None = None
    maturity: Guess = field(default_factory=lambda: Guess(0, "without times labels never mature"))
    at: np.ndarray | None = None
    since: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    why: str = ""
    span_days: float = 0.0
    questions: list[Question] = field(default_factory=list)

    @property
    def is_short(self) -> bool:
        """Whether the data span too few days for windows with two maturities between them."""
        maturity = self.maturity.value if self.known_at else USUAL_MATURITY
        return self.event is not None and self.span_days < 2 * maturity + 7

    @property
    def event_toml(self) -> str:
        """The event time as the contract writes it."""
        if self.event is None:
            return ""
        return described(self.event, *_clock_part(self))

    @property
    def known_toml(self) -> str:
        """The time of the report as the contract writes it."""
        return described(self.known_at) if self.known_at else ""

    def ask(self, key: str, text: str, *instead: str) -> None:
        """Put a question to the owner."""
        self.questions.append(Question(key, text, instead))


def described(times: Times, *more: str) -> str:
    """A column of times as the contract writes it: its name, or a table that says how to read."""
    parts = [f"column = {quoted(times.name)}"]
    if times.form == "serial":
        parts.append('unit = "excel_days"')
    elif times.form == "digits":
        parts.append('format = "%Y%m%d"')
    elif times.unit == "since_start":
        parts.append('unit = "s", origin = 2000-01-01T00:00:00')
    elif times.form == "count":
        parts.append(f'unit = "{times.unit}"')
    elif times.order_open:
        parts.append("day_first = true")
    parts += more
    return quoted(times.name) if len(parts) == 1 else f"{{ {', '.join(parts)} }}"


def find_times(columns: Sequence[Facts], fraud: np.ndarray) -> Clocks:
    """Event time, report time and starts among the columns; `fraud` (n,) bool."""
    found = {facts.name: times for facts in columns if (times := times_of(facts)) is not None}
    clocks = Clocks(names=set(found))
    columns_by_name = {facts.name: facts for facts in columns}
    event = _event(found, columns_by_name, clocks)
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
    at = _instants(columns_by_name[event.name], event)
    _find_known(found, columns_by_name, fraud, at, clocks)
    _find_since(found, columns_by_name, at, clocks)
    known = at[~np.isnat(at)]
    clocks.at = at if len(known) == len(at) else None
    clocks.span_days = float((known.max() - known.min()) / DAY) if len(known) else 0.0
    _ask_about_event(event, clocks)
    if clocks.known_at is None:
        _ask_for_maturity(clocks)
    return clocks


def _event(found: dict[str, Times], columns: dict[str, Facts], clocks: Clocks) -> Times | None:
    points = {
        name: _points(times, columns[name])
        for name, times in found.items()
        if times.form != "clock"
    }
    ranked = sorted((name for name in points if points[name] > 0), key=lambda n: -points[n])
    if not ranked:
        return None
    best = ranked[0]
    close = [name for name in ranked[1:] if points[name] >= points[best] - 1]
    clocks.why = "its name and its times" if columns[best].named(EVENT_TIME) else "its times"
    if close or columns[best].named(NOT_EVENT_TIME):
        others = f" {', '.join(map(quoted, close))} could be it too." if close else ""
        clocks.ask(
            "columns.event_time",
            f"Is {quoted(best)} the time at which the payment was made?{others}",
            *(f"event_time = {quoted(name)}" for name in close[:3]),
        )
    return found[best]


def _points(times: Times, facts: Facts) -> int:
    """How likely a column of times is the payment's; none at 0 or below."""
    points = 1 + 3 * facts.named(EVENT_TIME) + facts.named(TIME)
    points -= 4 * facts.named(NOT_EVENT_TIME) + 4 * facts.named(KNOWN_TIME)
    points -= 4 * (facts.missing.mean() > 0.1)
    points += 0 if times.unit == "since_start" else 2
    return int(points - times.is_day)


def _instants(facts: Facts, times: Times) -> np.ndarray:
    """The column's instants (n,) datetime64[us], NaT where there is none."""
    table = tomllib.loads(f"time = {described(times)}")["time"]
    time = TimeColumn.model_validate(table if isinstance(table, dict) else {"column": table})
    return parse_times(facts.values, time)[0].to_numpy(dtype="datetime64[us]")


def _find_known(
    found: dict[str, Times],
    columns: dict[str, Facts],
    fraud: np.ndarray,
    at: np.ndarray,
    clocks: Clocks,
) -> None:
    """When the label became known: by name, or present with fraud and later than the payment."""
    event = clocks.event
    for times in sorted(found.values(), key=lambda t: not columns[t.name].named(KNOWN_TIME)):
        if times is event or times.form == "clock" or event is None:
            continue
        facts = columns[times.name]
        with_fraud, without = facts.presence(fraud)
        measured = with_fraud >= 0.8 and without <= 0.02
        if not facts.named(KNOWN_TIME) and not measured:
            continue
        if facts.levels == 1:
            _ask_about_one_time(facts.name, clocks)
            continue
        delay = _instants(facts, times) - at
        known = ~np.isnat(delay)
        if known.any() and (delay[known] >= np.timedelta64(0)).mean() >= 0.95:
            clocks.known_at = times
            if not facts.named(KNOWN_TIME):
                clocks.ask(
                    "label.known_at",
                    f"{quoted(times.name)} is there for {with_fraud:.0%} of the frauds and lies "
                    "after the payment, so it is drafted as when a fraud became known. Is it?",
                )
            clocks.maturity = _maturity(delay[known & fraud], times.name)
            return


def _ask_about_one_time(name: str, clocks: Clocks) -> None:
    clocks.ask(
        "label.known_at",
        f"{quoted(name)} has the same time in every row, as that of an export; it is not drafted "
        "as when a label became known. Is there a column with the time of each report?",
    )


def _maturity(delays: np.ndarray, name: str) -> Guess:
    """Whole days within which 99 % of the frauds were reported; `delays` (n,) timedelta64."""
    if len(delays) < LEAST_REPORTS:
        return Guess(USUAL_MATURITY, f"too few reports in {quoted(name)} to measure it", "doubtful")
    days = math.ceil(float(np.quantile(delays / DAY, 0.99)))
    why = f"99 % of {len(delays):,} reports in {quoted(name)} came within it"
    return Guess(min(max(days, 1), MAX_DAYS), why, "likely")


def _find_since(
    found: dict[str, Times], columns: dict[str, Facts], at: np.ndarray, clocks: Clocks
) -> None:
    """Times such as a registration, which an age may start from."""
    for times in found.values():
        facts = columns[times.name]
        if times in (clocks.event, clocks.known_at) or times.form not in ("stamp", "text"):
            continue
        age = at - _instants(facts, times)
        known = ~np.isnat(age)
        if (
            facts.named(SINCE_TIME)
            and known.mean() > 0.5
            and (age[known] >= np.timedelta64(0)).mean() >= 0.99
        ):
            clocks.since.append(times.name)


def _ask_about_event(event: Times, clocks: Clocks) -> None:
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
            f"event_time = {described(event, *_clock_part(clocks), zone)}",
        )


def _clock_part(clocks: Clocks) -> tuple[str, ...]:
    return () if clocks.clock is None else (f"time = {quoted(clocks.clock.name)}",)


def _ask_for_maturity(clocks: Clocks) -> None:
    """Without a time of the report nobody can measure how late frauds are known."""
    if clocks.is_short:
        clocks.maturity = Guess(
            0, "as if all labels were known when the data were made", "doubtful"
        )
        drafted = (
            f"the data span {clocks.span_days:.1f} days, so 0 is drafted, as if all were known"
        )
    else:
        clocks.maturity = Guess(
            USUAL_MATURITY, "then an unreported payment counts as legitimate", "doubtful"
        )
        drafted = f"{USUAL_MATURITY} is drafted; too few teach that late reports are legitimate"
    clocks.ask(
        "label.maturity_days",
        "No column says when a fraud was reported. After how many days are nearly all reported? "
        f"{drafted[0].upper()}{drafted[1:]}.",
        "maturity_days = 60",
    )
