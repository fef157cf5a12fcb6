"""When a label became known, and within how many days most frauds are reported."""

from __future__ import annotations

import math

import numpy as np

from fraud_assets.draft.guess import Guess
from fraud_assets.draft.language.words import KNOWN_TIME
from fraud_assets.draft.roles.times.clocks import DAY, USUAL_MATURITY, Clocks
from fraud_assets.draft.roles.times.reading import instants_of
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.draft.seen.instants import Times
from fraud_assets.draft.toml import quoted

LEAST_REPORTS = 20
"""Reports from which their delay is measured."""

MAX_DAYS = 180
"""No drafted maturity is longer; later reports are rare or no reports."""


def find_known(
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
        delay = instants_of(facts, times) - at
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


def ask_for_maturity(clocks: Clocks) -> None:
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
