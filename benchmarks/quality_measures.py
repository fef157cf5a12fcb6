"""Figures of the quality benchmark with their intervals, and what a section cost."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn.metrics import roc_curve

from fraud_assets.documents.formats import to_plain
from fraud_assets.modelling.statistics.bootstrap import bootstrap, percentile_estimate
from fraud_assets.modelling.statistics.intervals import rate
from fraud_assets.modelling.statistics.ranking import Ranking

MOST_FALSE_POSITIVES = 0.01


def mean_ranking(folds: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> dict[str, Any]:
    """Mean ROC-AUC and average precision of folds (scores, labels, clusters) with intervals.

    Clusters are drawn with replacement within each fold; the folds' replicates are averaged.
    """
    exact, draws = [], []
    for seed, (scores, labels, clusters) in enumerate(folds):
        ranking = Ranking.of(scores, labels)
        exact.append(ranking.measure())
        draws.append(bootstrap(ranking.measure, clusters, seed, replicates=200))
    values, replicates = np.mean(exact, axis=0), np.mean(draws, axis=0)
    frauds = sum(int(labels.sum()) for _, labels, _ in folds)
    return {
        name: to_plain(percentile_estimate(float(values[i]), replicates[:, i], frauds))
        for i, name in enumerate(("roc_auc", "average_precision"))
    }


def recall_at_false_positives(scores: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """Highest recall whose false-positive rate is at most 1 %, with its exact interval."""
    false_positives, recall, _ = roc_curve(labels, scores, drop_intermediate=False)
    best = float(recall[false_positives <= MOST_FALSE_POSITIVES].max())
    frauds = int(labels.sum())
    return to_plain(rate(round(best * frauds), frauds))


@contextmanager
def cost(into: dict[str, Any]) -> Iterator[None]:
    """Record wall and processor seconds and the process's peak memory so far."""
    wall, busy = time.perf_counter(), time.process_time()
    yield
    into["seconds"] = round(time.perf_counter() - wall, 1)
    into["cpu_seconds"] = round(time.process_time() - busy, 1)
    into["peak_gib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
