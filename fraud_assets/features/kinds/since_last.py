"""How long ago an entity paid last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from fraud_assets.features.arrays import Floats
from fraud_assets.features.batch.past import Past
from fraud_assets.features.kind import LAST, UNIT_MICROS, Kind, Reach, Unit, Use
from fraud_assets.features.online.seen import Seen


class SinceLast(Kind):
    """Time since the entity's payment strictly before this one; missing where none."""

    ROLES: ClassVar[Mapping[str, Use]] = {"entity": "entity"}

    kind: Literal["since_last"]
    """The kind of the derived feature."""

    entity: str
    """The column whose payments belong together."""

    unit: Unit = "seconds"
    """The unit of the result."""

    @property
    def reach(self) -> Reach:
        """Ever: the last payment may be old."""
        return LAST

    @property
    def definition(self) -> str:
        """The exact meaning, for people who ask what it is."""
        return (
            f"Time since the last earlier payment of the same {self.entity} in {self.unit}; "
            "null where there is none."
        )

    def batch(self, past: Past) -> Floats:
        """Missing where nothing came before, or the entity is missing."""
        history = past.history(self.entity)
        has_last = history.present > history.first
        last = history.micros[np.maximum(history.present - 1, 0)]
        elapsed = (history.micros[history.asked] - last) / UNIT_MICROS[self.unit]
        return past.column(history, np.where(has_last, elapsed, np.nan))

    def online(self, seen: Seen) -> float:
        """The same of one payment."""
        history = seen.history(self.entity)
        last = None if history is None else history.last_before(seen.now)
        return float("nan") if last is None else (seen.now - last) / UNIT_MICROS[self.unit]
