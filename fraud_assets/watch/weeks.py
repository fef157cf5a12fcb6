"""Production week by week: what each version did, by labels of one age."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fraud_assets.documents.production import LiveWeek
from fraud_assets.documents.rates import Prediction, Rate
from fraud_assets.modelling.statistics.intervals import prediction_interval, rate
from fraud_assets.profiles import CONFIDENCE
from fraud_assets.watch.outcomes import Outcomes
from fraud_assets.watch.realised import realised_recall

WEEK = np.timedelta64(7, "D")
_MONDAY = np.datetime64("1970-01-05", "us")


@dataclass(frozen=True)
class Promised:
    """What a version's report says of its recall: k of n judged frauds, clustered by sender."""

    caught: int
    frauds: int
    design_effect: float
    floor: float

    def of(self, frauds: int) -> Prediction | None:
        """Where the recall of a week with so many frauds will lie."""
        if not frauds or not self.frauds:
            return None
        return prediction_interval(
            self.caught, self.frauds, frauds, design_effect=self.design_effect
        )


def live_weeks(
    outcomes: Outcomes, promises: dict[str, Promised], matured_until: np.datetime64
) -> Iterator[LiveWeek]:
    """Each week of each version, in order; weeks begin on Monday, UTC."""
    if not len(outcomes):
        return
    monday = (outcomes.time - _MONDAY) // WEEK
    names, codes = np.unique(outcomes.version, return_inverse=True)
    for at, code in sorted(set(zip(monday.tolist(), codes.tolist(), strict=True))):
        rows = outcomes.where((monday == at) & (codes == code))
        start = _MONDAY + at * WEEK
        name = str(names[code])
        yield _week(rows, start, name, promises.get(name), start + WEEK <= matured_until)


def _week(
    rows: Outcomes,
    start: np.datetime64,
    version: str,
    promised: Promised | None,
    matured: bool,
) -> LiveWeek:
    seen = rows.fraud & ~rows.blocked
    caught, missed = seen & rows.flagged, seen & ~rows.flagged
    judged = rows.flagged & ~rows.blocked
    has_amounts = bool(np.isfinite(rows.amount).any())
    return LiveWeek(
        week=str(start)[:10],
        version=version,
        payments=len(rows),
        alerts=int(rows.flagged.sum()),
        released=int((judged & (rows.release < 1)).sum()),
        alert_rate=rate(int(rows.flagged.sum()), len(rows)),
        matured=matured,
        frauds=int(seen.sum()),
        senders=len(np.unique(rows.sender[seen])),
        recall=recall_of(rows) if matured else None,
        promised=promised.of(int(seen.sum())) if promised and matured else None,
        precision=rate(int(caught.sum()), int(judged.sum())) if matured else None,
        amount_caught=_sum(rows, caught) if has_amounts else None,
        amount_missed=_sum(rows, missed) if has_amounts else None,
        released_loss=_sum(rows, caught & (rows.release < 1)) if has_amounts else None,
    )


def recall_of(rows: Outcomes, confidence: float = CONFIDENCE) -> Rate | None:
    """Realised recall among payments that would pass if flagged; None where none would.

    Where their release probabilities differ, the interval is that around all of the parts with
    one probability, each at a confidence that leaves the whole its own (Bonferroni).
    """
    seen = rows.where(rows.fraud & ~rows.blocked & (rows.release > 0))
    releases = np.unique(rows.release[rows.release > 0])
    if not len(releases):
        return None
    confidence = 1 - (1 - confidence) / len(releases)
    parts = []
    for release in releases:
        same = seen.where(seen.release == release)
        parts.append(realised_recall(same.flagged, same.sender, float(release), confidence))
    if len(parts) == 1:
        return parts[0]
    weights = seen.frauds.weight
    return Rate(
        value=float(weights[seen.flagged].sum() / weights.sum()) if len(seen) else None,
        low=min(part.low for part in parts),
        high=max(part.high for part in parts),
        n=len(seen),
        k=int(seen.flagged.sum()),
        method=f"around {len(parts)} release probabilities, {parts[0].method}",
    )


def _sum(rows: Outcomes, keep: np.ndarray) -> float:
    return float(np.nansum(rows.amount[keep]))
