"""tuned_pipeline: choose the family, search its grid, refit, calibrate, freeze the threshold."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from sklearn.pipeline import Pipeline

from fraud_assets.contract.schema import Contract
from fraud_assets.modelling.calibration import calibrate
from fraud_assets.modelling.candidates import Leaderboard
from fraud_assets.modelling.families import build_pipeline
from fraud_assets.modelling.preprocessing import encoded_names
from fraud_assets.modelling.rows import Rows
from fraud_assets.modelling.sampling import sample_as_declared
from fraud_assets.modelling.thresholds import choose_threshold
from fraud_assets.modelling.tuned import TunedPipeline, clean_trees, dump_pipeline, sha256
from fraud_assets.modelling.winner import Search, find_winner
from fraud_assets.modelling.work import on_one_thread


def tune(
    fit: Rows,
    threshold_rows: Rows,
    leaderboard: Leaderboard,
    contract: Contract,
    *,
    workers: int = 1,
    progress: Callable[[str], None] | None = None,
    family: str | None = None,
) -> TunedPipeline:
    """Search the grid of `family`, or those that `find_winner` says, and fit what is published.

    The same rows, contract and code give the same bytes, whatever the number of workers.

    Raises
    ------
    ContractError
        If `family` is not known.
    InsufficientEvidenceError
        If frauds are too few for the folds, the calibration or the threshold rule.
    """
    started = time.monotonic()
    sample = sample_as_declared(fit, contract.search)
    winner = find_winner(Search(sample, contract, workers, progress), leaderboard, family)
    name, params = winner.family.name, winner.params
    pipeline = fit_pipeline(name, params, sample.rows, threshold_rows, contract)
    payload = dump_pipeline(pipeline)
    scores = on_one_thread(pipeline.predict_proba, threshold_rows.features)[:, 1]
    columns = contract.features.numeric, contract.features.categorical
    return TunedPipeline(
        payload=payload,
        digest=sha256(payload),
        family=name,
        parameters=dict(params),
        threshold=choose_threshold(
            scores, threshold_rows.label, contract.policy, threshold_rows.sender
        ),
        features=encoded_names(pipeline.named_steps["preprocessor"], *columns),
        training_samples=len(sample.rows),
        search={
            "leaderboard": leaderboard.as_records(),
            "chosen": name,
            "sentence": winner.sentence,
            "settings": [record for part in winner.searched for record in part.as_records()],
            "seconds": leaderboard.seconds + time.monotonic() - started,
            "fits": sum(part.fits for part in winner.searched),
            "legitimate_kept": sample.legitimate_kept,
            "legitimate_total": sample.legitimate_total,
        },
    )


def fit_pipeline(
    family: str, params: Mapping[str, Any], rows: Rows, calibration: Rows, contract: Contract
) -> Pipeline:
    """Fit on `rows` and calibrate on `calibration`, on one thread, ready to be pickled."""
    columns = contract.features.numeric, contract.features.categorical
    pipeline = build_pipeline(family, params, *columns, seed=contract.search.seed)
    on_one_thread(pipeline.fit, rows.features, rows.label)
    clean_trees(pipeline.named_steps["classifier"])
    return on_one_thread(calibrate, pipeline, calibration)
