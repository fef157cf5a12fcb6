"""[features]: the model's inputs."""

from __future__ import annotations

from typing import Literal

from fraud_assets.terms.section import Section


class Features(Section):
    """The model's inputs, raw or derived; text is trimmed and put into one case."""

    numeric: tuple[str, ...] = ()
    """Features that are numbers, raw or derived."""

    categorical: tuple[str, ...] = ()
    """Features that are words."""

    case: Literal["keep", "upper", "lower"] = "keep"
    """The case into which words are put."""

    @property
    def names(self) -> tuple[str, ...]:
        """All features, numeric first, in the order in which models see them."""
        return self.numeric + self.categorical
