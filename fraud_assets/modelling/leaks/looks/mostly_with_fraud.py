"""A feature of which some values are far more frequent among frauds than among other payments."""

from __future__ import annotations

from fraud_assets.modelling.leaks import bounds
from fraud_assets.modelling.leaks.look import LeakKind, SingleLeak
from fraud_assets.modelling.leaks.measures.hits import Hits
from fraud_assets.modelling.leaks.measures.measured import MeasuredFeature
from fraud_assets.modelling.leaks.names import is_suspect


def find(measured: MeasuredFeature) -> SingleLeak | None:
    """Refused where the name speaks of what comes after; some of it is filled for others too."""
    suspect = is_suspect(measured.name)
    many = max(measured.alone.mostly, measured.alone.marked, key=_weight)
    least = bounds.SUSPECT_TIMES if suspect else bounds.OFTEN_TIMES
    if _weight(many) < least or measured.is_fact:
        return None
    is_grave = suspect and many.times_low >= bounds.NAMED_TIMES
    bound = bounds.NAMED_TIMES if is_grave else least
    name = ", and its name speaks of what comes after a fraud" if suspect else ""
    return SingleLeak(
        "refuse" if is_grave else "warn",
        "how many times as frequent among frauds",
        many.times_low,
        f"{measured.name} has a value{_such(measured)} in {many.recall:.1%} of the frauds and in "
        f"{many.of_other_rows:.2%} of the other payments, at least {many.times_low:.0f} times as "
        f"often, where {bound:g} times are too much to be honest{name} ({measured.sample}): look "
        "whether a payment has it when it is made.",
    )


def _weight(hits: Hits) -> float:
    """How many times as often, of what many frauds have."""
    return hits.times_low if hits.recall >= bounds.SUSPECT_RECALL else 0.0


def _such(measured: MeasuredFeature) -> str:
    purest = measured.alone.purest
    return ", or an unusual one," if purest is None else f" such as {purest}"


LOOK = LeakKind(code="mostly_with_fraud", order=600, find=find)
