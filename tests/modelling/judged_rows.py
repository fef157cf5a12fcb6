"""Judged rows and scores of a made week, for tests of the judgement."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fraud_assets.data.rows import Rows

START = np.datetime64("2026-03-02T00:00:00", "us")


def judged_week(
    n: int = 4000, frauds: int = 200, seed: int = 0, days: int = 21
) -> tuple[Rows, np.ndarray]:
    """Rows with senders of about four payments each, and scores that rank frauds well."""
    rng = np.random.default_rng(seed)
    label = np.zeros(n, dtype="int8")
    label[rng.permutation(n)[:frauds]] = 1
    scores = np.where(label == 1, rng.beta(5, 2, n), rng.beta(1, 12, n))
    chain = rng.choice(np.array(["ETH", "BTC", "SOL", np.nan], dtype=object), n)
    features = pd.DataFrame(
        {"amount_usd": rng.lognormal(4, 1, n), "chain": pd.Series(chain, dtype=object)}
    )
    time = START + np.sort(rng.integers(0, days * 86_400, n)).astype("timedelta64[s]")
    sender = np.array([f"s{i}" for i in rng.integers(0, n // 4, n)], dtype=object)
    amount = features["amount_usd"].to_numpy().copy()
    amount[:3] = np.nan
    return Rows(features, label, time, sender, amount), scores
