"""What derived features make the state keep: which entities, which of their columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from fraud_assets.features.kind import Kind
from fraud_assets.features.online.seen import Seen
from fraud_assets.state.tracks.page import Layout
from fraud_assets.state.values import key_of
from fraud_assets.terms.duration import to_micros

FORMAT = 1
"""Format of the records. A state of another format is built anew: all that it holds is in the
source and the log."""


@dataclass(frozen=True)
class TrackPlan:
    """What is kept of each entity in `columns`: `layout` of payments within `span` microseconds."""

    columns: tuple[str, ...]
    layout: Layout
    span: int
    keeps_payments: bool
    keeps_labels: bool


@dataclass(frozen=True)
class Plan:
    """All tracks of a contract; `late_after` and `maturity` in microseconds.

    `kept` is how long a payment is remembered after it was made: as long as the longest window
    reaches, and as much longer as a late payment may come.
    """

    derived: Mapping[str, Kind]
    tracks: tuple[TrackPlan, ...]
    late_after: int
    maturity: int

    @cached_property
    def online(self) -> tuple[tuple[str, Callable[[Seen], float]], ...]:
        """What derives each feature of one payment, by name."""
        return tuple((name, kind.online) for name, kind in self.derived.items())

    @property
    def kept(self) -> int:
        """Microseconds for which single payments are kept."""
        return max((track.span for track in self.tracks), default=0) + self.late_after

    @property
    def digest(self) -> str:
        """Equal where two states keep the same in the same way."""
        said = [FORMAT, self.late_after, self.maturity, *self.derived]
        parts = [
            repr((t.columns, tuple(t.layout), t.span, t.keeps_payments, t.keeps_labels))
            for t in self.tracks
        ]
        return key_of(*map(str, said), *parts).hex()


def plan_of(derived: Mapping[str, Kind], late_after: timedelta, maturity: timedelta) -> Plan:
    """The plan for derived features by name."""
    entities = dict.fromkeys(k.entity_columns for k in derived.values() if k.entity_columns)
    tracks = tuple(
        _track(columns, [k for k in derived.values() if k.entity_columns == columns])
        for columns in entities
    )
    return Plan(dict(derived), tracks, to_micros(late_after), to_micros(maturity))


def _track(columns: tuple[str, ...], kinds: list[Kind]) -> TrackPlan:
    numbers = dict.fromkeys(name for kind in kinds for name in kind.names("number"))
    values = dict.fromkeys(name for kind in kinds for name in kind.names("value"))
    return TrackPlan(
        columns,
        Layout(tuple(numbers), tuple(values)),
        max(to_micros(kind.reach.span) for kind in kinds),
        any(kind.reach.payments for kind in kinds),
        any(kind.NEEDS_LABELS for kind in kinds),
    )
