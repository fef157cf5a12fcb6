"""What each way to choose the threshold costs on the threshold rows, side by side."""

from __future__ import annotations

import math

import numpy as np

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.documents.report.judged import Price
from fraud_assets.modelling.judging.guarantee import Guaranteed, frauds_for_share
from fraud_assets.modelling.statistics.intervals import rate
from fraud_assets.values.shares import exact_share


def price(way: str, value: float, scores: np.ndarray, frauds: np.ndarray) -> Price:
    """Recall, precision and alerts of a threshold; `scores` (n,), `frauds` (n,) bool."""
    flagged = scores >= value
    caught, alerts = int((flagged & frauds).sum()), int(flagged.sum())
    return Price(
        way=way,
        threshold=value,
        recall=rate(caught, int(frauds.sum())),
        precision=rate(caught, alerts),
        alert_rate=rate(alerts, len(scores)),
    )


def aim_way(aim: float) -> str:
    """How a plain aim is named among the ways to choose a threshold."""
    return f"plain aim of {exact_share(aim)}"


def keeps(found: Price, policy: Policy) -> bool:
    """Whether alerts and precision lie within the policy's bounds."""
    precision = found.precision.value
    return (
        precision is not None
        and precision >= policy.min_precision
        and (found.alert_rate.value or 0.0) <= policy.max_alert_rate
    )


def frauds_to_mend(
    scores: np.ndarray, frauds: np.ndarray, found: Guaranteed, policy: Policy
) -> int | None:
    """How many more frauds would bring the guarantee within the bounds on alerts and precision.

    The scores of the frauds that choose it stay as they are, and so do their bursts; only the rank
    that more of them guarantee moves. None where no number would, or it passes a million.
    """
    ranked = found.ranked[::-1]
    alerts, caught = (
        len(part) - np.searchsorted(np.sort(part), ranked, side="left")
        for part in (scores, scores[frauds])
    )
    within = (alerts <= policy.max_alert_rate * len(scores)) & (
        caught >= policy.min_precision * alerts
    )
    if not within.any():
        return None
    most = float(np.flatnonzero(within).max() + 1) / found.n
    needed = frauds_for_share(most, policy.min_recall, found.confidence)
    if needed is None:
        return None
    counted = found.n if found.is_short else found.independent
    return max(1, math.ceil((needed - counted) * found.n / max(counted, 1)))
