from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from fraud_assets.modelling.statistics.comparison import compare_models
from tests.modelling.judged_rows import judged_week
from tests.plain import plain_json

JUDGED, SCORES = judged_week()
RNG = np.random.default_rng(5)
NOISY = SCORES + RNG.normal(0, 0.2, 4000)
NEARLY_SAME = NOISY + RNG.normal(0, 0.02, 4000)
WORSE = np.where(RNG.random(4000) < 0.3, RNG.permutation(SCORES), SCORES)


def test_a_model_against_itself_differs_by_nothing() -> None:
    """Paired draws cancel exactly: the difference and its interval are 0."""
    found = compare_models(JUDGED, SCORES, SCORES, 0.9, 0.02)
    assert (found.difference.low, found.difference.high) == (0, 0)
    assert found.difference.margin == 0.02
    plain_json(found)


def test_any_rising_transformation_of_scores_is_the_same_model() -> None:
    """Only ranks are compared, so a recalibrated champion is no other champion."""
    found = compare_models(JUDGED, SCORES, np.log(SCORES) * 3 - 7, 0.9, 0.02)
    assert found.difference.low == found.difference.high == 0


def test_figures_equal_scikit_learns() -> None:
    """The champion's average precision, and the difference as challenger minus champion."""
    found = compare_models(JUDGED, WORSE, SCORES, 0.9, 0.02)
    own, other = (average_precision_score(JUDGED.label, s) for s in (WORSE, SCORES))
    assert found.average_precision.value == pytest.approx(other)
    assert found.difference.value == pytest.approx(own - other)
    assert found.precision_at_floor > found.challenger_precision_at_floor


def test_a_worse_model_lies_wholly_below_and_swapping_mirrors_it() -> None:
    """The interval of a clearly worse challenger excludes 0, and has the other sign swapped."""
    found = compare_models(JUDGED, WORSE, SCORES, 0.9, 0.02).difference
    swapped = compare_models(JUDGED, SCORES, WORSE, 0.9, 0.02).difference
    assert found.high < 0
    assert swapped.low == pytest.approx(-found.high)


def test_pairing_narrows_the_interval() -> None:
    """Of nearly the same model the difference is known far better than either figure."""
    found = compare_models(JUDGED, NEARLY_SAME, NOISY, 0.9, 0.02)
    difference, figure = found.difference, found.average_precision
    assert difference.high - difference.low < 0.5 * (figure.high - figure.low)
