"""[search]: which families compete, and on how many rows."""

from __future__ import annotations

from pydantic import Field

from fraud_assets.contract.names import family_names
from fraud_assets.terms.section import Section


class Search(Section):
    """Which families compete, and how many legitimate rows a fraud the search keeps."""

    families: tuple[str, ...] = Field(default_factory=family_names)
    """Model families that compete."""

    legitimate_per_fraud: float = Field(default=20, gt=0)
    """Legitimate rows for each fraud that the search keeps."""

    legitimate_at_least: int = Field(default=20_000, ge=0)
    """Fewest legitimate rows that it keeps."""

    folds: int = Field(default=5, ge=2)
    """Folds in time order."""

    seed: int = 0
    """Seed of everything that is drawn."""
