"""How many of an entity's payments were known frauds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np

from fraud_assets.features.arrays import Floats
from fraud_assets.features.batch.past import Past
from fraud_assets.features.batch.ranges import known_fraud_counts
from fraud_assets.features.kind import Kind, Reach, Use
from fraud_assets.features.online.seen import Seen
from fraud_assets.features.windowed import window_before
from fraud_assets.terms.duration import Duration, format_duration, to_micros


class LabelShare(Kind):
    """Share of an entity's payments that were known frauds `delay` after they were made.

    A payment without a fraud label known by then counts as not fraud. A label without a time
    of report is known once `label.maturity_days` have passed, however short the delay.
    """

    ROLES: ClassVar[Mapping[str, Use]] = {"entity": "entity"}
    NEEDS_LABELS: ClassVar[bool] = True

    kind: Literal["label_share"]
    """The kind of the derived feature."""

    entity: str
    """The column whose payments belong together."""

    window: Duration
    """How far back it looks."""

    delay: Duration
    """How long before the payment the window ends."""

    @cached_property
    def micros(self) -> tuple[int, int]:
        """Window and delay in microseconds."""
        return to_micros(self.window), to_micros(self.delay)

    @property
    def reach(self) -> Reach:
        """The window, and the delay before it."""
        return Reach(self.window + self.delay)

    @property
    def definition(self) -> str:
        """The exact meaning, for people who ask what it is."""
        delay, window = format_duration(self.delay), format_duration(self.window)
        return (
            f"Share of known frauds among payments of the same {self.entity} in the {window} "
            f"that ended {delay} before this payment; 0 where there is none."
        )

    def batch(self, past: Past) -> Floats:
        """Zero where no payment counts; missing where the entity is."""
        history = past.history(self.entity)
        low, high = history.bounds(self.window, self.delay)
        window, delay = self.micros
        frauds = sum(
            known_fraud_counts(history, its, window, delay) for its in past.frauds(history)
        )
        return past.column(history, frauds / np.maximum(high - low, 1))

    def online(self, seen: Seen) -> float:
        """The same of one payment."""
        history = seen.history(self.entity)
        if history is None:
            return float("nan")
        span = window_before(seen.now, *self.micros)
        return history.frauds(span, seen.now) / max(history.count(span), 1)
