"""What several sections are made of: shares, and one value or several that are allowed."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

Share = Annotated[float, Field(gt=0, lt=1)]
Scalar = str | int | float | bool


def as_list(value: object) -> object:
    """One value as a list of one, so that a contract may leave the brackets out."""
    return (value,) if isinstance(value, Scalar) else value


OneOrMore = Annotated[tuple[Scalar, ...], Field(min_length=1), BeforeValidator(as_list)]
