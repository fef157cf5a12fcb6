"""The features that a contract may derive from a row's past, as validated values.

Each kind can say itself in one exact sentence (`definition`), which the service shows to
callers, since whoever asks for a score computes these values.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fraud_assets.contract.duration import Duration, format_duration
from fraud_assets.contract.times import NamedTime


class _Kind(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class _Windowed(_Kind):
    """Over an entity's payments in the `window` before the row, strictly earlier in time.

    With a `delay` the window ends that long before the row instead of at it.
    """

    entity: str
    """The column whose payments belong together."""

    window: Duration
    """How far back it looks."""

    delay: Duration | None = None
    """How long before the payment the window ends."""

    include_current: bool = False
    """Whether the payment itself counts."""

    @model_validator(mode="after")
    def _delay_leaves_the_row_out(self) -> Self:
        if self.delay is not None and self.include_current:
            raise ValueError("must not have both a delay and include_current = true")
        return self

    @property
    def _span(self) -> str:
        if self.delay is not None:
            return (
                f"payments of the same {self.entity} in the {format_duration(self.window)} "
                f"that ended {format_duration(self.delay)} before this payment"
            )
        own = "this payment included" if self.include_current else "this payment not included"
        return (
            f"payments of the same {self.entity} in the {format_duration(self.window)} "
            f"before this payment, {own}"
        )


class Count(_Windowed):
    """How many payments."""

    kind: Literal["count"]
    """The kind of the derived feature."""

    @property
    def definition(self) -> str:
        """The exact meaning, for people who must compute it."""
        return f"Number of {self._span}."


class Mean(_Windowed):
    """Mean of a column; missing where no payment counts."""

    kind: Literal["mean"]
    """The kind of the derived feature."""

    of: str
    """The column that is counted or summed."""

    @property
    def definition(self) -> str:
        """The exact meaning, for people who must compute it."""
        return f"Mean {self.of} over {self._span}; null where there is none."


class Sum(_Windowed):
    """Sum of a column; zero where no payment counts."""

    kind: Literal["sum"]
    """The kind of the derived feature."""

    of: str
    """The column that is counted or summed."""

    @property
    def definition(self) -> str:
        """The exact meaning, for people who must compute it."""
        return f"Sum of {self.of} over {self._span}."


class Distinct(_Windowed):
    """How many different values of a column, such as counterparties."""

    kind: Literal["distinct"]
    """The kind of the derived feature."""

    of: str
    """The column that is counted or summed."""

    @property
    def definition(self) -> str:
        """The exact meaning, for people who must compute it."""
        return f"Number of different {self.of} among {self._span}."


class Ratio(_Windowed):
    """A column's value divided by its mean over the entity's own history."""

    kind: Literal["ratio"]
    """The kind of the derived feature."""

    of: str
    """The column that is counted or summed."""

    @property
    def definition(self) -> str:
        """The exact meaning, for people who must compute it."""
        return (
            f"{self.of} of this payment divided by the mean {self.of} over {self._span}; "
            "null where there is none or that mean is 0."
        )


class LabelShare(_Kind):
    """Share of an entity's payments that were known frauds `delay` after they were made.

    A payment without a fraud label known by then counts as not fraud. A label without a time
    of report is known once `label.maturity_days` have passed, however short the delay.
    """

    kind: Literal["label_share"]
    """The kind of the derived feature."""

    entity: str
    """The column whose payments belong together."""

    window: Duration
    """How far back it looks."""

    delay: Duration
    """How long before the payment the window ends."""

    @property
    def definition(self) -> str:
        """The exact meaning, for people who must compute it."""
        delay, window = format_duration(self.delay), format_duration(self.window)
        return (
            f"Share of known frauds among payments of the same {self.entity} in the {window} "
            f"that ended {delay} before this payment; 0 where there is none."
        )


class Age(_Kind):
    """Time since the row's own timestamp column, or since the entity was first seen."""

    kind: Literal["age"]
    """The kind of the derived feature."""

    entity: str | None = None
    """The column whose payments belong together."""

    since: NamedTime | None = None
    """The column of the time from which the age counts."""

    unit: Literal["days", "hours", "seconds"] = "days"
    """The unit of the result."""

    @model_validator(mode="after")
    def _one_start(self) -> Self:
        if (self.entity is None) == (self.since is None):
            raise ValueError("must name either an entity or a since column")
        return self

    @property
    def definition(self) -> str:
        """The exact meaning, for people who must compute it."""
        start = self.since.column if self.since else f"the first payment of the same {self.entity}"
        return f"Time from {start} to this payment in {self.unit}, with fractions."


class SinceLast(_Kind):
    """Time since the entity's payment strictly before this one; missing where none."""

    kind: Literal["since_last"]
    """The kind of the derived feature."""

    entity: str
    """The column whose payments belong together."""

    unit: Literal["days", "hours", "seconds"] = "seconds"
    """The unit of the result."""

    @property
    def definition(self) -> str:
        """The exact meaning, for people who must compute it."""
        return (
            f"Time since the last earlier payment of the same {self.entity} in {self.unit}; "
            "null where there is none."
        )


class Calendar(_Kind):
    """A fact of the event time's own clock, UTC."""

    kind: Literal["calendar"]
    """The kind of the derived feature."""

    flag: Literal["weekend", "night", "hour", "weekday"]
    """Which fact of the clock."""

    night_ends: int = Field(default=6, ge=1, le=12)
    """The last hour of the night."""

    @property
    def definition(self) -> str:
        """The exact meaning, for people who must compute it."""
        return {
            "weekend": "1 on Saturday and Sunday (UTC), else 0.",
            "night": f"1 from midnight to {self.night_ends}:59 (UTC), else 0.",
            "hour": "Hour of the day (UTC), 0 to 23.",
            "weekday": "Day of the week (UTC), Monday 0 to Sunday 6.",
        }[self.flag]


Derived = Annotated[
    Count | Mean | Sum | Distinct | Ratio | LabelShare | Age | SinceLast | Calendar,
    Field(discriminator="kind"),
]
