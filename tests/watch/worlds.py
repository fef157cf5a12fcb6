"""Simulated production: payments, flags, frauds, what was let through; recall as asked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fraud_assets.watch.outcomes import Outcomes
from fraud_assets.watch.production import Reign, WatchedContract
from fraud_assets.watch.weeks import Promised

START = np.datetime64("2025-01-06", "us")
DAY = np.timedelta64(86_400_000_000, "us")
PLACE = WatchedContract("gateway", "USD", 14.0)
PROMISED = Promised(460, 500, 1.0, 0.9)
PER_WEEK, FRAUD_SHARE, FALSE_ALARMS = 2_000, 0.05, 0.01


def lived(
    recalls: Sequence[float], *, release: float = 1.0, version: str = "v1", seed: int = 3
) -> Outcomes:
    """One week for each recall; each payment has a sender of its own."""
    random = np.random.default_rng(seed)
    n = PER_WEEK * len(recalls)
    week = np.repeat(np.arange(len(recalls)), PER_WEEK)
    inside = np.sort(random.integers(0, 7 * 86_400_000_000, (len(recalls), PER_WEEK)), axis=1)
    time = START + week * 7 * DAY + inside.ravel().astype("timedelta64[us]")
    fraud = random.random(n) < FRAUD_SHARE
    chance = np.where(fraud, np.array(recalls)[week], FALSE_ALARMS)
    flagged = random.random(n) < chance
    passed = random.random(n) < release
    return Outcomes(
        time=time,
        decided=time,
        version=np.full(n, version, dtype=object),
        flagged=flagged,
        release=np.full(n, release),
        blocked=flagged & ~passed,
        fraud=fraud,
        sender=np.arange(n),
        amount=np.round(random.lognormal(4, 1, n), 2),
        probability=np.where(fraud, 0.9, FRAUD_SHARE * 0.1 / (1 - FRAUD_SHARE)),
    )


def reign(version: str = "v1", since: np.datetime64 = START) -> Reign:
    alerts = round(PER_WEEK * 5 * (FRAUD_SHARE * 0.92 + 0.01))
    return Reign(version, since, PROMISED, alerts, PER_WEEK * 5, np.ones(500))
