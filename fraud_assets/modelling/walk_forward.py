"""Scores of frauds before the threshold rows, read off the fits that the search made anyway.

Each fold, or block, was scored by a fit on what lies before it. Its margins are calibrated on it,
as the published model's are on the threshold rows, so that the probabilities of its frauds may be
compared with theirs: whether they follow one law is tested before they count (`guarantee`).
"""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.modelling.judging.guarantee import EarlierFrauds
from fraud_assets.modelling.search.validation import FoldScores, Validation
from fraud_assets.modelling.statistics.calibration import CALIBRATION_FOLDS

LAST = 3
"""Folds that count, the last ones: earlier ones were fitted on less than half of the rows."""


def earlier_frauds(
    validation: Validation, scores: FoldScores, policy: Policy
) -> EarlierFrauds | None:
    """Calibrated scores of the frauds of the last folds; None where the rule needs none."""
    if policy.threshold.rule != "guarantee" or len(scores) == 0:
        return None
    parts = zip(
        scores,
        validation.parts(validation.label),
        validation.parts(validation.weight),
        validation.parts(validation.sender),
        strict=True,
    )
    found, senders = [], []
    for margins, label, weight, sender in list(parts)[-LAST:]:
        fraud = label == 1
        if min(fraud.sum(), (~fraud).sum()) >= CALIBRATION_FOLDS:
            found.append(_calibrated(margins, fraud, weight)[fraud])
            senders.append(sender[fraud])
    if not found:
        return None
    return EarlierFrauds(np.concatenate(found), np.concatenate(senders))


def _calibrated(margins: np.ndarray, fraud: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Platt's sigmoid of the margins (n,), fitted on themselves with his smoothed targets.

    A row of target t counts as t of a fraud and 1 - t of a legitimate one.
    """
    frauds, others = float(weight[fraud].sum()), float(weight[~fraud].sum())
    target = np.where(fraud, (frauds + 1) / (frauds + 2), 1 / (others + 2))
    column = np.asarray(margins, dtype=np.float64)[:, None]
    spread = float(column.std()) or 1.0
    twice = np.concatenate([column, column]) / spread
    label = np.repeat([1, 0], len(column))
    counted = np.concatenate([weight * target, weight * (1 - target)])
    fitted = LogisticRegression(C=1e8, max_iter=1000).fit(twice, label, sample_weight=counted)
    return np.asarray(fitted.predict_proba(column / spread)[:, 1], dtype=np.float64)
