"""A feature of numbers that were given when the label came, not when the payment was made."""

from __future__ import annotations

from fraud_assets.modelling.leaks import bounds
from fraud_assets.modelling.leaks.look import LeakKind, SingleLeak
from fraud_assets.modelling.leaks.measures.measured import MeasuredFeature


def find(measured: MeasuredFeature) -> SingleLeak | None:
    """Refused where a number's place behind its payment's tells fraud."""
    behind = measured.behind
    if behind is None or behind.auc_low < bounds.AFTER_AUC:
        return None
    return SingleLeak(
        "refuse",
        "ROC-AUC of its places behind the payments'",
        behind.auc,
        f"The numbers in {measured.name} follow the order of the payments, but those of frauds "
        f"stand elsewhere than their times do, which ranks frauds with a ROC-AUC of "
        f"{behind.auc:.4f}, where {bounds.AFTER_AUC:g} is too much to be honest: they were given "
        f"when the label came ({measured.sample}).",
    )


LOOK = LeakKind(code="numbered_afterwards", order=500, find=find)
