"""Frauds before the threshold rows, read off fits that the search made anyway."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

from fraud_assets.contract.sections.policy import Policy, ThresholdRule
from fraud_assets.data.rows import Rows
from fraud_assets.modelling.search.sampling import Sample
from fraud_assets.modelling.search.validation import Validation
from fraud_assets.modelling.walk_forward import LAST, earlier_frauds

POLICY = Policy()


def validation(label: np.ndarray, folds: int, total: int | None = None) -> Validation:
    """Folds of equal size over all rows, each sender one row."""
    rows = Rows(pd.DataFrame(index=range(len(label))), label.astype("int8"))
    parts = np.array_split(np.arange(len(label)), folds)
    legitimate = int((label != 1).sum())
    return Validation.of(Sample(rows, total or legitimate), [(part, part) for part in parts], 0.9)


def test_the_frauds_probabilities_are_sklearns_own_calibration():
    """Margins of one fold through Platt's sigmoid, as CalibratedClassifierCV fits it."""
    rng = np.random.default_rng(0)
    label = (np.arange(3000) % 10 == 0).astype(int)
    column = (rng.normal(size=3000) + 2 * label)[:, None]
    model = LogisticRegression().fit(column, label)
    oracle = CalibratedClassifierCV(FrozenEstimator(model), method="sigmoid").fit(column, label)

    found = earlier_frauds(validation(label, 1), [model.decision_function(column)], POLICY)

    expected = oracle.predict_proba(column)[label == 1, 1]
    np.testing.assert_allclose(found.scores, expected, atol=2e-4)


def test_rows_left_out_by_sampling_count_by_their_weight():
    """The mean probability of all rows is the prior before sampling, not that of the sample."""
    rng = np.random.default_rng(0)
    label = (np.arange(6000) % 10 == 0).astype(int)
    margins = rng.normal(size=6000) + 2 * label

    sampled = earlier_frauds(validation(label, 1, total=54_000), [margins], POLICY)
    whole = earlier_frauds(validation(label, 1), [margins], POLICY)

    assert sampled.scores.mean() < whole.scores.mean() / 2


def test_only_the_last_folds_count_and_each_stands_by_itself():
    """Margins of each fold may have a scale of their own."""
    label = (np.arange(5000) % 10 == 0).astype(int)
    parts = np.array_split(np.random.default_rng(0).normal(size=5000) + 2 * label, 5)
    wider = [part * 10 + 3 for part in parts]

    plain = earlier_frauds(validation(label, 5), parts, POLICY)
    scaled = earlier_frauds(validation(label, 5), wider, POLICY)

    assert len(plain.scores) == len(plain.senders) == LAST * 100
    np.testing.assert_allclose(plain.scores, scaled.scores, atol=1e-3)


@pytest.mark.parametrize("policy", [Policy(threshold=ThresholdRule(rule="aim"))])
def test_a_plain_aim_needs_none(policy: Policy):
    """It promises nothing, so that nothing more needs to speak."""
    label = (np.arange(100) % 4 == 0).astype(int)

    assert earlier_frauds(validation(label, 1), [np.zeros(100)], policy) is None


def test_folds_with_hardly_a_fraud_say_nothing():
    """Four frauds cannot be calibrated."""
    label = np.r_[np.ones(4), np.zeros(200)]

    assert earlier_frauds(validation(label, 1), [np.arange(204.0)], POLICY) is None
