"""Frauds before the threshold rows, placed by fits that the search made anyway."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.contract.sections.policy import Policy, ThresholdRule
from fraud_assets.data.rows import Rows
from fraud_assets.modelling.judging.guarantee import places
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


def test_hand_worked_places():
    """Of four legitimate scores 1, 2, 2 and 3 none reaches 4, one 3, three 2 and all 0."""
    others = np.array([2.0, 1.0, 3.0, 2.0])

    assert places(np.array([4.0, 3.0, 2.0, 0.0]), others).tolist() == [0, 0.25, 0.75, 1]


@given(
    st.lists(st.integers(-5, 5), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(-5, 5), st.integers(1, 4)), min_size=1, max_size=12),
)
def test_a_place_is_a_weighted_share(scores, others):
    """Law: a weight of three counts as three rows; the oracle counts them one by one."""
    values, weights = (np.array(part, dtype=float) for part in zip(*others, strict=True))
    rows = np.repeat(values, weights.astype(int))

    found = places(np.array(scores, dtype=float), values, weights)

    np.testing.assert_allclose(found, [(rows >= score).mean() for score in scores], atol=1e-12)


def test_only_the_last_folds_count_and_each_stands_by_itself():
    """Margins of each fold may have a scale of their own."""
    label = (np.arange(5000) % 10 == 0).astype(int)
    parts = np.array_split(np.random.default_rng(0).normal(size=5000) + 2 * label, 5)
    wider = [part * (10 + at) + at for at, part in enumerate(parts)]

    plain = earlier_frauds(validation(label, 5), parts, POLICY)
    scaled = earlier_frauds(validation(label, 5), wider, POLICY)

    assert len(plain.places) == len(plain.senders) == LAST * 100
    np.testing.assert_array_equal(plain.places, scaled.places)


@pytest.mark.parametrize("policy", [Policy(threshold=ThresholdRule(rule="aim"))])
def test_a_plain_aim_needs_none(policy: Policy):
    """It promises nothing, so that nothing more needs to speak."""
    label = (np.arange(100) % 4 == 0).astype(int)

    assert earlier_frauds(validation(label, 1), [np.zeros(100)], policy) is None


def test_folds_with_hardly_a_fraud_say_nothing():
    """Four frauds place nothing."""
    label = np.r_[np.ones(4), np.zeros(200)]

    assert earlier_frauds(validation(label, 1), [np.arange(204.0)], POLICY) is None
