"""[search]: which families compete, and on how many rows."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from fraud_assets.contract.names import family_names
from fraud_assets.terms.section import Section


class Search(Section):
    """Which families compete, on how many rows and how much history."""

    LATER: ClassVar[frozenset[str]] = frozenset({"history", "minutes"})

    families: tuple[str, ...] = Field(default_factory=family_names)
    """Model families that compete; left alone, sums of two of them compete as well."""

    legitimate_per_fraud: float = Field(default=20, gt=0)
    """Legitimate rows for each fraud that the search keeps."""

    legitimate_at_least: int = Field(default=20_000, ge=0)
    """Fewest legitimate rows that it keeps."""

    folds: int = Field(default=5, ge=2)
    """Folds in time order."""

    minutes: float = Field(default=2, gt=0, le=10_000)
    """What the search may cost, counted in fits by what they take on one reference machine with
    two cores, so that the same data and seed give the same model everywhere.
    """

    history: Literal["auto", "searched", "window"] = "auto"
    """How far back the model is fitted: `searched` among all that is there, walk-forward, or the
    fitted `window` as it is; `auto` searches unless windows have fixed days.
    """

    seed: int = Field(default=0, ge=0, lt=2**32)
    """Seed of everything that is drawn."""
