"""How many payments an entity made in a window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from fraud_assets.features.arrays import Floats
from fraud_assets.features.batch.past import Past
from fraud_assets.features.kind import Use
from fraud_assets.features.online.seen import Seen
from fraud_assets.features.windowed import Windowed


class Count(Windowed):
    """How many payments."""

    ROLES: ClassVar[Mapping[str, Use]] = {"entity": "entity"}

    kind: Literal["count"]
    """The kind of the derived feature."""

    @property
    def definition(self) -> str:
        """The exact meaning, for people who ask what it is."""
        return f"Number of {self.payments}."

    def batch(self, past: Past) -> Floats:
        """Whole numbers; missing where the entity is."""
        low, high = self.bounds(past)
        return past.column(past.history(self.entity), high - low + int(self.include_current))

    def online(self, seen: Seen) -> float:
        """The same of one payment."""
        history = seen.history(self.entity)
        if history is None:
            return float("nan")
        return float(history.count(self.span(seen)) + self.include_current)
