"""candidate_models: every family with its defaults on the same folds, as a leaderboard."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.pipeline import Pipeline

from fraud_assets.contract.schema import Contract
from fraud_assets.data.provenance.made import Made
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.search import LeaderboardRow
from fraud_assets.families.family import Family
from fraud_assets.families.registry import FAMILIES, find_families
from fraud_assets.modelling.folds import EncodedFold, encode_folds, make_folds
from fraud_assets.modelling.sampling import Sample, sample_as_declared
from fraud_assets.modelling.work import Ticker, run_tasks

TIMED_ROWS, TIMED_SECONDS, TIMED_LEAST = 50, 1.5, 20
"""Single-row predictions behind a candidate's p95: fewer where they take long."""


@dataclass(frozen=True)
class Leaderboard:
    """Candidates on the same folds, best mean ROC-AUC first."""

    candidates: tuple[LeaderboardRow, ...]
    rows: int
    frauds: int
    legitimate_kept: int
    legitimate_total: int
    seconds: float
    made: Made | None = None


@dataclass(frozen=True)
class _Trial:
    family: str
    auc: float
    average_precision: float
    fit_seconds: float
    p95_ms: float | None
    n_features: int


def compare_candidates(
    fit: Rows,
    contract: Contract,
    *,
    workers: int = 1,
    progress: Callable[[str], None] | None = None,
) -> Leaderboard:
    """Fit each family of the contract with its defaults on folds in time order.

    Raises
    ------
    ContractError
        If the contract names a family that does not exist.
    InsufficientEvidenceError
        If a fold would lack frauds or legitimate rows.
    """
    started = time.monotonic()
    families = find_families(contract.search.families)
    sample = sample_as_declared(fit, contract.search)
    tasks = _tasks(sample, families, contract)
    ticker = Ticker("Candidates", len(tasks), progress)
    trials = run_tasks(_try, tasks, workers, lambda trial: ticker.tick(trial.auc))
    candidates = [_summary(f, [t for t in trials if t.family == f.name]) for f in families]
    return Leaderboard(
        candidates=tuple(sorted(candidates, key=lambda c: -c.auc_mean)),
        rows=len(sample.rows),
        frauds=sample.rows.frauds,
        legitimate_kept=sample.legitimate_kept,
        legitimate_total=sample.legitimate_total,
        seconds=time.monotonic() - started,
    )


def _tasks(sample: Sample, families: list[Family], contract: Contract) -> list[tuple[Any, ...]]:
    search = contract.search
    columns = contract.features.numeric, contract.features.categorical
    folds = make_folds(sample.rows, search.folds, search.seed)
    encoded = {
        encoding: encode_folds(sample.rows, sample.weights, folds, columns, encoding)
        for encoding in dict.fromkeys(family.encoding for family in families)
    }
    timed = sample.rows.features.iloc[folds[-1][1]][:TIMED_ROWS]
    # The last fold trains on most rows: begun first, no worker ends alone with it.
    return [
        (
            family.name,
            encoded[family.encoding][k],
            search.seed,
            timed if k + 1 == len(folds) else None,
        )
        for k in reversed(range(len(folds)))
        for family in sorted(families, key=lambda f: -f.serving_rank)
    ]


def _try(name: str, fold: EncodedFold, seed: int, timed: pd.DataFrame | None) -> _Trial:
    family = FAMILIES[name]
    classifier = family.build(family.defaults, seed)
    started = time.perf_counter()
    classifier.fit(fold.train, fold.train_label)
    seconds = time.perf_counter() - started
    scores = family.margin(classifier, fold.valid)
    pipeline = Pipeline([("preprocessor", fold.preprocessor), ("classifier", classifier)])
    precision = average_precision_score(fold.valid_label, scores, sample_weight=fold.valid_weight)
    return _Trial(
        family=name,
        auc=float(roc_auc_score(fold.valid_label, scores)),
        average_precision=float(precision),
        fit_seconds=seconds,
        p95_ms=None if timed is None else _p95_ms(pipeline, timed),
        n_features=fold.train.shape[1],
    )


def _p95_ms(pipeline: Pipeline, rows: pd.DataFrame) -> float:
    pipeline.predict_proba(rows.iloc[:1])
    seconds: list[float] = []
    for index in range(len(rows)):
        if index >= TIMED_LEAST and sum(seconds) > TIMED_SECONDS:
            break
        started = time.perf_counter()
        pipeline.predict_proba(rows.iloc[index : index + 1])
        seconds.append(time.perf_counter() - started)
    return float(np.quantile(seconds, 0.95) * 1000)


def _summary(family: Family, latest_first: list[_Trial]) -> LeaderboardRow:
    trials = latest_first[::-1]
    auc = [trial.auc for trial in trials]
    return LeaderboardRow(
        family=family.name,
        parameters=dict(family.defaults),
        fold_auc=tuple(auc),
        auc_mean=float(np.mean(auc)),
        auc_std=float(np.std(auc)),
        average_precision=float(np.mean([trial.average_precision for trial in trials])),
        fit_seconds=float(np.mean([trial.fit_seconds for trial in trials])),
        p95_ms=next(trial.p95_ms for trial in latest_first if trial.p95_ms is not None),
        encoding=family.encoding,
        n_features=trials[-1].n_features,
    )
