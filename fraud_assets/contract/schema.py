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
    format: Literal["auto", "csv", "parquet"] = "auto"
    separator: str = Field(default="auto", min_length=1)
    decimal: Literal[".", ","] = "."
    encoding: str = "utf-8"
    thousands: Literal["auto", ".", ","] = "auto"
    missing: Annotated[tuple[Scalar, ...], BeforeValidator(_listed)] = ()
    not_missing: Annotated[tuple[Scalar, ...], BeforeValidator(_listed)] = ()
    max_rows: int = Field(default=20_000_000, ge=1)

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
    event_time: Annotated[EventTime, BeforeValidator(as_table)] | None = None
    sender: str | None = None
    entities: tuple[str, ...] = ()
    amount: str | None = None
    currency: str = "USD"
    delivered_at: NamedTime | None = None


class Label(Section):
    """The label, the values that mean fraud and not fraud, and when it becomes known.

    Values compare as texts without case, and as numbers: 1, "1.00" and true are alike.
    """

    column: str
    positive: Words = (1, "true", "yes", "fraud")
    negative: Words = (0, "false", "no", "legit", "legitimate")
    known_at: NamedTime | None = None
    maturity_days: float = Field(default=0, ge=0, le=MAX_DAYS)


class Rule(Section):
    """What a column must fulfil; a row that breaks it goes to quarantine under the rule's name."""

    column: str
    min: float | None = None
    max: float | None = None
    required: bool = False
    one_of: Words | None = None


class Features(Section):
    """The model's inputs, raw or derived; text is trimmed and put into one case."""

    numeric: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    case: Literal["keep", "upper", "lower"] = "keep"

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
    fit_frauds: int = Field(default=1000, ge=1)
    threshold_frauds: int = Field(default=500, ge=1)
    judged_frauds: int = Field(default=500, ge=1)
    fit_days: int = Field(default=60, ge=1, le=MAX_DAYS)
    threshold_days: int = Field(default=30, ge=1, le=MAX_DAYS)
    judged_days: int = Field(default=30, ge=1, le=MAX_DAYS)
    threshold_share: Share = 0.2
    judged_share: Share = 0.2
    stale_after_days: float = Field(default=60, gt=0)
    seed: int = 0


class ThresholdRule(Section):
    """How the threshold is chosen: with a guarantee at a confidence, or by a plain aim.

    As with the recall, more confidence may be demanded, never less.
    """

    rule: Literal["guarantee", "aim"] = "guarantee"
    confidence: Annotated[float, Field(ge=CONFIDENCE, lt=1)] = CONFIDENCE
    aim: Annotated[float, Field(ge=RECALL_FLOOR, lt=1)] = DEFAULT_AIM


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
    max_alert_rate: Annotated[float, Field(gt=0, le=MOST_ALERTS)] = 0.05
    min_precision: Annotated[float, Field(gt=0, le=1)] = 0.10
    min_judged_frauds: int = Field(default=MIN_JUDGED_FRAUDS, ge=LEAST_JUDGED_FRAUDS)
    strict: bool = False
    threshold: ThresholdRule = ThresholdRule()
    champion_margin: float = Field(default=0.02, ge=0, le=1)
    champion_lookback: int = Field(default=8, ge=1)
    champion_unscorable: Literal["refuse", "absolute"] = "refuse"
    max_p95_ms: float = Field(default=50, gt=0, le=50)
    max_quarantine_share: Share = 0.05
    max_quarantined_fraud_share: Share = 0.05
    max_quarantined_amount_share: Share = 0.10
    checked: dict[str, str] = Field(default_factory=dict)


class Evaluation(Section):
    """Options of the judgement: entity precision at k, known entities left out, slices."""

    k: tuple[Annotated[int, Field(ge=1)], ...] = (100,)
    k_entity: str | None = None
    exclude_known: str | None = None
    slices: tuple[str, ...] = ()


class Search(Section):
    """Which families compete, and how many legitimate rows a fraud the search keeps."""

    families: tuple[str, ...] = Field(default_factory=family_names)
    legitimate_per_fraud: float = Field(default=20, gt=0)
    legitimate_at_least: int = Field(default=20_000, ge=0)
    folds: int = Field(default=5, ge=2)
    seed: int = 0


class Reason(Section):
    """The stable code of a feature and its sentence for the analyst.

    `text` may use {value} and {percentile}, the share of legitimate payments below a number or
    at a category; `low` is the sentence of a number of which more lie above, `missing` that of
    a missing value, and `levels` are sentences for single categories.
    """

    code: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    text: str
    low: str = ""
    missing: str = ""
    levels: dict[str, str] = Field(default_factory=dict)


class Contract(Section):
    """One team's transactions, completely described. `base` is the contract file's folder."""

    format: Literal[1]
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    owner: str = "team:fraud"
    description: str = ""
    source: Source
    columns: Columns = Columns()
    label: Label
    rules: dict[str, Rule] = Field(default_factory=dict)
    features: Features
    derived: dict[str, Derived] = Field(default_factory=dict)
    windows: Windows = Windows()
    policy: Policy = Policy()
    evaluation: Evaluation = Evaluation()
    search: Search = Field(default_factory=Search)
    reasons: dict[str, Reason] = Field(default_factory=dict)
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
