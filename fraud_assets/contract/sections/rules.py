"""[rules.NAME]: what a column must fulfil."""

from __future__ import annotations

from collections.abc import Iterator

from fraud_assets.contract.sections.words import OneOrMore
from fraud_assets.terms.section import Section


class Rule(Section):
    """What a column must fulfil; a row that breaks it goes to quarantine under the rule's name."""

    column: str
    """The column that the rule looks at."""

    min: float | None = None
    """Least value allowed."""

    max: float | None = None
    """Largest value allowed."""

    required: bool = False
    """Whether the value must be there."""

    one_of: OneOrMore | None = None
    """The values allowed."""

    def bounds(self) -> Iterator[str]:
        """What a value that is there must be, in words."""
        if self.min is not None:
            yield f"at least {self.min:g}"
        if self.max is not None:
            yield f"at most {self.max:g}"
        if self.one_of is not None:
            yield f"one of {', '.join(map(str, self.one_of))}"
