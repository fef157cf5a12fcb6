"""How long ago something began: an account, or an entity's payments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import model_validator

from fraud_assets.features.arrays import Floats
from fraud_assets.features.batch.past import Past
from fraud_assets.features.kind import FIRST, NO_HISTORY, UNIT_MICROS, Kind, Reach, Unit, Use
from fraud_assets.features.online.seen import Seen
from fraud_assets.terms.times import NamedTime


class Age(Kind):
    """Time since the row's own timestamp column, or since the entity was first seen."""

    ROLES: ClassVar[Mapping[str, Use]] = {"entity": "entity", "since": "time"}

    kind: Literal["age"]
    """The kind of the derived feature."""

    entity: str | None = None
    """The column whose payments belong together."""

    since: NamedTime | None = None
    """The column of the time from which the age counts."""

    unit: Unit = "days"
    """The unit of the result."""

    @model_validator(mode="after")
    def _one_start(self) -> Self:
        if (self.entity is None) == (self.since is None):
            raise ValueError("must name either an entity or a since column")
        return self

    @property
    def reach(self) -> Reach:
        """Ever, where the entity's first payment is the start; else the payment alone."""
        return FIRST if self.since is None else NO_HISTORY

    @property
    def definition(self) -> str:
        """The exact meaning, for people who ask what it is."""
        start = self.since.column if self.since else f"the first payment of the same {self.entity}"
        after = "; missing where that lies after the payment" if self.since else ""
        return f"Time from {start} to this payment in {self.unit}, with fractions{after}."

    def batch(self, past: Past) -> Floats:
        """Missing where the start is, or lies after the payment."""
        unit = UNIT_MICROS[self.unit]
        if self.since is None:
            history = past.history(str(self.entity))
            return past.column(history, past.since_first(history) / unit)
        now, since = past.micros, past.times(self.since.column)
        known = (since != past.NO_TIME) & (since <= now)
        age: Floats = np.where(known, now - np.where(known, since, now), np.nan) / unit
        return age[past.emitted]

    def online(self, seen: Seen) -> float:
        """The same of one payment."""
        if self.since is not None:
            start = seen.time(self.since.column)
        else:
            history = seen.history(str(self.entity))
            start = None if history is None else history.first
        if start is None or start > seen.now:
            return float("nan")
        return (seen.now - start) / UNIT_MICROS[self.unit]
