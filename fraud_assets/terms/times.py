"""How a column of times is written: unit or format, zone, which of day and month comes first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    WrapSerializer,
    model_validator,
)

from fraud_assets.terms.section import Section

_SAMPLE = datetime(2024, 2, 29, 13, 45, 30)

EPOCH = datetime(1970, 1, 1)


def _naive_utc(value: datetime) -> datetime:
    try:
        return value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError("must be an instant between the years 1 and 9999 in UTC") from error


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(
            'must be the name of a time zone such as "Asia/Singapore", "Europe/Berlin" or "UTC"'
        ) from error
    return value


def _whole_date(value: str) -> str:
    """A format that writes an instant which reading it gives back, its date at least."""
    rule = 'must be a format of strptime with year, month and day, such as "%d.%m.%Y %H:%M"'
    try:
        again = datetime.strptime(_SAMPLE.strftime(value), value)
    except ValueError as error:
        raise ValueError(rule) from error
    if again.date() != _SAMPLE.date():
        raise ValueError(rule)
    return value


class TimeColumn(Section):
    """A column of times: texts, dates and timestamps, or numbers counted from an origin.

    Under `unit = "timestamp"` texts are read in the forms that databases print, and counts since
    1970 are known by their size; "excel_days" are a spreadsheet's serial days. `format` is one of
    `datetime.strptime`. Times without a zone are those of `zone`, by default UTC. `day_first`
    says how dates such as "03/04/2025" are read where the column itself does not.
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"day_first", "format", "zone"})

    column: str
    """The column that holds the time."""

    unit: Literal["timestamp", "s", "ms", "us", "ns", "excel_days"] = "timestamp"
    """Timestamps and texts, or numbers counted from `origin` in this unit; `excel_days` are
    a spreadsheet's serial days.
    """

    origin: Annotated[datetime, AfterValidator(_naive_utc)] = EPOCH
    """The instant from which numbers count, UTC."""

    day_first: bool | None = None
    """How dates such as 03/04/2025 are read where the column itself does not say."""

    format: Annotated[str, Field(min_length=2), AfterValidator(_whole_date)] | None = None
    """A `strptime` format, where texts have one that is not recognised."""

    zone: Annotated[str, AfterValidator(_known_zone)] | None = None
    """The time zone of times that name none; by default UTC."""

    @model_validator(mode="after")
    def _one_way_to_read(self) -> Self:
        if self.format is not None and (self.unit != "timestamp" or self.day_first is not None):
            raise ValueError("must not have a format beside a unit or day_first")
        return self


class EventTime(TimeColumn):
    """The event time's column; where the hour stands in a column of its own, `time` names it."""

    LATER: ClassVar[frozenset[str]] = TimeColumn.LATER | {"time"}

    time: str | None = None
    """A second column that holds the time of day, where `column` holds the date alone."""

    @model_validator(mode="after")
    def _date_beside_time(self) -> Self:
        if self.time is not None and self.unit != "timestamp":
            raise ValueError("must not name a time column beside a unit: counts hold the hour")
        return self


def as_table(value: object) -> object:
    """A column's name alone as the table that says no more than that."""
    return {"column": value} if isinstance(value, str) else value


def _name_alone(value: TimeColumn, handler: SerializerFunctionWrapHandler) -> Any:
    plain = value == TimeColumn(column=value.column)
    return value.column if plain else handler(value)


def column_name(value: str | TimeColumn | None) -> str | None:
    """The name of a column that a contract names alone or describes."""
    return value.column if isinstance(value, TimeColumn) else value


NamedTime = Annotated[TimeColumn, BeforeValidator(as_table), WrapSerializer(_name_alone)]
"""A time column that a contract names by a text, or describes in a table."""
