"""ULB on the Fraud Dataset Benchmark's time split (arXiv 2208.14417), beside its figures.

The model is chosen on the training part alone: each of three later stretches of it is scored by
fits on all that lies before. The test part is scored by plain defaults and by the one chosen.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from benchmarks.public_data import raw_rows
from benchmarks.quality_measures import cost, mean_ranking, recall_at_false_positives
from benchmarks.quality_settings import ULB_DEFAULTS, family_scores
from fraud_assets.contract import Contract
from fraud_assets.data.columns import LABEL

TRAIN_SHARE = 0.8
VALIDATION_CUTS = (0.4, 0.6, 0.8, 1.0)
"""Shares of the training part at which its three validation stretches begin and end."""

BEST_PUBLISHED = {"roc_auc": 0.992, "recall_at_1_percent": 0.88}
AIM_AUC, AIM_RECALL = 0.988, 0.88

Scores = np.ndarray[Any, np.dtype[np.float64]]


def ulb() -> dict[str, Any]:
    """Counts, validation table, defaults and the chosen setting on the test part."""
    contract, rows = raw_rows("ulb_creditcard")
    columns = list(contract.features.names)
    cut = int(len(rows) * TRAIN_SHARE)
    train, test = rows.iloc[:cut], rows.iloc[cut:]
    result: dict[str, Any] = {"counts": _counts(train, test), "best_published": BEST_PUBLISHED}
    with cost(result):
        result["tried"] = tried = _validated(train, contract)
        best = max(tried, key=lambda row: row["roc_auc"] + row["recall_at_1_percent"])
        result["chosen"] = best["model"]
        label = _label(train)
        result["defaults"] = [
            _tested(plain.name, plain.scores(train[columns], label, test[columns]), test)
            for plain in ULB_DEFAULTS
        ]
        scores = family_scores(train, test, contract)[best["model"]]
        result["best"] = judged = _tested(best["model"], scores, test)
    result["held"] = (
        judged["roc_auc"]["value"] >= AIM_AUC
        and judged["recall_at_1_percent"]["value"] >= AIM_RECALL
    )
    result["aim"] = f"ROC-AUC >= {AIM_AUC}, recall at 1 % false positives >= {AIM_RECALL}"
    return result


def _counts(train: pd.DataFrame, test: pd.DataFrame) -> dict[str, int]:
    return {
        "train_rows": len(train),
        "train_frauds": int(train[LABEL].sum()),
        "test_rows": len(test),
        "test_frauds": int(test[LABEL].sum()),
    }


def _validated(train: pd.DataFrame, contract: Contract) -> list[dict[str, Any]]:
    cuts = [int(len(train) * share) for share in VALIDATION_CUTS]
    parts = [(train.iloc[:low], train.iloc[low:high]) for low, high in pairwise(cuts)]
    scores = [family_scores(*part, contract) for part in parts]
    labels = [_label(later) for _, later in parts]
    return [{"model": name, **_means(labels, [of[name] for of in scores])} for name in scores[0]]


def _means(labels: list[np.ndarray], scores: list[Scores]) -> dict[str, float]:
    pairs = list(zip(labels, scores, strict=True))
    recalls = [recall_at_false_positives(values, label)["value"] for label, values in pairs]
    areas = [roc_auc_score(label, values) for label, values in pairs]
    return {
        "roc_auc": round(float(np.mean(areas)), 6),
        "recall_at_1_percent": round(float(np.mean(recalls)), 6),
    }


def _tested(name: str, scores: Scores, test: pd.DataFrame) -> dict[str, Any]:
    label = _label(test)
    ranked = mean_ranking([(scores, label, np.arange(len(label)))])
    recall = recall_at_false_positives(scores, label)
    return {"model": name, **ranked, "recall_at_1_percent": recall}


def _label(rows: pd.DataFrame) -> np.ndarray:
    label: np.ndarray = rows[LABEL].to_numpy(dtype=np.int8)
    return label
