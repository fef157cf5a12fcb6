"""[source]: where the transactions lie, how their files are written, how far back is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from fraud_assets.contract.sections.words import Scalar, as_list
from fraud_assets.masking import public, without_secrets
from fraud_assets.terms.duration import Duration
from fraud_assets.terms.section import Section

RECORD = "decisions"
"""Stands for the path where the source is the factory's own record."""

QUERY = "a query"
"""Stands for the path where the source is a query."""

DATABASE = "FRAUD_ASSETS_SOURCE"
"""The environment variable of the source's database, where the contract names no other."""


class Source(Section):
    """Where the transactions lie: files of CSV or Parquet, or a table or query of PostgreSQL.

    One of `path`, `table`, `query` and `decisions` says where. A database's URL comes from the
    environment alone: `database` names the variable.

    `thousands` is the sign between groups of three digits; under "auto" a column must show it.
    `missing` are words for a missing value besides the usual ones, `not_missing` usual words that
    are values here (see `fraud_assets.values.missing`). `max_rows` bounds what is read into
    memory: about 0.3 kB a row for ten columns.
    """

    LATER: ClassVar[frozenset[str]] = frozenset(
        {
            *("thousands", "missing", "not_missing", "max_rows", "decisions"),
            *("table", "query", "database", "reach", "days"),
        }
    )

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

    missing: Annotated[tuple[Scalar, ...], BeforeValidator(as_list)] = ()
    """Further words that mean missing."""

    not_missing: Annotated[tuple[Scalar, ...], BeforeValidator(as_list)] = ()
    """Words that are values here although they usually mean missing, such as `NA` for Namibia."""

    decisions: bool = False
    """Whether the payments and labels are those of the factory's own record, instead of a path's;
    FRAUD_ASSETS_DECISIONS says where that lies.
    """

    table: str | None = Field(default=None, min_length=1)
    """A table or view of PostgreSQL instead of a path, such as `payments` or `shop.payments`; it
    is read with the columns that the contract names, from the event times that a run needs.
    """

    query: str | None = Field(default=None, min_length=1)
    """A SELECT of PostgreSQL instead of a table; it is read as a table would be."""

    database: str = Field(default=DATABASE, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    """The environment variable that holds the database's URL, postgresql://...; never the URL."""

    reach: Duration | None = None
    """How far before its `as_of` a week may look for its windows, such as `400d`; older payments
    are read only as far as features look back from there, and nothing older is opened where the
    source can tell. Unset: all history.
    """

    days: Annotated[tuple[str, ...], BeforeValidator(as_list)] = ()
    """Which columns that folders carry in their names are the date of payments, or of their
    writing: `day` for day=2026-01-05, or `["year", "month", "day"]`. With `reach`, folders that
    are older than a week may look are not opened.
    """

    max_rows: int = Field(default=20_000_000, ge=1)
    """Most rows that a run may read; a small file can hold very many."""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, raw: Any) -> Any:
        """What has no path gets a name in its place; that no two are given is checked elsewhere."""
        if not isinstance(raw, Mapping) or "path" in raw:
            return raw
        if raw.get("decisions") is True:
            return {**raw, "path": RECORD}
        if isinstance(raw.get("table"), str):
            return {**raw, "path": f"table {raw['table']}"}
        return {**raw, "path": QUERY} if "query" in raw else raw

    @property
    def is_database(self) -> bool:
        """Whether payments come from a table or query."""
        return self.table is not None or self.query is not None

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Nobody who prints a contract prints the password in its URL."""
        for name, value in super().__repr_args__():
            is_place = name in {"path", "query"} and value
            yield name, without_secrets(public(value)) if is_place else value
