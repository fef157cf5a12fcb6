"""A feature that has a value, or an unusual one, where there is fraud and nowhere else."""

from __future__ import annotations

from fraud_assets.modelling.leaks import bounds
from fraud_assets.modelling.leaks.look import LeakKind, SingleLeak
from fraud_assets.modelling.leaks.measures.measured import MeasuredFeature
from fraud_assets.modelling.leaks.names import is_suspect


def find(measured: MeasuredFeature) -> SingleLeak | None:
    """Refused: a reason, a refund, the number of a dispute."""
    marked, suspect = measured.alone.marked, is_suspect(measured.name)
    least = bounds.NAMED_RECALL if suspect else bounds.WARNED_RECALL
    if marked.recall < least or not marked.are_frauds_own(bounds.OWN_SHARE, bounds.SUSPECT_TIMES):
        return None
    grave = bounds.NAMED_RECALL if suspect else bounds.SUSPECT_RECALL
    is_grave = marked.recall >= grave
    bound = grave if is_grave else least
    return SingleLeak(
        "refuse" if is_grave else "warn",
        "share of the frauds where it is filled",
        marked.recall,
        f"{measured.name} has a value, or an unusual one, in {marked.recall:.1%} of the frauds, "
        f"where {bound:.0%} is too much to be honest, and in {marked.of_other_rows:.2%} of the "
        f"other payments: it is filled after the fact ({measured.sample}).",
    )


LOOK = LeakKind(code="filled_only_for_frauds", order=200, find=find)
