from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from fraud_assets.modelling.statistics.bootstrap import (
    bootstrap,
    cluster_weights,
    percentile_estimate,
)
from fraud_assets.modelling.statistics.ranking import Ranking


def ranked_rows(seed: int, n: int, levels: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < 0.3).astype("int8")
    labels[:2] = (0, 1)
    return rng.integers(0, levels, n) / levels, labels, rng.integers(0, 4, n).astype(float)


rows = st.builds(ranked_rows, st.integers(0, 999), st.integers(2, 60), st.sampled_from([3, 1000]))


@given(rows)
def test_areas_equal_scikit_learns_with_and_without_weights(
    made: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    """Ties and weights included, both areas are those of scikit-learn."""
    scores, labels, weights = made
    ranking = Ranking.of(scores, labels)
    for used in (np.ones(len(scores)), weights):
        if (used * labels).sum() == 0 or (used * (1 - labels)).sum() == 0:
            assert np.isnan(ranking.measure(used)).all()
            continue
        auc, average = ranking.measure(used)
        assert auc == pytest.approx(roc_auc_score(labels, scores, sample_weight=used))
        assert average == pytest.approx(average_precision_score(labels, scores, sample_weight=used))


@given(rows, st.sampled_from([0.5, 0.9, 1.0]))
def test_precision_at_a_recall_equals_the_curves(
    made: tuple[np.ndarray, np.ndarray, np.ndarray], floor: float
) -> None:
    """The precision where the recall is first reached, coming from the highest score."""
    scores, labels, _ = made
    precision, recall, _ = precision_recall_curve(labels, scores)
    last = np.flatnonzero(recall >= floor - 1e-12).max()
    assert Ranking.of(scores, labels).precision_at(floor) == pytest.approx(precision[last])


def test_hand_worked_ranking() -> None:
    """Fraud, legit, fraud, legit in order: AUC 3/4, AP (1 + 2/3)/2, precision at 0.9 2/3."""
    ranking = Ranking.of(np.array([0.9, 0.8, 0.7, 0.6]), np.array([1, 0, 1, 0]))
    assert ranking.measure() == pytest.approx((0.75, 5 / 6))
    assert ranking.precision_at(0.9) == pytest.approx(2 / 3)


def test_rows_of_one_sender_are_drawn_together() -> None:
    """In every replicate the rows of a cluster have one weight, and the weights add up."""
    clusters = np.repeat([7, 3, 5, 1], [1, 2, 3, 4])
    for weights in cluster_weights(clusters, 50, seed=0):
        firsts = [weights[clusters == cluster] for cluster in (1, 3, 5, 7)]
        assert all((part == part[0]).all() for part in firsts)
        assert sum(part[0] for part in firsts) == 4


def test_interval_of_a_mean_has_the_textbook_width() -> None:
    """For independent rows the bootstrap's standard error is that of the mean."""
    values = np.random.default_rng(0).normal(size=2000)
    drawn = bootstrap(
        lambda w: (float((w * values).sum() / w.sum()),), np.arange(2000), seed=1, replicates=400
    )
    found = percentile_estimate(float(values.mean()), drawn[:, 0], 2000)
    expected = 2 * 1.96 * values.std() / np.sqrt(2000)
    assert found.high - found.low == pytest.approx(expected, rel=0.15)
    assert found.low < found.value < found.high


def test_bursts_widen_the_interval() -> None:
    """Ten identical rows from each sender: the interval is about sqrt(10) times wider."""
    values, senders = np.repeat(np.random.default_rng(0).normal(size=200), 10), np.arange(2000)
    width = []
    for clusters in (senders, senders // 10):
        drawn = bootstrap(
            lambda w: (float((w * values).sum() / w.sum()),), clusters, seed=1, replicates=300
        )
        found = percentile_estimate(float(values.mean()), drawn[:, 0], 2000)
        width.append(found.high - found.low)
    assert width[1] / width[0] == pytest.approx(np.sqrt(10), rel=0.2)
