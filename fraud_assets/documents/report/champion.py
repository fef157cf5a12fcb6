"""Section champion: what serves now, and the last promoted, on the same judged rows."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from fraud_assets.documents.rates import Estimate, Interval, NonNegative
from fraud_assets.documents.report.curves import PrecisionRecallPoint, RocPoint


class Difference(msgspec.Struct, frozen=True):
    """The challenger's average precision minus the other's, and the margin that is allowed."""

    value: float
    low: float
    high: float
    n: NonNegative
    method: str
    margin: float

    @property
    def interval(self) -> Interval:
        """Where the difference lies."""
        return Interval(self.low, self.high, self.method)


class ChampionCurves(msgspec.Struct, frozen=True):
    """Curves of the model in production on the judged rows."""

    precision_recall: tuple[PrecisionRecallPoint, ...]
    roc: tuple[RocPoint, ...]


class Comparison(msgspec.Struct, frozen=True):
    """Two models on the same rows; `average_precision` is the other's.

    Precisions at the floor are each model's at the highest of its own scores where recall
    reaches the floor.
    """

    average_precision: Estimate
    precision_at_floor: float
    challenger_precision_at_floor: float
    difference: Difference
    precision_difference: Estimate


class UnscorableModel(msgspec.Struct, frozen=True, tag_field="outcome", tag="unscorable"):
    """One of the last promoted that could not be scored on these rows, and why."""

    version: str
    why: str


class ScoredModel(Comparison, frozen=True, kw_only=True, tag_field="outcome", tag="scored"):
    """One of the last promoted beside the challenger."""

    version: str
    why: None = None


EarlierModel: TypeAlias = ScoredModel | UnscorableModel


class Change(msgspec.Struct, frozen=True):
    """One thing that differs from the version in production, as words.

    `part` is what it belongs to: data, features, setting, threshold, numbers, libraries.
    """

    what: str
    before: str
    now: str
    part: str | msgspec.UnsetType = msgspec.UNSET


class NoChampion(msgspec.Struct, frozen=True, tag_field="outcome", tag="none"):
    """Nothing serves yet."""

    version: None = None
    why: str | None = None
    best_of_last: tuple[EarlierModel, ...] = ()


class UnscorableChampion(msgspec.Struct, frozen=True, tag_field="outcome", tag="unscorable"):
    """What serves could not be scored on these rows, and why."""

    version: str
    why: str
    best_of_last: tuple[EarlierModel, ...] = ()


class ScoredChampion(Comparison, frozen=True, kw_only=True, tag_field="outcome", tag="scored"):
    """What serves beside the challenger."""

    version: str
    why: None = None
    curves: ChampionCurves | msgspec.UnsetType = msgspec.UNSET
    best_of_last: tuple[EarlierModel, ...] = ()


Champion: TypeAlias = NoChampion | UnscorableChampion | ScoredChampion
