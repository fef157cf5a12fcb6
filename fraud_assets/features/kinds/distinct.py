"""How many different values a column had in an entity's window.

Across entities it is the other way round: the senders of a device, a card or a counterparty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from fraud_assets.features.arrays import Floats
from fraud_assets.features.batch.past import Past
from fraud_assets.features.batch.ranges import distinct_counts
from fraud_assets.features.kind import Use
from fraud_assets.features.online.seen import Seen
from fraud_assets.features.windowed import Windowed


class Distinct(Windowed):
    """How many different values of a column: counterparties of a sender, senders of a device."""

    ROLES: ClassVar[Mapping[str, Use]] = {"entity": "entity", "of": "value"}

    kind: Literal["distinct"]
    """The kind of the derived feature."""

    of: str
    """The column that is counted or summed."""

    @property
    def definition(self) -> str:
        """The exact meaning, for people who ask what it is."""
        return f"Number of different {self.of} among {self.payments}."

    def batch(self, past: Past) -> Floats:
        """Whole numbers; a missing value is none, and the feature missing where the entity is."""
        history = past.history(self.entity)
        low, high = self.bounds(past)
        codes = past.codes(self.of)[history.order]
        counts = distinct_counts(history, codes, low, high, include_current=self.include_current)
        return past.column(history, counts)

    def online(self, seen: Seen) -> float:
        """The same of one payment."""
        history = seen.history(self.entity)
        if history is None:
            return float("nan")
        own = seen.value(self.of) if self.include_current else None
        return float(history.distinct(self.of, self.span(seen), own))
