"""Puts the prior of real traffic back into a classifier that was fitted on sampled rows.

A sigmoid of the classifier's own margin (Platt 1999), fitted on rows that were neither sampled
nor used in fitting. It rises with the margin, so ranks, ROC-AUC and the order statistic that
sets the threshold stay as they are; isotonic regression would make ties. One payment of a far
margin would flatten it for all, or turn it round: the sigmoid is fitted as if it lay nearer.
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

FAR = 2.0
"""How far from the median a margin counts, in widths: that of the inner 98 %, or what the third
highest fraud lies from the median if that is more. All but a few hold still within one."""


def calibrate(pipeline: Pipeline, rows: Rows) -> Pipeline:
    """The fitted pipeline with its classifier calibrated on `rows` at their own prior.

    Raises
    ------
    InsufficientEvidenceError
        If the rows hold fewer frauds or legitimate rows than the calibration needs, or the
        margins of the frauds are on average no higher.
    """
    if min(rows.frauds, len(rows) - rows.frauds) < CALIBRATION_FOLDS:
        raise InsufficientEvidenceError(
            f"Calibration needs at least {CALIBRATION_FOLDS} frauds and as many legitimate "
            f"threshold rows, got {counted(rows.frauds, 'fraud')} among "
            f"{counted(len(rows), 'row')}; "
            "lengthen the threshold window."
        )
    preprocessor, classifier = pipeline.named_steps.values()
    encoded = preprocessor.transform(rows.features)
    calibrated = _uncalibrated(classifier, encoded, rows.label)
    near = _near(margins_of(classifier, encoded), rows.label)
    for sigmoid in (one for part in calibrated.calibrated_classifiers_ for one in part.calibrators):
        sigmoid.fit(near, rows.label)
        if sigmoid.a_ >= 0:  # of the rising sigmoid 1 / (1 + exp(a margin + b)) it is negative
            raise InsufficientEvidenceError(_falling(rows))
    return Pipeline([("preprocessor", preprocessor), ("classifier", calibrated)])


def _uncalibrated(classifier: Any, encoded: Any, label: np.ndarray) -> CalibratedClassifierCV:
    """scikit-learn's frame, fitted on as few rows as it takes: its sigmoid is still to be fitted.

    On all rows it would ask for the margins that are asked for once more to draw the far ones
    nearer, and they cost most of a calibration.
    """
    few = [np.flatnonzero(label == one)[:CALIBRATION_FOLDS] for one in (0, 1)]
    chosen = np.concatenate(few)
    frame = CalibratedClassifierCV(
        FrozenEstimator(classifier), method="sigmoid", cv=CALIBRATION_FOLDS
    )
    return frame.fit(encoded[chosen], label[chosen])


def _falling(rows: Rows) -> str:
    return (
        f"The model's margins of the {counted(rows.frauds, 'fraud')} in the threshold window are "
        f"on average no higher than those of the other {counted(len(rows) - rows.frauds, 'row')}, "
        "so no probability rises with them. Look at what changed between the fitted weeks and "
        "that window, or lengthen both."
    )


def margins_of(classifier: Any, encoded: Any) -> np.ndarray:
    """What is calibrated, (n,): the log-odds of a classifier that has them, else probabilities."""
    if hasattr(classifier, "decision_function"):
        return np.asarray(classifier.decision_function(encoded))
    return np.asarray(classifier.predict_proba(encoded)[:, 1])


def _near(margins: np.ndarray, label: np.ndarray) -> np.ndarray:
    """The margins (n,), those too far from the median drawn nearer."""
    low, middle, high = np.percentile(margins, (1, 50, 99))
    top = np.partition(margins[label == 1], -3)[-3]  # two far frauds do not say what is usual
    reach = FAR * max(high - low, abs(top - middle))
    return np.clip(margins, middle - reach, middle + reach)
