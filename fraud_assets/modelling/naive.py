"""The numbers that a careless evaluation would have told, beside the honest ones.

The same family, settings, amount of training data and threshold rule throughout; only the split
and the rows that choose the threshold change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.explained import NaiveEvaluation
from fraud_assets.documents.report.judged import Threshold
from fraud_assets.errors import InsufficientEvidenceError
from fraud_assets.modelling.judging.evaluation import confusion_rates, ranking_estimates
from fraud_assets.modelling.judging.thresholds import choose_threshold
from fraud_assets.work.threads import on_one_thread

Way = tuple[Literal["random", "time"], Literal["test", "before"]]
"""How the rows were split, and where the threshold was chosen."""

NAMES: dict[Way, str] = {
    ("random", "test"): "Random split, threshold chosen on the test rows",
    ("time", "test"): "Time split, threshold chosen on the test rows",
    ("time", "before"): "Time split, threshold chosen before: the honest way",
}


def naive_comparison(
    fit: Rows,
    threshold_rows: Rows,
    judged: Rows,
    fitted: Callable[[Rows], Pipeline],
    policy: Policy,
    *,
    seed: int,
    timely: Pipeline | None = None,
) -> tuple[NaiveEvaluation, ...]:
    """Three evaluations of one model, the most careless first.

    Rows are those of the windows, at their own prior; `fitted` fits the tuned family and setting
    on given rows, and `timely` is what it gives on `fit` where that is known. The random split
    shuffles all three windows and cuts parts of the sizes of fit and judged. An evaluation that
    has no threshold is left out.
    """
    return (
        *shuffled_way(fit, threshold_rows, judged, fitted, policy, seed=seed),
        *timely_ways(threshold_rows, judged, timely or fitted(fit), policy, seed=seed),
    )


def shuffled_way(
    fit: Rows,
    threshold_rows: Rows,
    judged: Rows,
    fitted: Callable[[Rows], Pipeline],
    policy: Policy,
    *,
    seed: int,
) -> tuple[NaiveEvaluation, ...]:
    """The careless evaluation of a random split; nothing where it has no threshold."""
    training, test = _random_split(fit, threshold_rows, judged, seed)
    scores = _scores(fitted(training), test)
    return _evaluated(("random", "test"), test, scores, (test, scores), policy, seed=seed)


def timely_ways(
    threshold_rows: Rows, judged: Rows, timely: Pipeline, policy: Policy, *, seed: int
) -> tuple[NaiveEvaluation, ...]:
    """Both evaluations of a pipeline that was fitted on earlier rows, the careless one first."""
    scores, before = _scores(timely, judged), _scores(timely, threshold_rows)
    return (
        *_evaluated(("time", "test"), judged, scores, (judged, scores), policy, seed=seed),
        *_evaluated(
            ("time", "before"), judged, scores, (threshold_rows, before), policy, seed=seed
        ),
    )


def _evaluated(
    way: Way,
    rows: Rows,
    scores: np.ndarray,
    chosen_on: tuple[Rows, np.ndarray],
    policy: Policy,
    *,
    seed: int,
) -> tuple[NaiveEvaluation, ...]:
    where, its_scores = chosen_on
    try:
        threshold = choose_threshold(its_scores, where.label, policy, where.sender)
    except InsufficientEvidenceError:
        return ()
    return (_told(way, threshold, rows, scores, seed),)


def _told(
    way: Way, threshold: Threshold, rows: Rows, scores: np.ndarray, seed: int
) -> NaiveEvaluation:
    rates = confusion_rates(rows.label, scores >= threshold.value)
    return NaiveEvaluation(
        name=NAMES[way],
        split=way[0],
        threshold_on=way[1],
        recall=rates.recall,
        precision=rates.precision,
        alert_rate=rates.alert_rate,
        roc_auc=ranking_estimates(rows, scores, seed).roc_auc,
    )


def _random_split(fit: Rows, threshold_rows: Rows, judged: Rows, seed: int) -> tuple[Rows, Rows]:
    """Rows of all windows, shuffled: as many to train on as `fit`, to test as `judged`."""
    parts = (fit, threshold_rows, judged)
    senders = [np.full(len(p), None) if p.sender is None else p.sender for p in parts]
    pool = Rows(
        pd.concat([part.features for part in parts], ignore_index=True),
        np.concatenate([part.label for part in parts]),
        sender=np.concatenate(senders),
    )
    training, test = train_test_split(
        np.arange(len(pool)),
        train_size=len(fit),
        test_size=len(judged),
        stratify=pool.label,
        random_state=seed,
    )
    return pool.take(training), pool.take(test)


def _scores(pipeline: Pipeline, rows: Rows) -> np.ndarray:
    return np.asarray(on_one_thread(pipeline.predict_proba, rows.features)[:, 1], dtype=np.float64)
