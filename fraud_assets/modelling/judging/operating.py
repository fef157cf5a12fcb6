"""What each recall would cost on the judged rows: alerts, precision, amounts caught and missed."""

from __future__ import annotations

import numpy as np

from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.operating import OperatingPoint
from fraud_assets.modelling.statistics.intervals import rate

AIMS = (0.80, 0.85, 0.90, 0.92, 0.95, 0.97)


def operating_points(
    judged: Rows, scores: np.ndarray, days: int | None
) -> tuple[OperatingPoint, ...]:
    """For each of AIMS the highest threshold whose recall reaches it; `scores` (n,)."""
    fraud = judged.label == 1
    ranked = np.sort(scores[fraud])[::-1]
    amount = None if judged.amount is None else np.nan_to_num(np.asarray(judged.amount, float))
    points = []
    for aim in AIMS:
        threshold = float(ranked[int(np.ceil(aim * len(ranked) - 1e-9)) - 1])
        flagged = scores >= threshold
        hits, alerts = int((fraud & flagged).sum()), int(flagged.sum())
        points.append(
            OperatingPoint(
                aim=aim,
                threshold=threshold,
                recall=rate(hits, len(ranked)),
                precision=rate(hits, alerts),
                alert_rate=rate(alerts, len(scores)),
                alerts_per_day=alerts / days if days else None,
                amount_caught=None if amount is None else float(amount[fraud & flagged].sum()),
                amount_missed=None if amount is None else float(amount[fraud & ~flagged].sum()),
            )
        )
    return tuple(points)
