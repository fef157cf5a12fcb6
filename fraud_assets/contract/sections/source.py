"""[source]: where the transactions lie, and how their files are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from fraud_assets.contract.sections.words import Scalar, as_list
from fraud_assets.masking import public
from fraud_assets.terms.section import Section

RECORD = "decisions"
"""Stands for the path where the source is the factory's own record."""


class Source(Section):
    """Where the transactions lie: a file, folder, glob or fsspec URL of CSV or Parquet.

    `thousands` is the sign between groups of three digits; under "auto" a column must show it.
    `missing` are words for a missing value besides the usual ones, `not_missing` usual words that
    are values here (see `fraud_assets.values.missing`). `max_rows` bounds what is read into
    memory: about 0.3 kB a row for ten columns.
    """

    LATER: ClassVar[frozenset[str]] = frozenset(
        {"thousands", "missing", "not_missing", "max_rows", "decisions"}
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

    max_rows: int = Field(default=20_000_000, ge=1)
    """Most rows that a run may read; a small file can hold very many."""

    @model_validator(mode="before")
    @classmethod
    def _record_or_path(cls, raw: Any) -> Any:
        """The record has no path of its own; that none is given beside it is checked elsewhere."""
        if isinstance(raw, Mapping) and raw.get("decisions") is True and "path" not in raw:
            return {**raw, "path": RECORD}
        return raw

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Nobody who prints a contract prints the password in its URL."""
        for name, value in super().__repr_args__():
            yield name, public(value) if name == "path" else value
