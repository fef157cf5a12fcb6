"""A feature that counts the frauds of whoever pays, this payment or later ones included."""

from __future__ import annotations

from fraud_assets.modelling.leaks.look import LeakKind, SingleLeak
from fraud_assets.modelling.leaks.measures.label_sums import SAME
from fraud_assets.modelling.leaks.measures.measured import MeasuredFeature


def find(measured: MeasuredFeature) -> SingleLeak | None:
    """Refused: nobody knows such a count when the payment is made."""
    found = measured.sum
    if found is None:
        return None
    return SingleLeak(
        "refuse",
        "rank correlation with a count of the label",
        found.same,
        f"{measured.name} tells {found.what} the same {found.of} has: it is made from the label "
        f"(rank correlation {found.same:.4f}, where {SAME:g} is too much to be honest; "
        f"{measured.sample}).",
    )


LOOK = LeakKind(code="counts_the_label", order=150, find=find)
