"""How long two entities have known each other: a card and a shop, a sender and a device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from fraud_assets.features.arrays import Floats
from fraud_assets.features.batch.past import Past
from fraud_assets.features.kind import FIRST, UNIT_MICROS, Kind, Reach, Unit, Use
from fraud_assets.features.online.seen import Seen


class SinceMet(Kind):
    """Time since the first payment of the same two entities; 0 at the first one itself."""

    ROLES: ClassVar[Mapping[str, Use]] = {"entity": "entity", "other": "entity"}

    kind: Literal["since_met"]
    """The kind of the derived feature."""

    entity: str
    """The column of the one."""

    other: str
    """The column of the other."""

    unit: Unit = "days"
    """The unit of the result."""

    @property
    def reach(self) -> Reach:
        """Ever: their first payment decides."""
        return FIRST

    @property
    def definition(self) -> str:
        """The exact meaning, for people who ask what it is."""
        return (
            f"Time from the first payment of the same {self.entity} and {self.other} to this "
            f"payment in {self.unit}, with fractions; null where one of the two is missing."
        )

    def batch(self, past: Past) -> Floats:
        """Missing where one of the two is."""
        history = past.history(self.entity, self.other)
        return past.column(history, past.since_first(history) / UNIT_MICROS[self.unit])

    def online(self, seen: Seen) -> float:
        """The same of one payment."""
        history = seen.history(self.entity, self.other)
        if history is None:
            return float("nan")
        return (seen.now - history.first) / UNIT_MICROS[self.unit]
