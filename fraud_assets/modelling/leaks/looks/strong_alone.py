"""A feature that ranks frauds better than honest ones were seen to."""

from __future__ import annotations

from fraud_assets.modelling.leaks import bounds
from fraud_assets.modelling.leaks.look import LeakKind, SingleLeak
from fraud_assets.modelling.leaks.looks.copies_the_label import by_auc
from fraud_assets.modelling.leaks.measures.measured import MeasuredFeature


def find(measured: MeasuredFeature) -> SingleLeak | None:
    """A warning: an honest feature may be that strong. In one window its bound must be so."""
    alone, few = measured.alone, measured.has_few_values
    bound = bounds.WARNED_AUC_OF_VALUES if few else bounds.WARNED_AUC
    reached = alone.auc_low if measured.part else alone.auc
    if reached < bound or measured.is_fact:
        return None
    return by_auc("warn", measured, bound, "look whether a payment has this value when it is made")


LOOK = LeakKind(code="strong_alone", order=700, find=find)
