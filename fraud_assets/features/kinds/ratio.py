"""A payment's value beside what is usual for its entity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from fraud_assets.features.arrays import Floats
from fraud_assets.features.batch.past import Past
from fraud_assets.features.kind import Use
from fraud_assets.features.online.seen import Seen
from fraud_assets.features.windowed import WindowedNumber


class Ratio(WindowedNumber):
    """A column's value divided by its mean over the entity's own history."""

    ROLES: ClassVar[Mapping[str, Use]] = {"entity": "entity", "of": "number"}

    kind: Literal["ratio"]
    """The kind of the derived feature."""

    @property
    def definition(self) -> str:
        """The exact meaning, for people who ask what it is."""
        return (
            f"{self.of} of this payment divided by the mean {self.of} over {self.payments}; "
            "null where there is none or that mean is 0."
        )

    def batch(self, past: Past) -> Floats:
        """Missing where the value is, where nothing counts, and where the mean is zero."""
        history, usual = past.history(self.entity), self.means(past)
        usual[usual == 0] = np.nan
        with np.errstate(over="ignore"):
            return past.column(history, past.numbers(self.of)[history.rows] / usual)

    def online(self, seen: Seen) -> float:
        """The same of one payment."""
        usual = self.mean(seen)
        return seen.number(self.of) / usual if usual else float("nan")
