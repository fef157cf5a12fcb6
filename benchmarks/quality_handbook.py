"""The handbook beside its published figures: defaults on one fold, then four prequential folds.

Selection reads the validation folds alone, whose labels were all known when the first test
fold begins; the test folds are then scored once, by the setting chosen.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.handbook import ENTITY, TEST_WEEKS, VALIDATION_WEEKS, Fold, fold, judge
from benchmarks.public_data import feature_rows
from benchmarks.quality_measures import cost, mean_ranking
from benchmarks.quality_settings import (
    HANDBOOK_BLENDS,
    HANDBOOK_DEFAULTS,
    HANDBOOK_SINGLE,
    Blend,
    Setting,
    blended,
)
from fraud_assets.contract import load_contract
from fraud_assets.data.columns import LABEL

HISTORY_FROM = "2018-05-20"
"""First rows emitted: 35 training days before the first test fold's and all validation folds."""

MORE_DAYS = (14, 28)
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
TOLERANCE, AIM = 0.01, 0.705

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
    names = load_contract("handbook").features.names
    week = fold(rows, TEST_WEEKS[0])
    result["counts"] = week.counts
    with cost(result):
        for setting in HANDBOOK_DEFAULTS:
            measured = judge(week.test, _scores(setting, week, names))
            published = dict(zip(MEASURES, PUBLISHED_DEFAULTS[setting.name], strict=True))
            within = all(abs(measured[key] - published[key]) <= TOLERANCE for key in MEASURES)
            result["models"].append(
                {"model": setting.name, **measured, "published": published, "within": within}
            )
    held = all(model["within"] for model in result["models"])
    result["held"] = held and result["counts"] == PUBLISHED_COUNTS
    return result


def prequential(rows: pd.DataFrame) -> dict[str, Any]:
    """Choose on four validation folds, judge once on the four published test folds."""
    names = load_contract("handbook_rich").features.names
    result: dict[str, Any] = {"features": len(names), "best_published": BEST_PUBLISHED}
    with cost(result):
        result["tried"] = tried = _validated(rows, names)
        best = max(tried, key=lambda row: row["average_precision"])
        chosen = next(s for s in (*HANDBOOK_SINGLE, *HANDBOOK_BLENDS) if s.name == best["model"])
        result["chosen"] = chosen.name
        result["test"] = _tested(rows, names, chosen, 7)
    result["held"] = result["test"]["average_precision"]["value"] >= AIM
    result["aim"] = f"mean average precision >= {AIM}"
    return result


def longer_history(rows: pd.DataFrame, chosen: str) -> dict[str, Any]:
    """The chosen setting again, trained on more days that end on the same day."""
    names = load_contract("handbook_rich").features.names
    setting = next(s for s in (*HANDBOOK_SINGLE, *HANDBOOK_BLENDS) if s.name == chosen)
    result: dict[str, Any] = {}
    with cost(result):
        result["test"] = {str(days): _tested(rows, names, setting, days) for days in MORE_DAYS}
    return result


def _validated(rows: pd.DataFrame, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Mean figures of every setting on the validation folds; blends reuse their parts."""
    folds = [fold(rows, start) for start in VALIDATION_WEEKS]
    scores = {s.name: [_scores(s, week, names) for week in folds] for s in HANDBOOK_SINGLE}
    for blend in HANDBOOK_BLENDS:
        parts = zip(*(scores[part.name] for part in blend.parts), strict=True)
        scores[blend.name] = [blended(list(part)) for part in parts]
    return [{"model": name, **_means(folds, values)} for name, values in scores.items()]


def _means(folds: list[Fold], scores: list[Scores]) -> dict[str, float]:
    judged = [judge(week.test, values) for week, values in zip(folds, scores, strict=True)]
    return {key: round(float(np.mean([row[key] for row in judged])), 6) for key in MEASURES}


def _tested(
    rows: pd.DataFrame, names: tuple[str, ...], setting: Setting | Blend, days: int
) -> dict[str, Any]:
    folds = [fold(rows, start, days) for start in TEST_WEEKS]
    scores = [_scores(setting, week, names) for week in folds]
    ranked = [
        (values, week.test[LABEL].to_numpy(dtype=np.int8), week.test[ENTITY].to_numpy())
        for week, values in zip(folds, scores, strict=True)
    ]
    by_fold = [judge(week.test, values) for week, values in zip(folds, scores, strict=True)]
    card = float(np.mean([row["card_precision_100"] for row in by_fold]))
    return {**mean_ranking(ranked), "card_precision_100": {"value": card}, "folds": by_fold}


def _scores(setting: Setting | Blend, week: Fold, names: tuple[str, ...]) -> Scores:
    columns = list(names)
    label = week.train[LABEL].to_numpy(dtype=np.int8)
    return setting.scores(week.train[columns], label, week.test[columns])
