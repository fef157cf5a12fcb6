"""From a fitted classifier to flat trees or weights, by its family. Heavy: needs scikit-learn."""

from __future__ import annotations

from dataclasses import replace

from fraud_assets.families.calibrated import uncalibrated
from fraud_assets.families.family import Classifier, Converted, UnconvertibleError
from fraud_assets.families.registry import family_of


def convert_classifier(classifier: Classifier) -> Converted:
    """Convert a fitted binary classifier of any family, plain or calibrated by a sigmoid.

    Raises
    ------
    UnconvertibleError
        If the class, or one of its settings, has no conversion.
    """
    inner, calibrator = uncalibrated(classifier)
    if list(getattr(inner, "classes_", [])) != [0, 1]:
        raise UnconvertibleError("its classes are not 0 and 1")
    return replace(family_of(inner).convert(inner), calibrator=calibrator)
