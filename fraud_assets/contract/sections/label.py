"""[label]: what means fraud, and when it becomes known."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from fraud_assets.contract.sections.words import OneOrMore, Scalar, as_list
from fraud_assets.terms.duration import MAX_DAYS
from fraud_assets.terms.section import Section
from fraud_assets.terms.times import NamedTime


class Labelling(Section):
    """The label, the values that mean fraud and not fraud, and when it becomes known.

    Values compare as texts without case, and as numbers: 1, "1.00" and true are alike.
    """

    LATER: ClassVar[frozenset[str]] = frozenset({"undecided"})

    column: str
    """The column that holds the label."""

    positive: OneOrMore = (1, "true", "yes", "fraud")
    """The values that mean fraud; texts compare without case, and as numbers."""

    negative: OneOrMore = (0, "false", "no", "legit", "legitimate")
    """The values that mean not fraud."""

    undecided: Annotated[tuple[Scalar, ...], BeforeValidator(as_list)] = ()
    """The values of payments that nobody has judged yet, such as "pending"; they have no label."""

    known_at: NamedTime | None = None
    """The column of the time at which the label became known."""

    maturity_days: float = Field(default=0, ge=0, le=MAX_DAYS)
    """Days after which a payment that nobody reported counts as legitimate."""
