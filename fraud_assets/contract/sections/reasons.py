"""[reasons.NAME]: the analyst's sentences for a feature."""

from __future__ import annotations

from pydantic import Field

from fraud_assets.terms.section import Section


class ReasonWords(Section):
    """The stable code of a feature and its sentence for the analyst.

    `text` may use {value} and {percentile}, the share of legitimate payments below a number or
    at a category; `low` is the sentence of a number of which more lie above, `missing` that of
    a missing value, and `levels` are sentences for single categories.
    """

    code: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    """The reason's stable code."""

    text: str
    """The sentence; `{value}` and `{percentile}` are filled in."""

    low: str = ""
    """The sentence of a number that lies low."""

    missing: str = ""
    """The sentence of a missing value."""

    levels: dict[str, str] = Field(default_factory=dict)
    """Sentences for single categories."""
