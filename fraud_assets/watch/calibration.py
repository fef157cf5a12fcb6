"""Whether probabilities still mean what they say: frauds that came, beside those expected."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from fraud_assets.documents.production import LiveWarning
from fraud_assets.values.counted import counted
from fraud_assets.watch.outcomes import Outcomes

APART = 1.25
"""Ratio of frauds to their expectation beyond which, or below its inverse, calibration moved."""

_Z = 1.96


def calibration_moved(rows: Outcomes) -> Iterator[LiveWarning]:
    """A warning where matured payments (n,) hold far more or fewer frauds than was predicted.

    A warning and no alarm: a bet on each payment needs payments that do not come in bursts of one
    sender. The interval is that of a ratio clustered by sender (linearised; Cochran 1977, 6.13),
    payments that were stopped left out, those let through weighing for them.
    """
    rows = rows.where(~rows.blocked & np.isfinite(rows.probability) & (rows.release > 0))
    weight = np.where(rows.flagged, 1 / rows.release, 1.0)
    came, expected = float((weight * rows.fraud).sum()), float((weight * rows.probability).sum())
    if came < 1 or expected <= 0:
        return
    ratio = came / expected
    _, sender = np.unique(rows.sender, return_inverse=True)
    rest = np.bincount(sender, weights=weight * (rows.fraud - ratio * rows.probability))
    spread = _Z * math.sqrt(float((rest**2).sum())) / came
    low, high = ratio * math.exp(-spread), ratio * math.exp(spread)
    if low > APART or high < 1 / APART:
        yield LiveWarning(
            "calibration_moved",
            f"{came:,.0f} frauds came where the probabilities meant {expected:,.0f}: {ratio:.2f} "
            f"times ({low:.2f} to {high:.2f}, n {counted(len(rows), 'payment')}, clustered by "
            "sender).",
        )
