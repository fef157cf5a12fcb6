"""Precision at k per day: of the k entities an analyst looks into each day, how many are frauds.

Le Borgne et al., Reproducible Machine Learning for Credit Card Fraud Detection (2022), chapter
4.4: an entity counts once a day by its highest score, and one found fraudulent is blocked, so
later days look into others.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.stats import t as student

from fraud_assets.documents.report.judged import PrecisionAtK
from fraud_assets.profiles import CONFIDENCE

DAY = "datetime64[D]"


def precision_at_k(
    scores: np.ndarray,
    labels: np.ndarray,
    time: np.ndarray,
    entity: np.ndarray,
    k: int,
    *,
    name: str = "entity",
) -> PrecisionAtK:
    """Mean over days of the share of frauds among the k entities with the highest scores.

    Arrays are (n,), `time` datetime64, `name` what the entities are. A day with fewer than k
    entities still counts k looks. The interval is a t interval over the days; the value is None
    where there is no row.
    """
    daily, possible = _daily(scores, labels, time, entity, k)
    n = len(daily)
    method = f"mean over days, t interval {CONFIDENCE:.0%}"
    if n == 0:
        return PrecisionAtK(name, k, None, 0.0, 1.0, 0, method)
    value = float(daily.mean())
    half = 1.0
    if n > 1:
        quantile = float(student.ppf((1 + CONFIDENCE) / 2, n - 1))
        half = quantile * float(daily.std(ddof=1)) / math.sqrt(n)
    low, high = max(0.0, value - half), min(1.0, value + half)
    return PrecisionAtK(name, k, value, low, high, n, method, float(possible.mean()))


def daily_alerts(flagged: np.ndarray, time: np.ndarray, entity: np.ndarray) -> int:
    """How many entities are flagged on a day, rounded, at least one; days without any count."""
    days = time.astype(DAY).astype("int64")
    rows = pd.DataFrame({"day": days, "entity": pd.factorize(entity)[0]})[flagged]
    return max(1, round(len(rows.drop_duplicates()) / len(np.unique(days))))


def _daily(
    scores: np.ndarray, labels: np.ndarray, time: np.ndarray, entity: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Precision of each day (d,) in order of time, and the highest that the day allowed."""
    rows = pd.DataFrame(
        {"day": time.astype(DAY).astype("int64"), "entity": pd.factorize(entity)[0]}
        | {"score": scores, "fraud": labels == 1}
    )
    rows = rows[rows["entity"] >= 0]
    best = rows.groupby(["day", "entity"], as_index=False)[["score", "fraud"]].max()
    found: set[int] = set()
    shares, possible = [], []
    for _, day in best.groupby("day"):
        open_ = day[~day["entity"].isin(found)]
        top = open_.sort_values("score", ascending=False, kind="stable").head(k)
        caught = top.loc[top["fraud"], "entity"]
        found.update(caught.tolist())
        shares.append(len(caught) / k)
        possible.append(min(k, int(open_["fraud"].sum())) / k)
    return np.array(shares, dtype=np.float64), np.array(possible, dtype=np.float64)
