"""What one contract file says about a team's transactions, as validated values.

Sections stand in the order in which the data meets them: source, columns, rates, label, rules,
features, derived, windows, policy, evaluation, search, live, reasons, decisions. Each has a room
of its own under `contract.sections`.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from fraud_assets.contract.sections.columns import Columns
from fraud_assets.contract.sections.decisions import Decisions
from fraud_assets.contract.sections.evaluation import Evaluation
from fraud_assets.contract.sections.features import Features
from fraud_assets.contract.sections.label import Labelling
from fraud_assets.contract.sections.live import Live
from fraud_assets.contract.sections.policy import Policy
from fraud_assets.contract.sections.rates import Rates
from fraud_assets.contract.sections.reasons import ReasonWords
from fraud_assets.contract.sections.rules import Rule
from fraud_assets.contract.sections.search import Search
from fraud_assets.contract.sections.source import Source
from fraud_assets.contract.sections.windows import Windows
from fraud_assets.features import Derived
from fraud_assets.terms.section import Section
from fraud_assets.terms.times import TimeColumn


class Contract(Section):
    """One team's transactions, completely described. `base` is the contract file's folder."""

    LATER: ClassVar[frozenset[str]] = frozenset({"decisions", "live", "rates"})

    format: Literal[1]
    """Format of the contract."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    """The contract's name; a store belongs to it."""

    owner: str = "team:fraud"
    """Who is asked about it, as Dagster names owners."""

    description: str = ""
    """What these payments are, for the report."""

    source: Source
    """Where the transactions lie."""

    columns: Columns = Columns()
    """Which columns play which role."""

    rates: Rates | None = None
    """Rates that put amounts of several currencies into `columns.currency`."""

    label: Labelling
    """The label."""

    rules: dict[str, Rule] = Field(default_factory=dict)
    """Rules that every row must pass."""

    features: Features
    """The model's inputs."""

    derived: dict[str, Derived] = Field(default_factory=dict)
    """Features made from a row's past."""

    windows: Windows = Windows()
    """How much history a week needs."""

    policy: Policy = Policy()
    """What a candidate must show."""

    evaluation: Evaluation = Evaluation()
    """Options of the judgement."""

    search: Search = Field(default_factory=Search)
    """The search."""

    live: Live | None = None
    """What happens to live payments; without it flagged payments are not stopped."""

    reasons: dict[str, ReasonWords] = Field(default_factory=dict)
    """Sentences of the reasons."""

    decisions: Decisions = Decisions()
    """What is kept of decisions."""

    base: Path = Field(default=Path(), exclude=True)
    text: str = Field(default="", exclude=True, repr=False)

    @property
    def time_columns(self) -> dict[str, TimeColumn]:
        """Every column of times and how it is written; the event time's description comes first."""
        since = [
            column
            for derived in self.derived.values()
            for use, column in derived.columns.values()
            if use == "time"
        ]
        roles = (self.columns.event_time, self.label.known_at, self.columns.delivered_at)
        columns = [column for column in reversed([*roles, *since]) if column is not None]
        described = [c for c in columns if c != type(c)(column=c.column)]
        return {c.column: c for c in (*columns, *described)}
