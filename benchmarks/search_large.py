"""A million rows at 0.2 % fraud: time, memory, ranks and calibration of the sampled search."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from joblib.externals.loky import get_reusable_executor
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.pipeline import Pipeline

from benchmarks.search_data import newest, simulated
from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.formats import to_plain
from fraud_assets.modelling.fitting import fit_uncalibrated
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.statistics.calibration import calibrate
from fraud_assets.modelling.statistics.curves import calibration_error, reliability
from fraud_assets.modelling.tuned import unpickle_unverified
from fraud_assets.modelling.tuning import tune
from fraud_assets.work.threads import on_one_thread

FIT, THRESHOLD, LATER = 1_000_000, 300_000, 700_000
SMALL, FRAUD_RATE = 100_000, 0.002
DRAWS = 200


def measure_large(workers: int, seed: int) -> dict[str, Any]:
    """Fit on a million rows and on the newest 100,000, judge all on the same later rows.

    The 100,000 by what wins there and, where that is another family, by the million's too. Beside
    them the setting chosen, on all million rows without sampling, as it is and calibrated as ours.
    """
    started = time.monotonic()
    rows = simulated(FIT + THRESHOLD + LATER, FRAUD_RATE, seed)
    print(f"{len(rows):,} rows made in {time.monotonic() - started:.0f} s", flush=True)
    later, rest = newest(rows, LATER), rows.take(np.arange(len(rows) - LATER))
    threshold, fit = newest(rest, THRESHOLD), rest.take(np.arange(len(rest) - THRESHOLD))
    contract = load_contract("crypto_gateway")
    Path("/proc/self/clear_refs").write_text("5")  # Linux: forgets the peak of making the rows
    large, mine = _run(fit, threshold, later, contract, workers=workers)
    newer = newest(fit, SMALL)
    smaller = [_run(newer, threshold, later, contract, workers=workers)]
    if smaller[0][0]["family"] != large["family"]:
        family = large["family"]
        smaller.append(_run(newer, threshold, later, contract, workers=workers, family=family))
    unsampled = _unsampled(fit, threshold, later, large, contract)
    return {
        "workers": workers,
        "seed": seed,
        "later_rows": len(later),
        "later_frauds": later.frauds,
        "runs": [large, *(told for told, _ in smaller)],
        "auc_differences": [
            _difference(roc_auc_score, mine, scores, later.label) for _, scores in smaller
        ],
        "unsampled": {name: _judged(scores, later) for name, scores in unsampled.items()},
        "calibration_error_differences": {
            name: _difference(_error, mine, scores, later.label)
            for name, scores in unsampled.items()
        },
    }


def _run(
    fit: Rows,
    threshold: Rows,
    later: Rows,
    contract: Contract,
    *,
    workers: int,
    family: str | None = None,
) -> tuple[dict[str, Any], np.ndarray]:
    """What the run took and found, and its scores of the later rows."""
    started = time.monotonic()
    board = compare_candidates(fit, contract, workers=workers, progress=print)
    compared = time.monotonic() - started
    tuned = tune(fit, threshold, board, contract, workers=workers, progress=print, family=family)
    seconds = time.monotonic() - started
    told = {
        "rows": len(fit),
        "frauds": fit.frauds,
        "training_samples": tuned.training_samples,
        "family": tuned.family,
        "parameters": tuned.parameters,
        "candidates_seconds": compared,
        "seconds": seconds,
        "peak_mib": _peak_mib(workers),
        "leaderboard": to_plain(board.candidates),
    }
    scores = _scores(unpickle_unverified(tuned.payload), later)
    return told | _judged(scores, later), scores


def _unsampled(
    fit: Rows, threshold: Rows, later: Rows, chosen: Mapping[str, Any], contract: Contract
) -> dict[str, np.ndarray]:
    every = len(fit)  # legitimate rows for each fraud: more than there are
    section = contract.search.model_copy(update={"legitimate_per_fraud": every})
    everything = contract.model_copy(update={"search": section})
    plain = fit_uncalibrated(chosen["family"], chosen["parameters"], fit, everything)
    return {
        "as it is": _scores(plain, later),
        "calibrated as ours": _scores(on_one_thread(calibrate, plain, threshold), later),
    }


def _judged(scores: np.ndarray, later: Rows) -> dict[str, float]:
    return {
        "auc": float(roc_auc_score(later.label, scores)),
        "average_precision": float(average_precision_score(later.label, scores)),
        "calibration_error": _error(later.label, scores),
        "mean_probability": float(scores.mean()),
        "fraud_share": float(later.label.mean()),
    }


def _scores(pipeline: Pipeline, later: Rows) -> np.ndarray:
    return np.asarray(pipeline.predict_proba(later.features)[:, 1])


def _error(label: np.ndarray, scores: np.ndarray) -> float:
    return float(calibration_error(reliability(scores, label)))


def _difference(
    measure: Callable[[np.ndarray, np.ndarray], float],
    mine: np.ndarray,
    other: np.ndarray,
    label: np.ndarray,
) -> dict[str, float]:
    """The measure of `mine` less that of `other`, 95 % bootstrap over rows."""
    rng, n = np.random.default_rng(0), len(label)

    def gap(at: np.ndarray) -> float:
        return float(measure(label[at], mine[at]) - measure(label[at], other[at]))

    drawn = [gap(rng.integers(0, n, n)) for _ in range(DRAWS)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {"value": gap(np.arange(n)), "low": float(low), "high": float(high), "n": n}


def _peak_mib(workers: int) -> float:
    """Upper bound: this process's peak since the rows were made, and each worker's the largest."""
    get_reusable_executor().shutdown(wait=True)  # workers count once they have ended
    status = Path("/proc/self/status").read_text()
    own = int(status.split("VmHWM:")[1].split()[0])
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (own + workers * worker) / 1024


def print_large(found: dict[str, Any]) -> None:
    """The runs as lines."""
    for run in found["runs"]:
        print(
            f"{run['rows']:,} rows ({run['frauds']} frauds, {run['training_samples']:,} fitted): "
            f"{run['seconds']:.0f} s, at most {run['peak_mib']:.0f} MiB, {run['family']}, "
            f"ROC-AUC {run['auc']:.4f}, AP {run['average_precision']:.4f}, "
            f"calibration error {run['calibration_error']:.6f}"
        )
    for run, difference in zip(found["runs"][1:], found["auc_differences"], strict=True):
        print(
            f"ROC-AUC of the million less that of {run['rows']:,} by {run['family']}: "
            f"{difference['value']:.4f} ({difference['low']:.4f} to {difference['high']:.4f})"
        )
    for name, plain in found["unsampled"].items():
        difference = found["calibration_error_differences"][name]
        print(
            f"without sampling, {name}: ROC-AUC {plain['auc']:.4f}, AP "
            f"{plain['average_precision']:.4f}, calibration error "
            f"{plain['calibration_error']:.6f}; the sampled one's less it: "
            f"{difference['value']:.6f} ({difference['low']:.6f} to {difference['high']:.6f})"
        )
