"""[rates]: how amounts of several currencies become amounts of one, by the rates of each day."""

from __future__ import annotations

from pydantic import Field

from fraud_assets.terms.section import Section


class Rates(Section):
    """Rates by day, with which amounts are put into `columns.currency` before anything else.

    A payment's rate is that of its day (UTC), or of the latest day before it that has one, at most
    `max_age_days` earlier, as markets rest. Payments without a rate go to quarantine under the
    rule `rate_missing`.
    """

    path: str = Field(min_length=1)
    """File, folder or URL of the rates, as CSV or Parquet; relative paths start from the
    contract's folder.
    """

    column: str | None = None
    """The column that holds each payment's currency as a code such as EUR; without it the mark
    beside each amount says it, and an amount without one is in `columns.currency`.
    """

    amounts: tuple[str, ...] = ()
    """Further columns of money in the payment's currency, besides `columns.amount`."""

    signs: dict[str, str] = Field(default_factory=dict)
    """Codes of marks that several currencies share, such as { "$" = "CAD" }."""

    day: str = "date"
    """The column of days in the rates' file."""

    currency: str = "currency"
    """The column of codes in it."""

    rate: str = "rate"
    """The column of rates in it: how much of `columns.currency` one unit is worth."""

    max_age_days: int = Field(default=7, ge=0, le=366)
    """How old a rate may be."""
