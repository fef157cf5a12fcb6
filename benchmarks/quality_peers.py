"""The chain beside those whom a colleague would try: the same rows, cores and minutes, one run.

FLAML gets the wall seconds that our search took, on as many cores; LightGBM, XGBoost and CatBoost
get their defaults, and so do two of our own families, on every row that ours may look back to.
All are read on the judged rows, which nobody was fitted or chosen on. Differences are paired:
ours less theirs on the same draws of senders.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.cleaning import clean
from fraud_assets.data.rows import Rows
from fraud_assets.data.transactions import read_transactions
from fraud_assets.documents.formats import to_plain
from fraud_assets.modelling.pipeline import build_pipeline
from fraud_assets.modelling.preprocessing import columns_of_many_levels
from fraud_assets.modelling.reach import joined_rows
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.statistics.bootstrap import bootstrap, percentile_estimate
from fraud_assets.modelling.statistics.intervals import cluster_codes
from fraud_assets.modelling.statistics.ranking import Ranking
from fraud_assets.modelling.tuned import unpickle_unverified
from fraud_assets.modelling.tuning import tune

SETS = ("crypto_gateway", "handbook_rich", "ulb_creditcard")
MEASURES = ("roc_auc", "average_precision", "precision_at_recall")
RECALL, DRAWS = 0.9, 200
OWN = ("hist_gradient_boosting", "extra_trees")
"""Families of ours that are fitted whole with their defaults: what a plain fit reaches."""

TOLERANCE = {"roc_auc": 0.002, "average_precision": 0.005}
"""By how much ours may trail the best of them beyond noise."""

Floats = np.ndarray[Any, np.dtype[np.float64]]
Scored = Callable[[Rows, Rows, Contract, float], Floats]


def peers(names: tuple[str, ...] = SETS, workers: int | None = None) -> dict[str, Any]:
    """Each set's figures for ours and for every peer whose library is installed."""
    cores = len(os.sched_getaffinity(0)) if workers is None else workers
    sets = {name: _one_set(load_contract(name), cores) for name in names}
    held = all(row["held"] for found in sets.values() for row in found["peers"])
    return {"cores": cores, "tolerance": TOLERANCE, "sets": sets, "held": held}


def _one_set(contract: Contract, cores: int) -> dict[str, Any]:
    cleaned = clean(read_transactions(contract), contract)
    fit, judged = cleaned.rows("fit"), cleaned.rows("judged")
    everything = joined_rows(cleaned.earlier_rows, fit)
    started = time.perf_counter()
    board = compare_candidates(fit, contract, workers=cores)
    tuned = tune(
        fit,
        cleaned.rows("threshold"),
        board,
        contract,
        workers=cores,
        earlier=cleaned.earlier_rows,
    )
    seconds = time.perf_counter() - started
    ours = unpickle_unverified(tuned.payload).predict_proba(judged.features)[:, 1]
    mine = Ranking.of(ours, judged.label)
    found = {
        "rows": len(everything),
        "frauds": everything.frauds,
        "judged_rows": len(judged),
        "judged_frauds": judged.frauds,
        "ours": {
            "model": f"{tuned.family} {dict(tuned.parameters)}",
            "reach_days": None if tuned.reach is None else tuned.reach.days,
            "seconds": round(seconds, 1),
            **_figures(mine, judged),
        },
        "peers": [],
    }
    for name, scored in _installed().items():
        started = time.perf_counter()
        theirs = scored(everything, judged, contract, seconds)
        row = {"model": name, "seconds": round(time.perf_counter() - started, 1)}
        ranking = Ranking.of(theirs, judged.label)
        row |= _figures(ranking, judged) | {"difference": _differences(mine, ranking, judged)}
        row["held"] = all(
            row["difference"][measure]["high"] >= -allowed for measure, allowed in TOLERANCE.items()
        )
        found["peers"].append(row)
    return found


def _figures(ranking: Ranking, judged: Rows) -> dict[str, Any]:
    clusters = cluster_codes(judged.sender, len(judged))
    values = ranking.measures(RECALL)
    drawn = bootstrap(lambda w: ranking.measures(RECALL, w), clusters, 0, replicates=DRAWS)
    return {
        name: to_plain(percentile_estimate(values[at], drawn[:, at], judged.frauds))
        for at, name in enumerate(MEASURES)
    }


