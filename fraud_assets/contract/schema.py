"""What one contract file says about a team's transactions, as validated values.

Sections stand in the order in which the data meets them: source, columns, label, rules,
features, derived, windows, policy, evaluation, search, reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from fraud_assets.contract.derived import Derived
from fraud_assets.contract.duration import MAX_DAYS, parse_duration
from fraud_assets.contract.names import DEFAULT_AIM, family_names
from fraud_assets.contract.section import Section
from fraud_assets.contract.times import EventTime, NamedTime, TimeColumn, as_table
from fraud_assets.masking import public
from fraud_assets.profiles import (
    CONFIDENCE,
    LEAST_JUDGED_FRAUDS,
    MIN_JUDGED_FRAUDS,
    MOST_ALERTS,
    RECALL_FLOOR,
)

Share = Annotated[float, Field(gt=0, lt=1)]
Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Scalar = str | int | float | bool


def _listed(value: object) -> object:
    return (value,) if isinstance(value, Scalar) else value


Words = Annotated[tuple[Scalar, ...], Field(min_length=1), BeforeValidator(_listed)]


class Source(Section):
    """Where the transactions lie: a file, folder, glob or fsspec URL of CSV or Parquet.

    `thousands` is the sign between groups of three digits; under "auto" a column must show it.
    `missing` are words for a missing value besides the usual ones, `not_missing` usual words that
    are values here (see `fraud_assets.values.missing`). `max_rows` bounds what is read into
    memory: about 0.3 kB a row for ten columns.
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"thousands", "missing", "not_missing", "max_rows"})

    path: str = Field(min_length=1)
    """File, folder, glob or fsspec URL; relative paths start from the contract's folder;
    `${NAME}` and `${NAME:-default}` are read from the environment.
    """

    format: Literal["auto", "csv", "parquet"] = "auto"
    """The kind of the files; `auto` goes by their names."""

    separator: str = Field(default="auto", min_length=1)
    """What separates the fields of a CSV file; `auto` looks at its first line."""

    decimal: Literal[".", ","] = "."
    """The decimal sign of numbers written as text."""

    encoding: str = "utf-8"
    """The encoding of text files."""

    thousands: Literal["auto", ".", ","] = "auto"
    """The sign between groups of thousands; `auto` decides by all values of a column, and
    refuses what reads both ways.
    """

    missing: Annotated[tuple[Scalar, ...], BeforeValidator(_listed)] = ()
    """Further words that mean missing."""

    not_missing: Annotated[tuple[Scalar, ...], BeforeValidator(_listed)] = ()
    """Words that are values here although they usually mean missing, such as `NA` for Namibia."""

    max_rows: int = Field(default=20_000_000, ge=1)
    """Most rows that a run may read; a small file can hold very many."""

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Nobody who prints a contract prints the password in its URL."""
        for name, value in super().__repr_args__():
            yield name, public(value) if name == "path" else value


class Columns(Section):
    """Which columns play which role; only what is named here is known by role.

    `delivered_at` says which of several deliveries of a payment is the latest: a time, or a
    number that grows with each.
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"delivered_at"})

    id: str | None = None
    """The payment's identity; a payment that comes again is known by it."""

    event_time: Annotated[EventTime, BeforeValidator(as_table)] | None = None
    """When the payment was made."""

    sender: str | None = None
    """Who paid; frauds of one sender count as one cluster."""

    entities: tuple[str, ...] = ()
    """Further columns by which payments belong together, such as a device or a card."""

    amount: str | None = None
    """The amount of the payment."""

    currency: str = "USD"
    """The currency of the amount, for the report."""

    delivered_at: NamedTime | None = None
    """When a row was delivered, where a payment may come again; else the order of files and
    rows says which delivery is the latest.
    """


