"""candidate_models: every family with its defaults on the same folds, as a leaderboard."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from fraud_assets.contract.schema import Contract
from fraud_assets.data.provenance.made import Made
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.search import LeaderboardRow
from fraud_assets.families.cost import serving_cost
from fraud_assets.families.family import Family
from fraud_assets.families.registry import FAMILIES, find_families
from fraud_assets.modelling.preprocessing import columns_of_many_levels
from fraud_assets.modelling.search.budget import sample_to_search
from fraud_assets.modelling.search.folds import EncodedFold, Fold, encode_folds, make_folds
from fraud_assets.modelling.search.sampling import Sample
from fraud_assets.modelling.search.validation import Validation
from fraud_assets.modelling.search.work import Ticker, run_tasks


@dataclass(frozen=True)
class Leaderboard:
    """Candidates on the same folds, best mean ROC-AUC first.

    `scores` are each family's margins on the validation rows, fold after fold, (n,) float32.
    """

    candidates: tuple[LeaderboardRow, ...]
    rows: int
    frauds: int
    legitimate_kept: int
    legitimate_total: int
    seconds: float
    scores: Mapping[str, np.ndarray]
    made: Made | None = None


@dataclass(frozen=True)
class _Trial:
    family: str
    fold: int
    scores: np.ndarray
    auc: float
    fit_seconds: float
    cost: float | None
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
    sample = sample_to_search(fit, contract)
    folds = make_folds(sample.rows, contract.search.folds, contract.search.seed)
    validation = Validation.of(sample, folds, contract.policy.min_recall)
    tasks = _tasks(sample, folds, families, contract)
    ticker = Ticker("Candidates", len(tasks), progress)
    trials = run_tasks(_try, tasks, workers, lambda trial: ticker.tick(trial.auc))
    by_family = {f.name: _in_time(f, trials) for f in families}
    candidates = [_summary(f, by_family[f.name], validation) for f in families]
    return Leaderboard(
        candidates=tuple(sorted(candidates, key=lambda c: -c.auc_mean)),
        rows=len(sample.rows),
        frauds=sample.rows.frauds,
        legitimate_kept=sample.legitimate_kept,
        legitimate_total=sample.legitimate_total,
        seconds=time.monotonic() - started,
        scores={name: np.concatenate([t.scores for t in of]) for name, of in by_family.items()},
    )


def _tasks(
    sample: Sample, folds: list[Fold], families: list[Family], contract: Contract
) -> list[tuple[Any, ...]]:
    columns = contract.features.numeric, contract.features.categorical
    many = columns_of_many_levels(sample.rows.features, contract.features.categorical)
    encoded = {
        encoding: encode_folds(sample.rows, folds, columns, encoding, many)
        for encoding in dict.fromkeys(family.encoding for family in families)
    }
    # The last fold trains on most rows: begun first, no worker ends alone with it.
    return [
        (family.name, k, encoded[family.encoding][k], contract.search.seed, k + 1 == len(folds))
        for k in reversed(range(len(folds)))
        for family in families
    ]


def _try(name: str, k: int, fold: EncodedFold, seed: int, is_last: bool) -> _Trial:
    family = FAMILIES[name]
    classifier = family.build(family.defaults, seed)
    started = time.perf_counter()
    family.fit(classifier, fold.train, fold.train_label)
    seconds = time.perf_counter() - started
    scores = family.margin(classifier, fold.valid)
    cost = serving_cost(family, classifier) if is_last else None
    return _Trial(
        family=name,
        fold=k,
        scores=scores.astype(np.float32),
        auc=float(roc_auc_score(fold.valid_label, scores)),
        fit_seconds=seconds,
        cost=None if cost is None or math.isinf(cost) else cost,
        n_features=fold.train.shape[1],
    )


def _in_time(family: Family, trials: list[_Trial]) -> list[_Trial]:
    return sorted((t for t in trials if t.family == family.name), key=lambda t: t.fold)


def _summary(family: Family, trials: list[_Trial], validation: Validation) -> LeaderboardRow:
    auc = [trial.auc for trial in trials]
    measures = validation.measures([trial.scores for trial in trials])
    return LeaderboardRow(
        family=family.name,
        parameters=dict(family.defaults),
        fold_auc=tuple(auc),
        auc_mean=float(np.mean(auc)),
        auc_std=float(np.std(auc)),
        average_precision=float(measures[1]),
        precision_at_recall=float(measures[2]),
        fit_seconds=float(np.mean([trial.fit_seconds for trial in trials])),
        cost=trials[-1].cost,
        encoding=family.encoding,
        n_features=trials[-1].n_features,
    )
