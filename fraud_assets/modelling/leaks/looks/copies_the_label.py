"""A feature that ranks frauds as only the label can, but for a share of wrong values."""

from __future__ import annotations

from fraud_assets.modelling.leaks import bounds
from fraud_assets.modelling.leaks.look import LeakKind, SingleLeak
from fraud_assets.modelling.leaks.measures.measured import MeasuredFeature


def find(measured: MeasuredFeature) -> SingleLeak | None:
    """Refused: it is the label, or made from it."""
    alone = measured.alone
    sure = alone.auc_low >= bounds.SURE_AUC or alone.auc >= bounds.COPY_AUC
    few = measured.has_few_values
    least = bounds.REFUSED_AUC_OF_VALUES if few else bounds.REFUSED_AUC
    if alone.auc < least or not sure:
        return None
    what = "it is the label, or made from it"
    if measured.is_fact:
        what = "though the payment itself makes it, look whether its frauds are frauds of one kind"
    return by_auc("refuse", measured, least, what)


def by_auc(severity: str, measured: MeasuredFeature, bound: float, what: str) -> SingleLeak:
    """A finding on how well a feature alone ranks frauds, and from which bound on it says so."""
    auc = measured.alone.auc
    text = (
        f"{measured.name} alone ranks frauds with a ROC-AUC of {auc:.4f}, where {bound:g} is too "
        f"much to be honest ({measured.sample}): "
    )
    return SingleLeak(severity, "ROC-AUC alone", auc, f"{text}{what}.")  # type: ignore[arg-type]


LOOK = LeakKind(code="copies_the_label", order=100, find=find)
