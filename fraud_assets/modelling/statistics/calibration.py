"""Puts the prior of real traffic back into a classifier that was fitted on sampled rows.

A sigmoid of the classifier's own margin (Platt 1999), fitted on rows that were neither sampled
nor used in fitting. It is strictly monotone, so ranks, ROC-AUC and the order statistic that
sets the threshold stay as they are; isotonic regression would make ties.
"""

from __future__ import annotations

from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from fraud_assets.data.rows import Rows
from fraud_assets.errors import InsufficientEvidenceError
from fraud_assets.values.counted import counted

CALIBRATION_FOLDS = 5
"""Folds that CalibratedClassifierCV asks for; with a frozen classifier they change nothing."""


def calibrate(pipeline: Pipeline, rows: Rows) -> Pipeline:
    """The fitted pipeline with its classifier calibrated on `rows` at their own prior.

    Raises
    ------
    InsufficientEvidenceError
        If the rows hold fewer frauds or legitimate rows than the calibration needs.
    """
    if min(rows.frauds, len(rows) - rows.frauds) < CALIBRATION_FOLDS:
        raise InsufficientEvidenceError(
            f"Calibration needs at least {CALIBRATION_FOLDS} frauds and as many legitimate "
            f"threshold rows, got {counted(rows.frauds, 'fraud')} among "
            f"{counted(len(rows), 'row')}; "
            "lengthen the threshold window."
        )
    preprocessor, classifier = pipeline.named_steps.values()
    calibrated = CalibratedClassifierCV(
        FrozenEstimator(classifier), method="sigmoid", cv=CALIBRATION_FOLDS
    )
    calibrated.fit(preprocessor.transform(rows.features), rows.label)
    return Pipeline([("preprocessor", preprocessor), ("classifier", calibrated)])