def _differences(mine: Ranking, theirs: Ranking, judged: Rows) -> dict[str, Any]:
    def gap(weights: np.ndarray | None = None) -> tuple[float, ...]:
        both = mine.measures(RECALL, weights), theirs.measures(RECALL, weights)
        return tuple(a - b for a, b in zip(*both, strict=True))

    clusters = cluster_codes(judged.sender, len(judged))
    drawn, values = bootstrap(gap, clusters, 0, replicates=DRAWS), gap()
    return {
        name: to_plain(percentile_estimate(values[at], drawn[:, at], judged.frauds))
        for at, name in enumerate(MEASURES)
    }


def _installed() -> dict[str, Scored]:
    libraries = {"flaml": _flaml, "lightgbm": _lightgbm, "xgboost": _xgboost, "catboost": _catboost}
    found: dict[str, Scored] = {
        f"{name}, {'as many seconds' if name == 'flaml' else 'defaults'}": scored
        for name, scored in libraries.items()
        if importlib.util.find_spec(name) is not None
    }
    return found | {f"{name}, defaults, all rows": _own(name) for name in OWN}


def _own(name: str) -> Scored:
    def scored(rows: Rows, judged: Rows, contract: Contract, seconds: float) -> Floats:  # noqa: ARG001
        features = contract.features
        pipeline = build_pipeline(
            name,
            {},
            features.numeric,
            features.categorical,
            many=columns_of_many_levels(rows.features, features.categorical),
        )
        pipeline.fit(rows.features, rows.label)
        return np.asarray(pipeline.predict_proba(judged.features)[:, 1])

    return scored


def _native(rows: Rows, judged: Rows, contract: Contract) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both frames with texts as pandas categories of the fitted rows' levels."""
    before, later = rows.features.copy(), judged.features.copy()
    for name in contract.features.categorical:
        kind = pd.CategoricalDtype(sorted(before[name].dropna().unique()))
        before[name], later[name] = before[name].astype(kind), later[name].astype(kind)
    return before, later


def _flaml(rows: Rows, judged: Rows, contract: Contract, seconds: float) -> Floats:
    from flaml import AutoML  # noqa: PLC0415  # a peer, not a dependency

    before, later = _native(rows, judged, contract)
    search = AutoML()
    search.fit(
        before,
        rows.label,
        task="classification",
        metric="ap",
        time_budget=seconds,
        n_jobs=len(os.sched_getaffinity(0)),
        split_type=None if rows.time is None else "time",
        eval_method="holdout",
        seed=0,
        verbose=0,
    )
    return np.asarray(search.predict_proba(later)[:, 1], dtype=np.float64)


def _lightgbm(rows: Rows, judged: Rows, contract: Contract, seconds: float) -> Floats:  # noqa: ARG001
    from lightgbm import LGBMClassifier  # noqa: PLC0415

    before, later = _native(rows, judged, contract)
    model = LGBMClassifier(random_state=0, verbose=-1).fit(before, rows.label)
    return np.asarray(model.predict_proba(later)[:, 1], dtype=np.float64)


def _xgboost(rows: Rows, judged: Rows, contract: Contract, seconds: float) -> Floats:  # noqa: ARG001
    from xgboost import XGBClassifier  # noqa: PLC0415

    before, later = _native(rows, judged, contract)
    model = XGBClassifier(random_state=0, enable_categorical=True).fit(before, rows.label)
    return np.asarray(model.predict_proba(later)[:, 1], dtype=np.float64)


def _catboost(rows: Rows, judged: Rows, contract: Contract, seconds: float) -> Floats:  # noqa: ARG001
    from catboost import CatBoostClassifier  # noqa: PLC0415

    texts = list(contract.features.categorical)
    before, later = (
        part.features.assign(**{name: part.features[name].fillna("unknown") for name in texts})
        for part in (rows, judged)
    )
    model = CatBoostClassifier(
        random_seed=0, verbose=False, cat_features=texts, allow_writing_files=False
    )
    return np.asarray(model.fit(before, rows.label).predict_proba(later)[:, 1], dtype=np.float64)
