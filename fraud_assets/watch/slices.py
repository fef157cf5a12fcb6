"""Where the version that serves catches less: outcomes by category and by band of the amount."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fraud_assets.documents.production import LiveSlice
from fraud_assets.modelling.judging.slices import each_level
from fraud_assets.modelling.statistics.intervals import rate
from fraud_assets.watch.outcomes import Outcomes
from fraud_assets.watch.weeks import recall_of

SliceLevels = Mapping[str, np.ndarray]
"""The level (n,) of each decision by column, text, in the order of the outcomes."""


def live_slices(outcomes: Outcomes, levels: SliceLevels, own: np.ndarray) -> tuple[LiveSlice, ...]:
    """Each level of the rows `own` (n,) bool, lowest recall first, those without one last."""
    rows = outcomes.where(own)
    found = [
        _one(by, level, rows.where(inside))
        for by, values in levels.items()
        for level, inside in each_level(values[own])
    ]
    return tuple(sorted(found, key=_worst_first))


def _one(by: str, level: str, rows: Outcomes) -> LiveSlice:
    frauds, alerts = len(rows.frauds.time), rows.alerts
    return LiveSlice(
        by=by,
        level=level,
        payments=len(rows),
        frauds=frauds,
        recall=recall_of(rows) if frauds else None,
        precision=rate(int(alerts.caught.sum()), len(alerts.time)) if len(alerts.time) else None,
        alert_rate=rate(int(rows.flagged.sum()), len(rows)),
    )


def _worst_first(one: LiveSlice) -> tuple[float, str, str]:
    known = one.recall is not None and one.recall.value is not None
    return (one.recall.value if known else 2.0, one.by, one.level)  # type: ignore[union-attr,return-value]
