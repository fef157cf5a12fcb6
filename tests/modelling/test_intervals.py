from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from fraud_assets.documents.rates import Rate
from fraud_assets.modelling.statistics.intervals import (
    cluster_codes,
    clustered_lower_bound,
    design_effect,
    effective_size,
    lower_bound,
    prediction_interval,
    rate,
)


@pytest.mark.parametrize(
    ("n", "bound"), [(50, 0.801), (100, 0.836), (200, 0.858), (500, 0.875), (1000, 0.883)]
)
def test_published_lower_bounds_of_an_observed_90_percent(n: int, bound: float) -> None:
    """The one-sided 95 % bounds of the table that everybody was shown."""
    assert round(lower_bound(int(0.9 * n), n), 3) == bound


def test_hand_worked_interval_of_ten_of_ten() -> None:
    """10 of 10: the low end solves p^10 = 0.025, the high end is 1."""
    got = rate(10, 10)
    assert got.low == pytest.approx(0.025**0.1)
    assert got.high == 1
    assert got.value == 1


def test_rate_of_no_rows_is_undefined_with_the_whole_interval() -> None:
    """0 of 0 has no value and says nothing."""
    assert rate(0, 0) == Rate(None, 0.0, 1.0, 0, 0, "Clopper-Pearson 95%")


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_rate_equals_scipys_exact_interval(kn: tuple[int, int]) -> None:
    """SciPy's binomtest, which solves for the tail probabilities, gives the same ends."""
    k, n = kn
    oracle = binomtest(k, n).proportion_ci(0.95, method="exact")
    got = rate(k, n)
    assert got.low == pytest.approx(oracle.low, abs=1e-9)
    assert got.high == pytest.approx(oracle.high, abs=1e-9)
    assert got.low <= got.value <= got.high


def test_each_row_its_own_cluster_gives_the_exact_bound() -> None:
    """Without clusters nothing is taken away."""
    hits = np.r_[np.ones(90, bool), np.zeros(10, bool)]
    assert clustered_lower_bound(hits, np.arange(100)) == lower_bound(90, 100)


def test_hand_worked_effective_size_of_whole_bursts() -> None:
    """20 bursts of 5 that are wholly caught or missed say about as much as 20 rows."""
    hits = np.repeat(np.r_[np.ones(18, bool), np.zeros(2, bool)], 5)
    size = effective_size(hits, np.repeat(np.arange(20), 5))
    t99, t19 = 1.6603911560, 1.7291328115
    assert size == pytest.approx(100 * 19 / 99 * (t99 / t19) ** 2, rel=1e-6)


def test_wholly_caught_bursts_count_as_one_row_each() -> None:
    """Where no fraud is missed, bursts of one sender are one observation."""
    clusters = np.repeat(np.arange(20), 5)
    assert clustered_lower_bound(np.ones(100, bool), clusters) == pytest.approx(0.05 ** (1 / 20))
    assert clustered_lower_bound(np.ones(5, bool), np.zeros(5)) == 0
    assert clustered_lower_bound(np.ones(0, bool), np.zeros(0)) == 0


@given(
    hits=st.lists(st.booleans(), min_size=1, max_size=60),
    seed=st.integers(0, 99),
    groups=st.integers(1, 30),
)
def test_clustered_bound_never_exceeds_the_exact_one(
    hits: list[bool], seed: int, groups: int
) -> None:
    """Whatever the clusters, they never add evidence, and the bound is a finite share."""
    clusters = np.random.default_rng(seed).integers(0, groups, len(hits))
    got = clustered_lower_bound(np.array(hits), clusters)
    assert math.isfinite(got)
    assert 0 <= got <= lower_bound(sum(hits), len(hits)) + 1e-12


def test_clustered_bound_covers_bursts_where_the_exact_one_does_not() -> None:
    """Bursts of 10 with correlation .5: the exact bound covers far below 95 %, this one about."""
    rng = np.random.default_rng(3)
    clusters, exact, clustered = np.repeat(np.arange(40), 10), 0, 0
    for _ in range(600):
        shared = np.repeat(rng.random(40), 10)
        own = rng.random(400)
        hits = np.where(rng.random(400) < np.sqrt(0.5), shared, own) < 0.9
        exact += lower_bound(int(hits.sum()), 400) <= 0.9
        clustered += clustered_lower_bound(hits, clusters) <= 0.9
    assert exact / 600 < 0.85
    assert clustered / 600 > 0.92


def test_missing_senders_are_clusters_of_their_own() -> None:
    """None and NaN never join rows together."""
    codes = cluster_codes(np.array(["a", None, "a", np.nan, "b"], dtype=object), 5)
    assert codes[0] == codes[2]
    assert len(set(codes)) == 4
    assert list(cluster_codes(None, 3)) == [0, 1, 2]


def test_hand_worked_prediction_of_one_more_row() -> None:
    """Having seen 9 of 10, one more row may go either way: the interval is everything."""
    found = prediction_interval(9, 10, 1)
    assert (found.low, found.high, found.value) == (0, 1, 0.9)


def test_prediction_holds_later_weeks_where_the_interval_of_the_rate_does_not() -> None:
    """At 300 judged frauds and 60 in a later week: the rate's interval fails, this one holds."""
    rng = np.random.default_rng(7)
    seen, later = rng.binomial(300, 0.93, 2000), rng.binomial(60, 0.93, 2000) / 60
    predicted = {k: prediction_interval(k, 300, 60) for k in set(seen.tolist())}
    stated = {k: rate(k, 300) for k in set(seen.tolist())}

    def covered(by: dict[int, dict[str, float]]) -> float:
        ends = [(by[k].low, by[k].high) for k in seen.tolist()]
        return float(
            np.mean([low <= x <= high for (low, high), x in zip(ends, later, strict=True)])
        )

    assert covered(stated) < 0.7
    assert 0.94 < covered(predicted) < 0.99


def test_a_design_effect_widens_the_prediction() -> None:
    """Bursts of wholly equal frauds have their size as design effect, and widen what to expect."""
    hits = np.repeat(np.random.default_rng(0).random(100) < 0.9, 5)
    effect = design_effect(hits, np.repeat(np.arange(100), 5))
    assert effect == pytest.approx(5, rel=0.1)
    assert design_effect(hits, np.arange(500)) == 1
    narrow, wide = prediction_interval(450, 500, 100), prediction_interval(450, 500, 100, 0.95, 5)
    assert wide.low < narrow.low
    assert wide.high >= narrow.high