class Label(Section):
    """The label, the values that mean fraud and not fraud, and when it becomes known.

    Values compare as texts without case, and as numbers: 1, "1.00" and true are alike.
    """

    column: str
    """The column that holds the label."""

    positive: Words = (1, "true", "yes", "fraud")
    """The values that mean fraud; texts compare without case, and as numbers."""

    negative: Words = (0, "false", "no", "legit", "legitimate")
    """The values that mean not fraud."""

    known_at: NamedTime | None = None
    """The column of the time at which the label became known."""

    maturity_days: float = Field(default=0, ge=0, le=MAX_DAYS)
    """Days after which a payment that nobody reported counts as legitimate."""


class Rule(Section):
    """What a column must fulfil; a row that breaks it goes to quarantine under the rule's name."""

    column: str
    """The column that the rule looks at."""

    min: float | None = None
    """Least value allowed."""

    max: float | None = None
    """Largest value allowed."""

    required: bool = False
    """Whether the value must be there."""

    one_of: Words | None = None
    """The values allowed."""


class Features(Section):
    """The model's inputs, raw or derived; text is trimmed and put into one case."""

    numeric: tuple[str, ...] = ()
    """Features that are numbers, raw or derived."""

    categorical: tuple[str, ...] = ()
    """Features that are words."""

    case: Literal["keep", "upper", "lower"] = "keep"
    """The case into which words are put."""

    @property
    def names(self) -> tuple[str, ...]:
        """All features, numeric first, in the order in which models see them."""
        return self.numeric + self.categorical


class Windows(Section):
    """How much history a week needs: by frauds, by days, or by shares of the rows.

    `frauds` takes the shortest whole days that hold the counts; `days` fixed lengths;
    `shares` splits rows in time order, or stratified at random where there is no event time.
    """

    by: Literal["frauds", "days", "shares"] = "frauds"
    """What measures the windows: frauds, days, or shares of the rows."""

    fit_frauds: int = Field(default=1000, ge=1)
    """Frauds that the fitted window must hold."""

    threshold_frauds: int = Field(default=500, ge=1)
    """Frauds that the threshold window must hold."""

    judged_frauds: int = Field(default=500, ge=1)
    """Frauds that the judged window must hold."""

    fit_days: int = Field(default=60, ge=1, le=MAX_DAYS)
    """Days of the fitted window under `by = "days"`."""

    threshold_days: int = Field(default=30, ge=1, le=MAX_DAYS)
    """Days of the threshold window."""

    judged_days: int = Field(default=30, ge=1, le=MAX_DAYS)
    """Days of the judged window."""

    threshold_share: Share = 0.2
    """Share of the earlier rows that choose the threshold under `by = "shares"`."""

    judged_share: Share = 0.2
    """Share of the rows that judge."""

    stale_after_days: float = Field(default=60, gt=0)
    """The newest payment may be at most this old."""

    seed: int = 0
    """Seed of the split at random where there is no event time."""


class ThresholdRule(Section):
    """How the threshold is chosen: with a guarantee at a confidence, or by a plain aim.

    As with the recall, more confidence may be demanded, never less.
    """

    rule: Literal["guarantee", "aim"] = "guarantee"
    """A guarantee for later frauds, or a plain aim, which promises nothing."""

    confidence: Annotated[float, Field(ge=CONFIDENCE, lt=1)] = CONFIDENCE
    """Confidence of the guarantee; more may be demanded, never less."""

    aim: Annotated[float, Field(ge=RECALL_FLOOR, lt=1)] = DEFAULT_AIM
    """Recall that a plain aim goes for."""


