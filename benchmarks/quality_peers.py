"""The chain beside those whom a colleague would try: the same rows, cores and minutes, one run.

Our search takes the minutes asked for and FLAML the wall seconds that it took, on as many cores;
LightGBM, XGBoost and CatBoost get their defaults, and so do our own families, on every row that
ours may look back to. All are read on the judged rows, which nobody was fitted or chosen on.
Differences are paired: ours less theirs on the same draws of senders.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.quality_libraries import Floats, installed, left_out
from benchmarks.quality_measures import recall_at_false_positives
from benchmarks.quality_worlds import WORLDS, SplitSet, make_world
from fraud_assets.contract import load_contract
from fraud_assets.data.cleaning import clean
from fraud_assets.data.rows import Rows
from fraud_assets.data.transactions import read_transactions
from fraud_assets.documents.formats import to_plain
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.statistics.bootstrap import bootstrap, percentile_estimate
from fraud_assets.modelling.statistics.intervals import cluster_codes
from fraud_assets.modelling.statistics.ranking import Ranking
from fraud_assets.modelling.tuned import TunedPipeline, unpickle_unverified
from fraud_assets.modelling.tuning import tune

CONTRACTS = ("crypto_gateway", "handbook", "handbook_rich", "ulb_creditcard")
SETS = (*CONTRACTS, *WORLDS)
MEASURES = ("roc_auc", "average_precision", "precision_at_recall")
RECALL, DRAWS = 0.9, 200
MINUTES, MOST_ROWS = 2.0, 300_000
"""What our search may cost on a set, and the newest rows that all are fitted on."""

TOLERANCE = {"roc_auc": 0.002, "average_precision": 0.005}
"""By how much ours may trail the best of them beyond noise."""


def peers(
    names: tuple[str, ...] = SETS,
    *,
    minutes: float = MINUTES,
    most_rows: int = MOST_ROWS,
    workers: int | None = None,
) -> dict[str, Any]:
    """Each set's figures for ours and for every peer whose library is installed."""
    cores = len(os.sched_getaffinity(0)) if workers is None else workers
    sets = {name: _one_set(_windows(name, minutes, most_rows), cores) for name in names}
    return {
        "cores": cores,
        "minutes": minutes,
        "most_rows": most_rows,
        "tolerance": TOLERANCE,
        "left_out": left_out(),
        "sets": sets,
        "held": all_held(sets),
    }


def all_held(sets: dict[str, Any]) -> bool:
    """Whether no peer is ahead of ours by more than the tolerance beyond noise on any set."""
    return all(row["held"] for found in sets.values() for row in found["peers"])


def _windows(name: str, minutes: float, most_rows: int) -> SplitSet:
    windows = make_world(name) if name in WORLDS else _public(name)
    search = windows.contract.search.model_copy(update={"minutes": minutes})
    contract = windows.contract.model_copy(update={"search": search})
    return newest_history(replace(windows, contract=contract), most_rows)


def _public(name: str) -> SplitSet:
    contract = load_contract(name)
    cleaned = clean(read_transactions(contract), contract)
    parts = (cleaned.rows(part) for part in ("fit", "threshold", "judged"))
    return SplitSet(contract, cleaned.earlier_rows, *parts)


def newest_history(windows: SplitSet, most_rows: int) -> SplitSet:
    """The same with at most so many rows to fit on: the oldest go first."""
    surplus = len(windows.history) - most_rows
    if surplus <= 0:
        return windows
    earlier = 0 if windows.earlier is None else len(windows.earlier)
    if windows.earlier is not None and surplus < earlier:
        return replace(windows, earlier=windows.earlier.take(np.arange(surplus, earlier)))
    kept = windows.fit.take(np.arange(surplus - earlier, len(windows.fit)))
    return replace(windows, earlier=None, fit=kept)


def _one_set(windows: SplitSet, cores: int) -> dict[str, Any]:
    judged, history = windows.judged, windows.history
    started = time.perf_counter()
    tuned = _ours(windows, cores)
    seconds = time.perf_counter() - started
    ours = unpickle_unverified(tuned.payload).predict_proba(judged.features)[:, 1]
    found = {
        "rows": len(history),
        "frauds": history.frauds,
        "judged_rows": len(judged),
        "judged_frauds": judged.frauds,
        "ours": {
            "model": f"{tuned.family} {dict(tuned.parameters)}",
            "reach_days": None if tuned.reach is None else tuned.reach.days,
            "fitted_rows": tuned.training_samples,
            "seconds": round(seconds, 1),
            **_figures(ours, judged),
        },
        "peers": [],
    }
    mine = Ranking.of(ours, judged.label)
    for name, scored in installed().items():
        started = time.perf_counter()
        theirs = scored(history, judged, windows.contract, seconds)
        row = {"model": name, "seconds": round(time.perf_counter() - started, 1)}
        row |= _figures(theirs, judged)
        row["difference"] = _differences(mine, Ranking.of(theirs, judged.label), judged)
        row["held"] = all(
            row["difference"][measure]["high"] >= -allowed for measure, allowed in TOLERANCE.items()
        )
        found["peers"].append(row)
    return found


def _ours(windows: SplitSet, cores: int) -> TunedPipeline:
    """What the chain would publish, by the same two calls as the chain's."""
    fit, contract = windows.fit, windows.contract
    board = compare_candidates(fit, contract, workers=cores, earlier=windows.earlier)
    return tune(fit, windows.threshold, board, contract, workers=cores, earlier=windows.earlier)


def _figures(scores: Floats, judged: Rows) -> dict[str, Any]:
    ranking = Ranking.of(scores, judged.label)
    clusters = cluster_codes(judged.sender, len(judged))
    values = ranking.measures(RECALL)
    drawn = bootstrap(lambda w: ranking.measures(RECALL, w), clusters, 0, replicates=DRAWS)
    figures = {
        name: to_plain(percentile_estimate(values[at], drawn[:, at], judged.frauds))
        for at, name in enumerate(MEASURES)
    }
    return figures | {"recall_at_1_percent": recall_at_false_positives(scores, judged.label)}


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
