"""A number that is missing or zero where there is fraud, and hardly anywhere else."""

from __future__ import annotations

from fraud_assets.modelling.leaks import bounds
from fraud_assets.modelling.leaks.look import LeakKind, SingleLeak
from fraud_assets.modelling.leaks.measures.measured import MeasuredFeature


def find(measured: MeasuredFeature) -> SingleLeak | None:
    """Refused where nearly all frauds are blank: what was settled, or paid out, in the end."""
    blank = measured.blank
    if blank is None or blank.recall < bounds.SUSPECT_RECALL:
        return None
    if not blank.are_frauds_own(bounds.OWN_SHARE, bounds.SUSPECT_TIMES):
        return None
    is_grave = blank.recall >= bounds.OWN_RECALL
    bound = bounds.OWN_RECALL if is_grave else bounds.SUSPECT_RECALL
    return SingleLeak(
        "refuse" if is_grave else "warn",
        "share of the frauds where it is missing or 0",
        blank.recall,
        f"{measured.name} is missing or 0 in {blank.recall:.1%} of the frauds, where {bound:.0%} "
        f"is too much to be honest, and in {blank.of_other_rows:.2%} of the other payments: it is "
        f"filled after the fact ({measured.sample}).",
    )


LOOK = LeakKind(code="blank_for_frauds", order=90, find=find)
