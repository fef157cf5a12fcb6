"""A feature of which some values occur with fraud alone."""

from __future__ import annotations

from fraud_assets.modelling.leaks import bounds
from fraud_assets.modelling.leaks.look import LeakKind, SingleLeak
from fraud_assets.modelling.leaks.measures.measured import MeasuredFeature
from fraud_assets.modelling.leaks.names import is_suspect


def find(measured: MeasuredFeature) -> SingleLeak | None:
    """Refused where nearly all frauds have such a value, or the name speaks of what comes after."""
    own, suspect = measured.alone.own, is_suspect(measured.name)
    least = bounds.NAMED_RECALL if suspect else bounds.SUSPECT_RECALL
    if own.recall < least or not own.are_frauds_own(bounds.OWN_SHARE, bounds.SUSPECT_TIMES):
        return None
    name = ", and its name speaks of what comes after a fraud" if suspect else ""
    is_grave = suspect or own.recall >= bounds.OWN_RECALL
    bound = bounds.OWN_RECALL if is_grave and not suspect else least
    return SingleLeak(
        "refuse" if is_grave else "warn",
        "share of the frauds at its values",
        own.recall,
        f"Values of {measured.name} such as {measured.alone.purest} occur with fraud alone, in "
        f"{own.recall:.1%} of the frauds, where {bound:.0%} is too much to be honest{name} "
        f"({measured.sample}).",
    )


LOOK = LeakKind(code="only_with_fraud", order=300, find=find)
