"""What the report shows beyond the rates: importances, drift, the naive way, single payments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.modelling.drift import drift, profile
from fraud_assets.modelling.fitting import fit_uncalibrated
from fraud_assets.modelling.importances import importances
from fraud_assets.modelling.naive import naive_comparison
from fraud_assets.modelling.rows import Rows, to_rows
from fraud_assets.modelling.tuned import TunedPipeline, load_pipeline
from fraud_assets.modelling.work import run_tasks
from fraud_assets.scoring.scorer import Scorer, load_scorer

SHOWN = 10


def explanation(
    cleaned: CleanedFeatures, tuned: TunedPipeline, contract: Contract, workers: int = 1
) -> dict[str, Any]:
    """Sections `importances` and `naive` of report.json, the same for any number of workers."""
    names = contract.features.names
    fit, middle, judged = (
        to_rows(cleaned.window(name), names) for name in ("fit", "threshold", "judged")
    )
    tasks = [(_naive, tuned, contract, fit, middle, judged), (_importances, tuned, judged)]
    naive, found = run_tasks(_section, tasks, workers)
    return {"importances": found, "naive": naive}


def _section(make: Callable[..., Any], *arguments: Any) -> Any:
    return make(*arguments)


def _importances(tuned: TunedPipeline, judged: Rows) -> dict[str, Any]:
    return importances(load_pipeline(tuned.payload), judged)


def _naive(
    tuned: TunedPipeline, contract: Contract, fit: Rows, middle: Rows, judged: Rows
) -> list[dict[str, Any]]:
    return naive_comparison(
        fit,
        middle,
        judged,
        lambda rows: fit_uncalibrated(tuned.family, tuned.parameters, rows, contract),
        contract.policy,
        seed=contract.search.seed,
    )


def drift_of(
    cleaned: CleanedFeatures, contract: Contract, champion: Mapping[str, Any] | None
) -> dict[str, Any]:
    """`data.drift` and `data.profile`: the judged rows against the champion's by effect size.

    `champion` is the profile that the champion's report kept; without one the week's own fitted
    rows stand in.
    """
    names = contract.features.names
    fit, judged = (to_rows(cleaned.window(name), names) for name in ("fit", "judged"))
    found = drift(fit, judged) if champion is None else drift(champion, judged, "champion's rows")
    return {"drift": found, "profile": profile(fit)}


def examples(
    service: Mapping[str, bytes], judged: Rows, scores: np.ndarray, threshold: float
) -> dict[str, Any]:
    """Section `examples`: the highest scored alerts and the costliest missed frauds, explained."""
    try:
        scorer = load_scorer(service)
    except Exception as error:  # noqa: BLE001 - a winner without tables has no reasons to show
        return {"flagged": [], "missed": [], "why": str(error)}
    flagged = np.flatnonzero(scores >= threshold)
    missed = np.flatnonzero((scores < threshold) & (judged.label == 1))
    cost = scores if judged.amount is None else np.nan_to_num(judged.amount)
    return {
        "flagged": _explained(scorer, judged, scores, flagged[np.argsort(-scores[flagged])]),
        "missed": _explained(scorer, judged, scores, missed[np.argsort(-cost[missed])]),
    }


def _explained(
    scorer: Scorer, judged: Rows, scores: np.ndarray, order: np.ndarray
) -> list[dict[str, Any]]:
    shown = []
    for i in order[:SHOWN]:
        values = _values(judged.features.iloc[int(i)])
        flagged = bool(scores[i] >= scorer.threshold)
        shown.append(
            {
                "probability": float(scores[i]),
                "is_fraud": bool(judged.label[i]),
                "amount": None if judged.amount is None else float(judged.amount[i]),
                "values": values,
                "reasons": msgspec.to_builtins(scorer.reasons(values, flagged)),
            }
        )
    return shown


def _values(row: pd.Series) -> dict[str, Any]:
    return {str(name): None if pd.isna(value) else value for name, value in row.items()}
