"""Sections importances, naive and examples: what the model leans on, and what it flattered."""

from __future__ import annotations

from typing import Literal

import msgspec

from fraud_assets.documents.rates import Estimate, NonNegative, Rate
from fraud_assets.documents.reason import Reason


class PermutationImportance(msgspec.Struct, frozen=True):
    """Loss of ROC-AUC when a feature's values are shuffled over n judged rows."""

    feature: str
    mean: float
    low: float
    high: float
    n: NonNegative


class ImpurityImportance(msgspec.Struct, frozen=True):
    """Share of an encoded column in what the trees' splits gained."""

    feature: str
    value: float


class Importances(msgspec.Struct, frozen=True):
    """Both kinds, each strongest first; no impurity for models without trees."""

    permutation: tuple[PermutationImportance, ...]
    impurity: tuple[ImpurityImportance, ...]


class NaiveEvaluation(msgspec.Struct, frozen=True):
    """One way of judging the same model, and the numbers that it would have told."""

    name: str
    split: Literal["random", "time"]
    threshold_on: Literal["test", "before"]
    recall: Rate
    precision: Rate
    alert_rate: Rate
    roc_auc: Estimate


class ExplainedPayment(msgspec.Struct, frozen=True):
    """One judged payment with its reasons."""

    probability: float
    is_fraud: bool
    amount: float | None
    values: dict[str, float | str | None]
    reasons: tuple[Reason, ...]


class Examples(msgspec.Struct, frozen=True):
    """Payments of four kinds, each different from the ones shown before; `why` there are none.

    The highest scored alerts, the alerts and misses nearest the threshold, false alarms by their
    score, and missed frauds by what they cost.
    """

    flagged: tuple[ExplainedPayment, ...]
    missed: tuple[ExplainedPayment, ...]
    nearest: tuple[ExplainedPayment, ...] | msgspec.UnsetType = msgspec.UNSET
    false_alarms: tuple[ExplainedPayment, ...] | msgspec.UnsetType = msgspec.UNSET
    why: str | msgspec.UnsetType = msgspec.UNSET