class Policy(Section):
    """What a candidate must show before it may serve; recall may only be demanded higher.

    `checked` names features that are too good to be true and that a person has checked, each with
    the reason why a payment does have that value when it is made. The report shows it.
    """

    LATER: ClassVar[frozenset[str]] = frozenset(
        {
            "champion_unscorable",
            "max_quarantined_fraud_share",
            "max_quarantined_amount_share",
            "checked",
        }
    )

    min_recall: Annotated[float, Field(ge=RECALL_FLOOR, le=1)] = RECALL_FLOOR
    """Lowest recall on the judged rows."""

    max_alert_rate: Annotated[float, Field(gt=0, le=MOST_ALERTS)] = 0.05
    """Largest share of payments that may be flagged."""

    min_precision: Annotated[float, Field(gt=0, le=1)] = 0.10
    """Lowest precision."""

    min_judged_frauds: int = Field(default=MIN_JUDGED_FRAUDS, ge=LEAST_JUDGED_FRAUDS)
    """Fewest matured frauds that may judge."""

    strict: bool = False
    """Whether the lower bound of the recall must reach the floor as well."""

    threshold: ThresholdRule = ThresholdRule()
    """How the threshold is chosen."""

    champion_margin: float = Field(default=0.02, ge=0, le=1)
    """By how much average precision may be worse than the champion's."""

    champion_lookback: int = Field(default=8, ge=1)
    """How many of the last promoted are compared with too."""

    champion_unscorable: Literal["refuse", "absolute"] = "refuse"
    """What follows where the champion cannot be scored: refuse, or let the other rules
    decide alone.
    """

    max_p95_ms: float = Field(default=50, gt=0, le=50)
    """Longest time for one payment in the service, 95th percentile in milliseconds."""

    max_quarantine_share: Share = 0.05
    """Largest share of rows in quarantine."""

    max_quarantined_fraud_share: Share = 0.05
    """Largest share of the frauds in quarantine."""

    max_quarantined_amount_share: Share = 0.10
    """Largest share of the amount in quarantine."""

    checked: dict[str, str] = Field(default_factory=dict)
    """Features that look like a leak and were checked by a person, each with the reason;
    the report shows them.
    """


class Evaluation(Section):
    """Options of the judgement: entity precision at k, known entities left out, slices."""

    k: tuple[Annotated[int, Field(ge=1)], ...] = (100,)
    """Sizes of the daily lists whose precision is measured."""

    k_entity: str | None = None
    """What such a list counts; by default senders."""

    exclude_known: str | None = None
    """An entity whose known frauds leave the judged rows."""

    slices: tuple[str, ...] = ()
    """Features whose levels are judged one by one."""


class Search(Section):
    """Which families compete, and how many legitimate rows a fraud the search keeps."""

    families: tuple[str, ...] = Field(default_factory=family_names)
    """Model families that compete."""

    legitimate_per_fraud: float = Field(default=20, gt=0)
    """Legitimate rows for each fraud that the search keeps."""

    legitimate_at_least: int = Field(default=20_000, ge=0)
    """Fewest legitimate rows that it keeps."""

    folds: int = Field(default=5, ge=2)
    """Folds in time order."""

    seed: int = 0
    """Seed of everything that is drawn."""


class Reason(Section):
    """The stable code of a feature and its sentence for the analyst.

    `text` may use {value} and {percentile}, the share of legitimate payments below a number or
    at a category; `low` is the sentence of a number of which more lie above, `missing` that of
    a missing value, and `levels` are sentences for single categories.
    """

    code: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    """The reason's stable code."""

    text: str
    """The sentence; `{value}` and `{percentile}` are filled in."""

    low: str = ""
    """The sentence of a number that lies low."""

    missing: str = ""
    """The sentence of a missing value."""

    levels: dict[str, str] = Field(default_factory=dict)
    """Sentences for single categories."""


class Contract(Section):
    """One team's transactions, completely described. `base` is the contract file's folder."""

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

    label: Label
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

    reasons: dict[str, Reason] = Field(default_factory=dict)
    """Sentences of the reasons."""

    base: Path = Field(default=Path(), exclude=True)
    text: str = Field(default="", exclude=True, repr=False)

    @property
    def time_columns(self) -> dict[str, TimeColumn]:
        """Every column of times and how it is written; the event time's description comes first."""
        since = [getattr(derived, "since", None) for derived in self.derived.values()]
        roles = (self.columns.event_time, self.label.known_at, self.columns.delivered_at)
        columns = [column for column in reversed([*roles, *since]) if column is not None]
        described = [c for c in columns if c != type(c)(column=c.column)]
        return {c.column: c for c in (*columns, *described)}
