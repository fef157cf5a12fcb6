"""Frauds before the threshold rows, placed by the fits that the search made anyway.

Each fold, or block, was scored by a fit on what lies before it. Its frauds are placed among its
own legitimate rows, as those of the threshold rows are among theirs: whether the places follow
one law is tested before they count (`guarantee`).
"""

from __future__ import annotations

import numpy as np

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.modelling.judging.guarantee import EarlierFrauds, places
from fraud_assets.modelling.search.validation import FoldScores, Validation
from fraud_assets.modelling.statistics.calibration import CALIBRATION_FOLDS

LAST = 3
"""Folds that count, the last ones: earlier ones were fitted on less than half of the rows."""


def earlier_frauds(
    validation: Validation, scores: FoldScores, policy: Policy
) -> EarlierFrauds | None:
    """Places of the frauds of the last folds; None where the rule needs none."""
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
            scores_of = np.asarray(margins, dtype=np.float64)
            found.append(places(scores_of[fraud], scores_of[~fraud], weight[~fraud]))
            senders.append(sender[fraud])
    if not found:
        return None
    return EarlierFrauds(np.concatenate(found), np.concatenate(senders))
