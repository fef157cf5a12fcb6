"""The mean of a column over an entity's payments in a window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from fraud_assets.features.arrays import Floats
from fraud_assets.features.batch.past import Past
from fraud_assets.features.kind import Use
from fraud_assets.features.online.seen import Seen
from fraud_assets.features.windowed import WindowedNumber


class Mean(WindowedNumber):
    """Mean of a column; missing where no payment counts."""

    ROLES: ClassVar[Mapping[str, Use]] = {"entity": "entity", "of": "number"}

    kind: Literal["mean"]
    """The kind of the derived feature."""

    @property
    def definition(self) -> str:
        """The exact meaning, for people who ask what it is."""
        return f"Mean {self.of} over {self.payments}; null where there is none."

    def batch(self, past: Past) -> Floats:
        """The exact sum, rounded once, by the number of values."""
        return past.column(past.history(self.entity), self.means(past))

    def online(self, seen: Seen) -> float:
        """The same of one payment."""
        return self.mean(seen)
