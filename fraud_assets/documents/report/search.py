"""Section search: which families and settings were compared, and why one was taken."""

from __future__ import annotations

import msgspec

from fraud_assets.documents.rates import Estimate, NonNegative
from fraud_assets.documents.report.origin import Parameters


class LeaderboardRow(msgspec.Struct, frozen=True):
    """One family with its defaults over the folds, or the first of them where it fell far behind.

    A sum of two families has its first part as its grid was searched, the weight of most merit, and
    the seconds of both parts' defaults.

    ROC-AUC of each fold in time order, their mean and standard deviation (ddof 0), mean average
    precision and precision at the recall demanded, both at the native prior, and mean seconds of
    one fold's fit. `cost` is in tests of one payment (see `families.cost`), None where only the
    fitted pipeline can serve it; earlier reports have `p95_ms` of one row through it instead.
    """

    family: str
    parameters: Parameters
    fold_auc: tuple[float, ...]
    auc_mean: float
    auc_std: float
    average_precision: float
    fit_seconds: float
    encoding: str
    n_features: NonNegative
    cost: float | msgspec.UnsetType | None = msgspec.UNSET
    precision_at_recall: float | msgspec.UnsetType = msgspec.UNSET
    p95_ms: float | msgspec.UnsetType = msgspec.UNSET


class SettingRow(msgspec.Struct, frozen=True):
    """One setting of a searched grid: mean and spread of ROC-AUC over its folds, and rank.

    A setting that left the race early was scored on fewer `folds` and ranks behind those that
    stayed. Ranks go by mean average precision where that was measured.
    """

    family: str
    params: Parameters
    mean: float
    std: float
    rank: NonNegative
    average_precision: float | msgspec.UnsetType = msgspec.UNSET
    folds: NonNegative | msgspec.UnsetType = msgspec.UNSET


class HistoryRow(msgspec.Struct, frozen=True):
    """One length of history, fitted walk-forward and measured on later rows.

    `gain` is its average precision less that of the fitted window, on the same draws of senders.
    With a half-life a row weighs half as much for each `half_life_days` that it lies back.
    """

    days: float
    half_life_days: float | None
    rows: NonNegative
    frauds: NonNegative
    roc_auc: float
    average_precision: float
    precision_at_recall: float
    gain: Estimate


class HistorySection(msgspec.Struct, frozen=True):
    """How much history is worth: each length tried, and the position of the one taken."""

    curve: tuple[HistoryRow, ...]
    taken: NonNegative
    sentence: str


class PresenceRow(msgspec.Struct, frozen=True):
    """One number of which the model may see whether it is missing, and what that gained.

    `missing` is its share of missing rows, `gain` that of the winner's average precision over
    the folds, `bound` its one-sided 95 % bound for all rows together; `margins` is that bound for
    all measures of the choice, each in its margin, and `taken` where it is above 0. Reports of
    earlier versions took by `bound`. `together`: all that were tried gain this with each other.
    """

    feature: str
    missing: float
    gain: float
    bound: float
    taken: bool
    margins: float | msgspec.UnsetType = msgspec.UNSET
    together: bool = False


class SearchSection(msgspec.Struct, frozen=True):
    """The week's search: `legitimate_kept` of `legitimate_total` rows ranked the settings."""

    leaderboard: tuple[LeaderboardRow, ...]
    chosen: str
    sentence: str
    settings: tuple[SettingRow, ...]
    seconds: float
    fits: NonNegative
    legitimate_kept: NonNegative
    legitimate_total: NonNegative
    presence: tuple[PresenceRow, ...] | msgspec.UnsetType = msgspec.UNSET
    history: HistorySection | msgspec.UnsetType = msgspec.UNSET
