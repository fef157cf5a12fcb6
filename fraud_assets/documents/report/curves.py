"""Section curves: the numbers behind the pictures."""

from __future__ import annotations

import msgspec

from fraud_assets.documents.rates import NonNegative, Rate


class PrecisionRecallPoint(msgspec.Struct, frozen=True):
    """Recall and precision at a threshold, with the precision's interval."""

    threshold: float
    recall: float
    precision: float
    precision_low: float
    precision_high: float


class RocPoint(msgspec.Struct, frozen=True):
    """False and true positive rate."""

    fpr: float
    tpr: float


class ReliabilityBin(msgspec.Struct, frozen=True):
    """Mean predicted probability beside the observed share of frauds, in [low, high)."""

    low: float
    high: float
    mean_predicted: float
    observed: Rate


class ScoreHistogram(msgspec.Struct, frozen=True):
    """Counts of legitimate rows and of frauds between the edges (b + 1)."""

    edges: tuple[float, ...]
    legitimate: tuple[NonNegative, ...]
    fraud: tuple[NonNegative, ...]


class WeekRates(msgspec.Struct, frozen=True):
    """Rates of `days` days from the date `week` on; the last week may be shorter than seven."""

    week: str
    recall: Rate
    precision: Rate
    alert_rate: Rate
    days: NonNegative | msgspec.UnsetType = msgspec.UNSET


class Curves(msgspec.Struct, frozen=True):
    """The numbers behind the pictures."""

    precision_recall: tuple[PrecisionRecallPoint, ...]
    roc: tuple[RocPoint, ...]
    reliability: tuple[ReliabilityBin, ...]
    scores: ScoreHistogram
    weekly: tuple[WeekRates, ...]
