"""The sum of a column over an entity's payments in a window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from fraud_assets.features.arrays import Floats
from fraud_assets.features.batch.past import Past
from fraud_assets.features.kind import Use
from fraud_assets.features.online.seen import Seen
from fraud_assets.features.windowed import WindowedNumber


class Sum(WindowedNumber):
    """Sum of a column; zero where no payment counts."""

    ROLES: ClassVar[Mapping[str, Use]] = {"entity": "entity", "of": "number"}

    kind: Literal["sum"]
    """The kind of the derived feature."""

    @property
    def definition(self) -> str:
        """The exact meaning, for people who ask what it is."""
        return f"Sum of {self.of} over {self.payments}."

    def batch(self, past: Past) -> Floats:
        """The exact sum, rounded once; missing where the entity is."""
        return past.column(past.history(self.entity), self.totals(past)[0])

    def online(self, seen: Seen) -> float:
        """The same of one payment."""
        return self.total(seen)[0] if seen.history(self.entity) else float("nan")
