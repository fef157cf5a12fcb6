"""The chain beside those whom a colleague would try: the same rows, cores and minutes, one run.

Our search takes the minutes asked for and FLAML the wall seconds that it took, on as many cores;
LightGBM, XGBoost and CatBoost get their defaults, and so do our own families, on every row that
ours may look back to. All are read on the judged rows, which nobody was fitted or chosen on.
Differences are paired: ours less theirs on the same draws of senders.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality_kept import Floats, JudgedSide, keep, kept, set_key
from benchmarks.quality_libraries import PEERS, SEARCHES, installed, left_out, title
from benchmarks.quality_measures import recall_at_false_positives
from benchmarks.quality_worlds import WORLDS, SplitSet, make_world
from benchmarks.search_sides import clocked
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
OURS = "ours"
SIDES = (OURS, *PEERS)
MEASURES = ("roc_auc", "average_precision", "precision_at_recall")
RECALL, DRAWS = 0.9, 200
MINUTES, MOST_ROWS = 2.0, 300_000
"""What our search may cost on a set, and the newest rows that all are fitted on."""

TOLERANCE = {"roc_auc": 0.002, "average_precision": 0.005}
"""By how much ours may trail a plain fit beyond noise."""

KEPT = Path(__file__).parent / "out" / "quality_sides"


def peers(
    names: tuple[str, ...] = SETS,
    *,
    minutes: float = MINUTES,
    most_rows: int = MOST_ROWS,
    workers: int | None = None,
    sides: tuple[str, ...] | None = None,
    folder: Path = KEPT,
) -> dict[str, Any]:
    """Each set's figures for ours and for every peer whose library is installed.

    With `sides` these alone run, and what others said in an earlier run on the same rows is read
    again from `folder`.
    """
    cores = len(os.sched_getaffinity(0)) if workers is None else workers
    found = {
        name: _one_set(_windows(name, minutes, most_rows), cores, sides, folder / name)
        for name in names
    }
    return {
        "cores": cores,
        "minutes": minutes,
        "most_rows": most_rows,
        "tolerance": TOLERANCE,
        "left_out": left_out(),
        "sets": found,
        "held": all_held(found),
    }


def all_held(sets: dict[str, Any]) -> bool:
    """Whether no peer is ahead of ours by more than the tolerance beyond noise on any set."""
    return all(row["held"] for found in sets.values() for row in found["peers"])


def missed(name: str, difference: dict[str, Any]) -> list[str]:
    """Measures in which a peer is ahead beyond noise, a plain fit by more than the tolerance.

    `difference` are intervals of ours less its own.
    """
    allowed = dict.fromkeys(MEASURES, 0.0) if name == SEARCHES else TOLERANCE
    return [key for key, most in allowed.items() if difference[key]["high"] < -most]


def _windows(name: str, minutes: float, most_rows: int) -> SplitSet:
    windows = make_world(name) if name in WORLDS else _public(name)
    return newest_history(windows.within(minutes), most_rows)


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


def _one_set(
    windows: SplitSet, cores: int, sides: tuple[str, ...] | None, folder: Path
) -> dict[str, Any]:
    judged, history = windows.judged, windows.history
    ran = _judged_sides(windows, cores, sides, folder)
    ours = ran.pop(OURS, None)
    if ours is None:
        raise SystemExit(f"No scores of ours are kept in {folder}: let the side 'ours' run first.")
    mine = Ranking.of(ours.scores, judged.label)
    found = {
        "rows": len(history),
        "frauds": history.frauds,
        "judged_rows": len(judged),
        "judged_frauds": judged.frauds,
        "ours": _told(ours, judged),
        "peers": [],
    }
    for name, side in ran.items():
        difference = _differences(mine, Ranking.of(side.scores, judged.label), judged)
        behind = missed(name, difference)
        row = {"model": title(name), **_told(side, judged), "difference": difference}
        found["peers"].append(row | {"behind": behind, "held": not behind})
    return found


def _judged_sides(
    windows: SplitSet, cores: int, sides: tuple[str, ...] | None, folder: Path
) -> dict[str, JudgedSide]:
    """Ours and every peer that runs or is kept, in the table's order."""
    judged, history = windows.judged, windows.history
    key, found = set_key(history, judged), {}
    for name in (OURS, *installed()):
        if sides is not None and name not in sides:
            side = kept(folder, name, key)
        elif name == OURS:
            side = _ours(windows, cores)
        else:
            scored, seconds = installed()[name], found[OURS].seconds
            given = history, judged, windows.contract, seconds
            scores, clocks = clocked(partial(scored, *given))
            side = JudgedSide(name, scores, clocks.wall, clocks.cpu)
        if side is not None:
            found[name] = side
            keep(folder, side, key)
    return found


def _ours(windows: SplitSet, cores: int) -> JudgedSide:
    """What the chain would publish, by the same two calls as the chain's."""
    fit, contract, earlier = windows.fit, windows.contract, windows.earlier

    def tuned() -> TunedPipeline:
        board = compare_candidates(fit, contract, workers=cores, earlier=earlier)
        return tune(fit, windows.threshold, board, contract, workers=cores, earlier=earlier)

    made, clocks = clocked(tuned)
    scores = unpickle_unverified(made.payload).predict_proba(windows.judged.features)[:, 1]
    about = {
        "model": f"{made.family} {dict(made.parameters)}",
        "reach_days": None if made.reach is None else made.reach.days,
        "fitted_rows": made.training_samples,
        "bytes": len(made.payload),
        "minutes": contract.search.minutes,
        "why": None if made.search is None else made.search.sentence,
    }
    return JudgedSide(OURS, scores, clocks.wall, clocks.cpu, about)


def _told(side: JudgedSide, judged: Rows) -> dict[str, Any]:
    took = {"seconds": round(side.seconds, 1), "cpu_seconds": round(side.cpu_seconds, 1)}
    return {**side.about, **took, **_figures(side.scores, judged)}


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
