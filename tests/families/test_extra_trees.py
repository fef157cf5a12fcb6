"""What a leaf of the extra trees says."""

from __future__ import annotations

import io
import math

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import ExtraTreesClassifier

from fraud_assets.families.members.extra_trees import (
    MOST,
    SHARES,
    SMOOTHING,
    _leaves_say,
)
from fraud_assets.families.registry import FAMILIES

FAMILY = FAMILIES["extra_trees"]


def fitted(rows: np.ndarray, label: np.ndarray, **given_: np.ndarray) -> ExtraTreesClassifier:
    """A small forest of the family."""
    forest = FAMILY.build({"n_estimators": 7, "max_features": 0.5, "min_samples_split": 10}, 0)
    FAMILY.fit(forest, rows, label, **given_)
    return forest


def rare(seed: int, rows: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    """Rows of four numbers, and some 2 % frauds that the first one tells."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, 4))
    return matrix, (matrix[:, 0] + rng.normal(size=rows) > 2.9).astype(np.int8)


def test_a_leaf_says_its_smoothed_log_odds_and_ten_times_its_share():
    """By hand: a leaf with 6 frauds of 8 rows, one with none of 12, 6 frauds of 20 in all."""
    rows = np.repeat([[1.0], [0.0]], [8, 12], axis=0)
    label = np.array([1] * 6 + [0] * 14, dtype=np.int8)

    margins = 2 * MOST * (FAMILY.margin(fitted(rows, label), rows) - 0.5)

    assert (SMOOTHING, SHARES) == (3.0, 10.0)
    high, low = (6 + 0.9) / 11, 0.9 / 15  # three rows at the share of all, .3, are added
    assert margins[0] == pytest.approx(math.log(high / (1 - high)) + 7.5)
    assert margins[-1] == pytest.approx(math.log(low / (1 - low)))


@given(st.integers(0, 1000), st.booleans())
def test_the_margin_is_the_mean_of_what_the_leaves_of_a_plain_fit_would_say(seed, weighted):
    """The same trees as scikit-learn's own fit, whose leaves are counted from outside."""
    rows, label = rare(seed, 300)
    label[:2] = 0, 1
    given_ = {"sample_weight": np.linspace(0.5, 1, 300)} if weighted else {}
    plain = ExtraTreesClassifier(
        n_estimators=7, max_features=0.5, min_samples_split=10, random_state=0
    ).fit(rows, label, **given_)
    weight = given_.get("sample_weight", np.ones(300))
    prior = np.average(label, weights=weight)

    said = np.zeros(300)
    for leaf in plain.apply(rows).T:
        count = np.bincount(leaf, weight)[leaf]
        frauds = np.bincount(leaf, weight * label)[leaf]
        smooth = (frauds + SMOOTHING * prior) / (count + SMOOTHING)
        said += np.log(smooth / (1 - smooth)) + SHARES * frauds / count

    margins = FAMILY.margin(fitted(rows, label, **given_), rows)
    np.testing.assert_allclose(margins, 0.5 + said / 7 / (2 * MOST))


def test_payments_without_a_fraud_in_any_of_their_leaves_are_ranked():
    """The mean of shares is zero for most of them."""
    rows, label = rare(0)
    forest = fitted(rows, label)
    plain = ExtraTreesClassifier(
        n_estimators=7, max_features=0.5, min_samples_split=10, random_state=0
    ).fit(rows, label)
    unsuspected = plain.predict_proba(rows)[:, 1] == 0

    assert unsuspected.mean() > 0.5
    assert len(np.unique(FAMILY.margin(forest, rows)[unsuspected])) > unsuspected.sum() / 2


def test_a_fitted_forest_stays_what_it_is_when_it_is_tidied_and_loaded():
    """What its leaves say lies in its trees, so scikit-learn alone reads it."""
    rows, label = rare(1)
    forest = fitted(rows, label)
    before = FAMILY.margin(forest, rows)

    FAMILY.tidy(forest)
    buffer = io.BytesIO()
    joblib.dump(forest, buffer)
    loaded = joblib.load(io.BytesIO(buffer.getvalue()))

    assert b"fraud_assets" not in buffer.getvalue()
    np.testing.assert_array_equal(FAMILY.margin(loaded, rows), before)


@given(st.floats(1e-6, 0.5), st.integers(1, 10_000_000))
def test_no_leaf_leaves_the_numbers_from_0_to_1_or_loses_its_order(prior, rows):
    """One more fraud in a leaf of as many rows never says less."""
    share = np.array([prior, 0.0, 1 / rows, 1.0])

    said = _leaves_say(share, np.array([1e8, rows, rows, rows]))[1:]

    assert ((said >= 0) & (said <= 1)).all()
    assert (np.diff(said) >= 0).all()
