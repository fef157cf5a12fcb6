"""Puts the prior of real traffic back into a classifier that was fitted on sampled rows.

A sigmoid of the classifier's own margin (Platt 1999), fitted on rows that were neither sampled
nor used in fitting. It rises with the margin, so ranks, ROC-AUC and the order statistic that
sets the threshold stay as they are; isotonic regression would make ties. One payment of a far
margin would flatten it for all, or turn it round: such rows are left out of its fit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from fraud_assets.data.rows import Rows
from fraud_assets.errors import InsufficientEvidenceError
from fraud_assets.values.counted import counted

CALIBRATION_FOLDS = 5
"""Folds that CalibratedClassifierCV asks for; with a frozen classifier they change nothing."""


FAR = 10.0
"""Rows are left out of the calibration beyond so many times the width of the inner 98 % of the
margins, or the distance of both classes' medians if that is more."""


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
    encoded = preprocessor.transform(rows.features)
    near = _near(margins_of(classifier, encoded), rows.label)
    every = len(near) == len(rows)
    calibrated.fit(encoded if every else encoded[near], rows.label[near])
    if any(one.a_ >= 0 for part in calibrated.calibrated_classifiers_ for one in part.calibrators):
        raise InsufficientEvidenceError(
            f"The model ranks the {counted(rows.frauds, 'fraud')} of the threshold window no "
            f"better than chance among {counted(len(rows), 'row')}, so that no probability rises "
            "with its margin. Look at what changed between the fitted weeks and that window, or "
            "lengthen both."
        )
    return Pipeline([("preprocessor", preprocessor), ("classifier", calibrated)])


def margins_of(classifier: Any, encoded: Any) -> np.ndarray:
    """What is calibrated, (n,): the log-odds of a classifier that has them, else probabilities."""
    if hasattr(classifier, "decision_function"):
        return np.asarray(classifier.decision_function(encoded))
    return np.asarray(classifier.predict_proba(encoded)[:, 1])


def _near(margins: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Positions of the rows whose margin is not far from all others, of both classes enough."""
    low, high = np.percentile(margins, (1, 99))
    medians = sorted(float(np.median(margins[label == one])) for one in (0, 1))
    reach = FAR * max(high - low, medians[1] - medians[0])
    near = (margins >= min(low, medians[0]) - reach) & (margins <= max(high, medians[1]) + reach)
    kept = label[near]
    few = min((kept == 1).sum(), (kept != 1).sum()) < CALIBRATION_FOLDS
    return np.arange(len(label)) if few else np.flatnonzero(near)
