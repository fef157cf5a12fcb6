"""The article's GridSearchCV against this project's search: same rows, folds and cores, one run.

    python -m benchmarks.search             10,000 shipped and 100,000 simulated rows
    python -m benchmarks.search --quick     estimates the slow side at 10,000 rows too
    python -m benchmarks.search --large     1,000,000 simulated rows at 0.2 % fraud

Prints a table and writes benchmarks/out/search.json (search-large.json). The slow side runs all
its 405 fits at 10,000 rows (a quarter of an hour on two quiet cores); at 100,000 its time is
estimated from a drawn part of its fits, whose number and interval are told.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import ParameterGrid

from benchmarks.search_data import shipped, simulated
from benchmarks.search_large import measure_large, print_large
from benchmarks.search_sides import (
    Clocks,
    article_grid,
    article_pipeline,
    article_search,
    clocked,
    estimate_article,
    our_search,
)
from fraud_assets.contract import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.formats import to_plain
from fraud_assets.families.family import decision
from fraud_assets.modelling.fitting import fit_uncalibrated
from fraud_assets.modelling.search.folds import Fold, make_folds
from fraud_assets.modelling.statistics.comparison import compare_models

OUT = Path(__file__).parent / "out"
REPEATS = 3
ESTIMATED_FITS = 10
SIMULATED_FRAUD_RATE = 0.0105


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="estimate the slow side everywhere")
    parser.add_argument("--large", action="store_true", help="only the million rows")
    parser.add_argument("--seed", type=int, default=12, help="of the million rows' world")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    if arguments.large:
        found = measure_large(arguments.workers, arguments.seed)
        print_large(found)
        (OUT / "search-large.json").write_text(json.dumps(found, indent=2))
        return
    found = measure(arguments.workers, arguments.quick)
    for part in found["parts"]:
        print_part(part)
    (OUT / "search.json").write_text(json.dumps(found, indent=2))


def measure(workers: int, quick: bool) -> dict[str, Any]:
    """Both sizes; `load` tells whether others used the machine meanwhile."""
    contract, rows, later = shipped(10_000)
    load = [os.getloadavg()[0]]
    parts = [_part("shipped", rows, contract, workers, None if quick else later)]
    made = simulated(100_000, SIMULATED_FRAUD_RATE, seed=11)
    parts.append(_part("simulated", made, contract, workers, None))
    load.append(os.getloadavg()[0])
    return {"workers": workers, "load_before_and_after": load, "parts": parts}


def _part(
    name: str, rows: Rows, contract: Contract, workers: int, later: Rows | None
) -> dict[str, Any]:
    """One size: our search `REPEATS` times, the slow side whole where `later` rows judge it."""
    folds = make_folds(rows, contract.search.folds, contract.search.seed)
    runs = [clocked(lambda: our_search(rows, folds, contract, workers))]
    print(f"{name}, {len(rows):,} rows: ours {runs[0][1].wall:.1f} s", flush=True)
    slow, quality = _slow(rows, folds, contract, workers=workers, ours=runs[0][0], later=later)
    print(f"{name}, {len(rows):,} rows: the article's {slow['wall']:.0f} s", flush=True)
    runs += [
        clocked(lambda: our_search(rows, folds, contract, workers)) for _ in range(REPEATS - 1)
    ]
    ours = [clocks for _, clocks in runs]
    return {
        "name": name,
        "rows": len(rows),
        "frauds": rows.frauds,
        "folds": len(folds),
        "settings": len(ParameterGrid(article_grid())),
        "our_settings": {
            part.family: len(part.params) + len(part.dropped) for part in runs[0][0].searched
        },
        "our_fits": sum(part.fits for part in runs[0][0].searched),
        "ours": [asdict(clocks) for clocks in ours],
        "article": slow,
        "ratio_wall": _ratio(slow, ours, "wall"),
        "ratio_cpu": _ratio(slow, ours, "cpu"),
        "quality": quality,
    }


def _slow(
    rows: Rows,
    folds: list[Fold],
    contract: Contract,
    *,
    workers: int,
    ours: Any,
    later: Rows | None,
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    if later is None:
        wall, cpu = estimate_article(rows, folds, contract, workers=workers, fits=ESTIMATED_FITS)
        told = {"wall": wall.value, "cpu": cpu.value, "estimated": True}
        return told | {"wall_estimate": asdict(wall), "cpu_estimate": asdict(cpu)}, None
    search, clocks = clocked(lambda: article_search(rows, folds, contract, workers))
    quality = _quality(rows, later, contract, ours, search)
    return asdict(clocks) | {
        "estimated": False,
        "fits": len(folds) * len(search.cv_results_["params"]),
    }, quality


def _quality(rows: Rows, later: Rows, contract: Contract, ours: Any, theirs: Any) -> dict[str, Any]:
    """Best mean CV ROC-AUC of both, and both best settings fitted and judged on later rows."""
    mine = fit_uncalibrated(ours.family.name, ours.params, rows, contract)
    slow = article_pipeline(contract).set_params(**theirs.best_params_)
    slow.fit(rows.features, rows.label)
    scores = [decision(model, later.features) for model in (mine, slow)]
    difference = compare_models(later, scores[0], scores[1], floor=0.9, margin=0.02).difference
    return {
        "best_cv_auc": {
            "ours": {part.family: float(part.mean.max()) for part in ours.searched},
            "article": float(theirs.best_score_),
        },
        "chosen": ours.family.name,
        "best_params": {"ours": ours.params, "article": theirs.best_params_},
        "later_rows": len(later),
        "later_auc": _both(roc_auc_score, later.label, scores),
        "later_average_precision": _both(average_precision_score, later.label, scores),
        "average_precision_difference": to_plain(difference),
    }


def _both(metric: Any, label: np.ndarray, scores: list[np.ndarray]) -> dict[str, float]:
    return {k: float(metric(label, s)) for k, s in zip(("ours", "article"), scores, strict=True)}


def _ratio(slow: dict[str, Any], ours: list[Clocks], clock: str) -> dict[str, float]:
    """Slow over our median run; the spread from our runs and the slow side's interval."""
    mine = sorted(getattr(clocks, clock) for clocks in ours)
    ends = slow.get(f"{clock}_estimate", {"low": slow[clock], "high": slow[clock]})
    return {
        "value": slow[clock] / float(np.median(mine)),
        "low": ends["low"] / mine[-1],
        "high": ends["high"] / mine[0],
    }


def print_part(part: dict[str, Any]) -> None:
    """One size as lines."""
    print(f"\n{part['rows']:,} {part['name']} rows, {part['frauds']} frauds, {part['folds']} folds")
    slow, fits = part["article"], part["folds"] * part["settings"]
    how = (
        f"estimated from {slow['wall_estimate']['fits']} of {fits} fits"
        if slow["estimated"]
        else f"all {fits} fits"
    )
    print(
        f"  the article's GridSearchCV  {slow['wall']:9.1f} s wall {slow['cpu']:9.1f} s cpu  {how}"
    )
    for clocks in part["ours"]:
        print(
            f"  this search                 {clocks['wall']:9.1f} s wall {clocks['cpu']:9.1f} s cpu"
            f"  {part['our_fits']} fits, {clocks['largest_mib']:.0f} MiB"
        )
    for clock in ("wall", "cpu"):
        ratio = part[f"ratio_{clock}"]
        print(
            f"  ratio, {clock:4s} {ratio['value']:6.1f} ({ratio['low']:.1f} to {ratio['high']:.1f})"
        )
    if part["quality"]:
        print(json.dumps(part["quality"], indent=2))


if __name__ == "__main__":
    main()
