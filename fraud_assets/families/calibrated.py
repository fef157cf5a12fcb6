"""The classifier inside its calibration, and the calibration's two numbers."""

from __future__ import annotations

from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator

from fraud_assets.families.family import Classifier, UnconvertibleError


def uncalibrated(classifier: Classifier) -> tuple[Classifier, tuple[float, float] | None]:
    """The classifier that was fitted, and its sigmoid (a, b) where it has one.

    Raises
    ------
    UnconvertibleError
        If it is calibrated by anything but one sigmoid.
    """
    if not isinstance(classifier, CalibratedClassifierCV):
        return classifier, None
    members = classifier.calibrated_classifiers_
    if classifier.method != "sigmoid" or len(members) != 1:
        raise UnconvertibleError("it is calibrated by more than one sigmoid")
    (calibrator,) = members[0].calibrators
    inner = members[0].estimator
    if isinstance(inner, FrozenEstimator):
        inner = inner.estimator
    return inner, (float(calibrator.a_), float(calibrator.b_))
