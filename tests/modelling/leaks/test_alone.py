"""One feature alone against the label: by hand, by law, and against scikit-learn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from fraud_assets.modelling.leaks.measures.alone import auc_lower_bound, measure_alone
from fraud_assets.modelling.leaks.measures.hits import Hits
from fraud_assets.modelling.leaks.measures.levels import levels, marked

RNG = np.random.default_rng(0)


def labels(n: int = 2000, share: float = 0.05, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).random(n) < share).astype("int8")


def alone(values: object, label: np.ndarray):
    return measure_alone(pd.Series(values, name="x"), label)


@pytest.mark.parametrize("shift", [0.5, 1.0, 2.66, 4.0])
def test_the_area_of_a_number_is_scikit_learns(shift):
    """A number that grows with fraud, and its opposite, are ranked alike."""
    label = labels()
    x = RNG.normal(size=len(label)) + shift * label

    found = alone(x, label).auc

    assert found == pytest.approx(roc_auc_score(label, x), abs=0.03)
    assert found >= roc_auc_score(label, x) - 1e-12
    assert alone(-x, label).auc == pytest.approx(found, abs=0.01)


def test_noise_tells_nothing():
    """Numbers, categories, and texts that never repeat, all without relation to the label."""
    label = labels(5000)
    n = len(label)
    noise = {
        "number": RNG.normal(size=n),
        "category": RNG.choice(list("abcdef"), n).astype(object),
        "unique": np.array([f"id{i}" for i in range(n)], dtype=object),
        "crowded": np.array([f"shop{i % 900}" for i in range(n)], dtype=object),
    }
    for values in noise.values():
        found = alone(values, label)
        assert found.auc < 0.6
        assert found.own.frauds < 5


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 50), st.floats(0, 5))
def test_scale_and_shift_change_nothing(seed, scale, shift):
    """Law: what is measured depends on the order of numbers, not on their unit; 0 stands apart."""
    rng = np.random.default_rng(seed)
    label = (rng.random(300) < 0.1).astype("int8")
    label[:2] = 0, 1
    x = np.round(rng.normal(size=300) + label, 1) + 20

    assert replace(alone(x * 2, label), purest="") == replace(alone(x, label), purest="")
    assert alone(np.round(x * scale + shift, 9), label).auc == pytest.approx(alone(x, label).auc)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_names_of_categories_change_nothing(seed):
    """Law: other words for the same levels give the same measures."""
    rng = np.random.default_rng(seed)
    label = (rng.random(300) < 0.1).astype("int8")
    label[:2] = 0, 1
    x = pd.Series(rng.choice(["a", "b", "c", None], 300), dtype=object, name="x")

    other = measure_alone(x.map({"a": "z", "b": "1", "c": "é"}), label)

    found = measure_alone(x, label)
    assert (other.auc, other.own, other.marked) == (found.auc, found.own, found.marked)


def test_levels_by_hand():
    """A value of three rows is rare, one of six is a level; missing is one too."""
    cut = levels(pd.Series(["a"] * 6 + ["b"] * 3 + [None] * 2, dtype=object), np.zeros(11, bool))

    assert cut.names == ("'a'", "a value that is rare", "missing")
    assert cut.code.tolist() == [0] * 6 + [1] * 3 + [2] * 2


def test_a_value_that_many_frauds_share_stands_for_itself():
    """Among a thousand different numbers -1 is the level of the frauds, not part of a range."""
    fraud = np.zeros(1000, dtype=bool)
    fraud[:40] = True
    x = np.where(fraud, -1.0, np.arange(1000) - 500.5)

    found = alone(x, fraud.astype("int8"))

    assert found.own == Hits(40, 0, 40, 960)
    assert found.purest == "-1"
    assert found.auc == 1.0


def test_marked_by_hand():
    """Without a usual value those that are there; else those that differ from it."""
    assert marked(pd.Series([1.0, 2.0, None])).tolist() == [True, True, False]
    assert marked(pd.Series([0.0, 0.0, 0.0, 7.0, None])).tolist() == [False] * 3 + [True, False]
    assert marked(pd.Series(["ok", "ok", "ok", "CB"])).tolist() == [False] * 3 + [True]


def test_the_lower_bound_by_hand_and_by_chance():
    """Hanley and McNeil's radiologist, whose area has an error of .0325; and it covers."""
    assert auc_lower_bound(0.893, 51, 58) == pytest.approx(0.893 - 1.645 * 0.0325, abs=0.0002)
    assert auc_lower_bound(1.0, 50, 1000) == pytest.approx(0.94)
    rng, below = np.random.default_rng(1), 0
    for _ in range(300):
        frauds, others = rng.normal(2.66, 1, 80), rng.normal(size=400)
        label = np.repeat([1, 0], [80, 400])
        auc = roc_auc_score(label, np.concatenate([frauds, others]))
        below += auc_lower_bound(auc, 80, 400) <= 0.97
    assert 0.9 <= below / 300 <= 1.0


def test_how_many_times_as_often_by_hand():
    """Katz: 80 of 100 frauds and 50 of 1,000 others are marked, 16 times as often, at least 12."""
    hits = Hits(80, 50, 100, 1000)

    error = np.sqrt(1 / 80 - 1 / 100 + 1 / 50 - 1 / 1000)
    assert hits.times_low == pytest.approx(16 * np.exp(-1.645 * error), rel=0.02)
    assert hits.recall == 0.8
    assert hits.of_other_rows == 0.05


def test_how_many_times_as_often_covers():
    """Of 400 samples the bound lies below the true ratio in at least nine of ten."""
    rng = np.random.default_rng(2)

    frauds, others = rng.binomial(60, 0.4, 400), rng.binomial(2000, 0.02, 400)

    low = [Hits(int(a), int(b), 60, 2000).times_low for a, b in zip(frauds, others, strict=True)]
    assert np.mean(np.array(low) <= 20) >= 0.9


def test_where_frauds_are_the_rule_a_usual_value_is_not_their_own():
    """Nine of ten rows are fraud: what most rows have tells nothing."""
    label = labels(2000, share=0.9)

    found = alone(
        np.array(["a", "b"], dtype=object)[(np.arange(2000) % 10 == 0).astype(int)], label
    )

    assert not found.own.are_frauds_own(0.8, 4.0)
    assert not found.marked.are_frauds_own(0.8, 4.0)
