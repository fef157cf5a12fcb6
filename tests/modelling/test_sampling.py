"""The sample that is fitted on: all frauds, few legitimate rows, weights for those left out."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.modelling.search.sampling import sample_legitimate
from tests.modelling.made_rows import make_rows


@settings(max_examples=25, deadline=None)
@given(st.integers(20, 300), st.floats(0.5, 40), st.integers(0, 5))
def test_sample_keeps_frauds_order_and_total_weight(n: int, per_fraud: float, seed: int):
    """Every fraud stays, rows keep time order, weights sum to all rows, a sample keeps whole."""
    rows = make_rows(n, 0.1, seed)

    sample = sample_legitimate(rows, per_fraud, seed)

    assert sample.rows.frauds == rows.frauds
    assert sample.legitimate_kept <= np.ceil(per_fraud * max(rows.frauds, 1))
    assert (np.diff(sample.rows.time) > np.timedelta64(0)).all()
    assert sample.weights.sum() == np.float64(n).round(6) or abs(sample.weights.sum() - n) < 1e-6
    assert set(sample.rows.features.index) == set(range(len(sample.rows)))
    assert sample_legitimate(sample.rows, per_fraud, seed).rows is sample.rows


def test_same_seed_same_rows():
    """A seed draws the same rows again, another seed others."""
    rows = make_rows(2000, 0.02)

    times = [sample_legitimate(rows, 5, seed).rows.time.tolist() for seed in (1, 1, 2)]

    assert times[0] == times[1] != times[2]


def test_few_legitimate_rows_are_all_kept():
    """Where there are fewer than asked for the rows come back untouched, with weight 1."""
    rows = make_rows(200, 0.3)

    sample = sample_legitimate(rows, 20, 0)

    assert sample.rows is rows
    assert set(sample.weights) == {1.0}


def test_enough_legitimate_rows_stay_where_frauds_are_few() -> None:
    """`at_least` counts where frauds times the ratio would leave fewer."""
    rows = make_rows(2000, 0.01)

    few, floored, all_of_them = (
        sample_legitimate(rows, 5, 0, at_least=least).legitimate_kept for least in (0, 700, 10_000)
    )

    assert few == 5 * rows.frauds < 700
    assert floored == 700
    assert all_of_them == len(rows) - rows.frauds
