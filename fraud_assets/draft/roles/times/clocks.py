"""The times of a draft, and how the contract writes them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fraud_assets.draft.guess import Guess, Question
from fraud_assets.draft.seen.instants import Times
from fraud_assets.draft.toml import quoted

DAY = np.timedelta64(1, "D")

USUAL_MATURITY = 14
"""Days that are drafted where nothing says how late frauds are reported."""


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
        return described(self.event, *self.clock_part)

    @property
    def clock_part(self) -> tuple[str, ...]:
        """The time of day as a part of the event time's table, where another column has it."""
        return () if self.clock is None else (f"time = {quoted(self.clock.name)}",)

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
