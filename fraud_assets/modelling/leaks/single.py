"""What the measures of one feature mean: refused, warned of, or nothing to say."""

from __future__ import annotations

from collections.abc import Iterable

from fraud_assets.documents.report.leaks import Leak
from fraud_assets.modelling.leaks import bounds
from fraud_assets.modelling.leaks.look import all_looks
from fraud_assets.modelling.leaks.measures.measured import MeasuredFeature


def judge_feature(measured: MeasuredFeature) -> Leak | None:
    """The gravest finding on one feature, or None.

    A fact of the payment itself, its amount or what the chain derives from earlier payments, may
    tell much: it is never refused. Nor is anything where the frauds are few.
    """
    found = [(look, one) for look in all_looks() if (one := look.find(measured)) is not None]
    if not found:
        return None
    look, gravest = min(found, key=lambda item: item[1].severity)
    few = measured.alone.frauds < bounds.MIN_FRAUDS
    return Leak(
        features=(measured.name,),
        code=look.code,
        severity="warn" if few or measured.is_fact else gravest.severity,
        measure=gravest.measure,
        value=gravest.value,
        n=measured.alone.rows,
        frauds=measured.alone.frauds,
        text=gravest.text,
    )


def gravest_of(leaks: Iterable[Leak | None]) -> Leak | None:
    """Of findings on the same feature the gravest, of equals the first."""
    return min(
        (leak for leak in leaks if leak is not None), key=lambda leak: leak.severity, default=None
    )
