"""What an encoding says of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Encoder = Any
"""A scikit-learn transformer of text levels (n, columns), none of them missing."""


def column_and_level(column: str, levels: list[str]) -> list[str]:
    """One name for each known level."""
    return [f"{column}_{level}" for level in levels]


@dataclass(frozen=True)
class Encoding:
    """One way from text levels to numbers.

    `build` makes the unfitted encoder from a seed; it has `categories_` once it is fitted, and
    names nothing of this package, so that a pickled pipeline loads without it. `width` is how
    many numbers a column of so many levels becomes, `names` what they, or their levels, are
    called. `is_whole` says whether a fitted encoder keeps every level apart, as tables need.
    """

    name: str
    build: Callable[[int], Encoder]
    width: Callable[[int], int]
    names: Callable[[str, list[str]], list[str]] = column_and_level
    is_whole: Callable[[Encoder], bool] = lambda encoder: True  # noqa: ARG005
