"""[columns]: which columns play which role."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BeforeValidator

from fraud_assets.terms.section import Section
from fraud_assets.terms.times import EventTime, NamedTime, as_table


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
