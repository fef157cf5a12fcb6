"""What the report shows beyond the rates: importances, drift, the naive way, single payments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.data import Profile
from fraud_assets.documents.report.explained import Importances, NaiveEvaluation
from fraud_assets.modelling.drift import drift, profile
from fraud_assets.modelling.fitting import fit_uncalibrated
from fraud_assets.modelling.importances import importances
from fraud_assets.modelling.naive import naive_comparison
from fraud_assets.modelling.tuned import unpickle_unverified
from fraud_assets.modelling.work import run_tasks
from fraud_assets.release.case import Case
from fraud_assets.scoring.scorer import Scorer, load_scorer

SHOWN = 10


def explanation(case: Case, workers: int = 1) -> dict[str, Any]:
    """Sections `importances` and `naive` of report.json, the same for any number of workers."""
    naive, found = run_tasks(_section, [(_naive, case), (_importances, case)], workers)
    return {"importances": found, "naive": naive}


def _section(make: Callable[[Case], Any], case: Case) -> Any:
    return make(case)


def _importances(case: Case) -> Importances:
    return importances(unpickle_unverified(case.tuned.payload), case.cleaned.rows("judged"))


def _naive(case: Case) -> tuple[NaiveEvaluation, ...]:
    contract, tuned, cleaned = case.contract, case.tuned, case.cleaned
    return naive_comparison(
        cleaned.rows("fit"),
        cleaned.rows("threshold"),
        cleaned.rows("judged"),
        lambda rows: fit_uncalibrated(tuned.family, tuned.parameters, rows, contract),
        contract.policy,
        seed=contract.search.seed,
    )


def drift_of(case: Case, champion: Profile | None) -> dict[str, Any]:
    """`data.drift` and `data.profile`: the judged rows against the champion's by effect size.

    `champion` is the profile that the champion's report kept; without one the week's own fitted
    rows stand in.
    """
    fit, judged = case.cleaned.rows("fit"), case.cleaned.rows("judged")
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
