"""The handbook beside its published figures: defaults on one fold, then four prequential folds.

The model and how many days it is fitted on are chosen on the validation folds alone, whose labels
were all known when the first test fold begins; the test folds are then scored once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.handbook import ENTITY, TEST_WEEKS, VALIDATION_WEEKS, Fold, fold, judge
from benchmarks.public_data import feature_rows
from benchmarks.quality_measures import cost, mean_ranking
from benchmarks.quality_settings import HANDBOOK_DEFAULTS, family_scores
from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.columns import LABEL

HISTORY_FROM = "2018-05-20"
"""First rows emitted: 28 training days before the first validation fold's last one."""

DAYS = (7, 14, 28)
"""Training days that are tried, all of which end on the same day; the handbook has 7."""

PUBLISHED_COUNTS = {
    "train_rows": 67_240,
    "train_frauds": 598,
    "test_rows": 58_264,
    "test_frauds": 385,
}
PUBLISHED_DEFAULTS = {
    "logistic regression": (0.871, 0.606, 0.291),
    "random forest": (0.867, 0.658, 0.287),
}
MEASURES = ("roc_auc", "average_precision", "card_precision_100")
BEST_PUBLISHED = {"roc_auc": 0.879, "average_precision": 0.687, "card_precision_100": 0.305}
TOLERANCE = 0.01
AIMS = {"roc_auc": 0.882, "average_precision": 0.719}

Scores = np.ndarray[Any, np.dtype[np.float64]]


def rich_rows() -> tuple[pd.DataFrame, float]:
    """Rows with the features of both contracts, and the seconds that reading them took."""
    spent: dict[str, Any] = {}
    with cost(spent):
        _, rows = feature_rows("handbook_rich", HISTORY_FROM)
    return rows, spent["seconds"]


def defaults(rows: pd.DataFrame) -> dict[str, Any]:
    """scikit-learn's defaults on the fifteen published features, first fold."""
    result: dict[str, Any] = {"published_counts": PUBLISHED_COUNTS, "models": []}
    names = list(load_contract("handbook").features.names)
    week = fold(rows, TEST_WEEKS[0])
    result["counts"] = week.counts
    with cost(result):
        for setting in HANDBOOK_DEFAULTS:
            label = week.train[LABEL].to_numpy(dtype=np.int8)
            scores = setting.scores(week.train[names], label, week.test[names])
            measured = judge(week.test, scores)
            published = dict(zip(MEASURES, PUBLISHED_DEFAULTS[setting.name], strict=True))
            within = all(abs(measured[key] - published[key]) <= TOLERANCE for key in MEASURES)
            result["models"].append(
                {"model": setting.name, **measured, "published": published, "within": within}
            )
    held = all(model["within"] for model in result["models"])
    result["held"] = held and result["counts"] == PUBLISHED_COUNTS
    return result


def prequential(rows: pd.DataFrame) -> dict[str, Any]:
    """Choose model and days on four validation folds, judge once on the four published ones."""
    contract = load_contract("handbook_rich")
    result: dict[str, Any] = {
        "features": len(contract.features.names),
        "best_published": BEST_PUBLISHED,
    }
    with cost(result):
        result["tried"] = tried = _validated(rows, contract)
        best = max(tried, key=lambda row: row["average_precision"])
        result["chosen"], result["days"] = best["model"], best["days"]
        result["test"] = _tested(rows, contract, best["model"], best["days"])
    result["held"] = all(result["test"][key]["value"] >= least for key, least in AIMS.items())
    result["aim"] = "means: " + ", ".join(f"{key} >= {least}" for key, least in AIMS.items())
    return result


def other_histories(rows: pd.DataFrame, chosen: str, days: int) -> dict[str, Any]:
    """The chosen model again, fitted on the other numbers of days."""
    contract, result = load_contract("handbook_rich"), dict[str, Any]()
    others = [other for other in DAYS if other != days]
    with cost(result):
        result["test"] = {str(other): _tested(rows, contract, chosen, other) for other in others}
    return result


def _validated(rows: pd.DataFrame, contract: Contract) -> list[dict[str, Any]]:
    """Mean figures of every model and number of days on the validation folds."""
    tried = []
    for days in DAYS:
        folds = [fold(rows, start, days) for start in VALIDATION_WEEKS]
        scores = [family_scores(week.train, week.test, contract) for week in folds]
        tried += [
            {"model": name, "days": days, **_means(folds, [of[name] for of in scores])}
            for name in scores[0]
        ]
    return tried


def _means(folds: list[Fold], scores: list[Scores]) -> dict[str, float]:
    judged = [judge(week.test, values) for week, values in zip(folds, scores, strict=True)]
    return {key: round(float(np.mean([row[key] for row in judged])), 6) for key in MEASURES}


def _tested(rows: pd.DataFrame, contract: Contract, chosen: str, days: int) -> dict[str, Any]:
    folds = [fold(rows, start, days) for start in TEST_WEEKS]
    scores = [family_scores(week.train, week.test, contract)[chosen] for week in folds]
    ranked = [
        (values, week.test[LABEL].to_numpy(dtype=np.int8), week.test[ENTITY].to_numpy())
        for week, values in zip(folds, scores, strict=True)
    ]
    by_fold = [judge(week.test, values) for week, values in zip(folds, scores, strict=True)]
    card = float(np.mean([row["card_precision_100"] for row in by_fold]))
    return {**mean_ranking(ranked), "card_precision_100": {"value": card}, "folds": by_fold}
