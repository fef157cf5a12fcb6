"""Reports whose numbers follow from each other, for tests of what reads them."""

from __future__ import annotations

from typing import Any

from fraud_assets.documents.formats import to_plain
from fraud_assets.modelling.intervals import lower_bound, rate

EXPECTED = {"model_digest": "m" * 64, "data_fingerprint": "d" * 64, "contract_digest": "c" * 64}
PRODUCTION = {"version": "fraud_detector_20260101_000000", "as_of": "2026-06-01"}
PROOF = {
    "served": True,
    "p95_ms": 0.2,
    "n": 1000,
    "max_probability_difference": 2e-15,
    "flags_different": 0,
    "max_reason_gap": 1e-14,
    "error": None,
}


def estimate(value: float, half: float = 0.01) -> dict[str, Any]:
    return {"value": value, "low": value - half, "high": value + half, "n": 500, "method": "test"}


def scored_champion(difference: float = 0.0, half: float = 0.01) -> dict[str, Any]:
    version = PRODUCTION["version"]
    return {
        "outcome": "scored",
        "version": version,
        "why": None,
        "average_precision": estimate(0.9),
        "difference": estimate(difference, half) | {"margin": 0.02},
        "best_of_last": [],
    }


def make_report(tp: int = 470, fp: int = 30, fn: int = 30, tn: int = 49_470) -> dict[str, Any]:
    """A report of the given confusion matrix that passes every rule at its defaults."""
    frauds = tp + fn
    low = lower_bound(tp, frauds)
    return {
        "format": 1,
        "as_of": "2026-06-01",
        "contract": {"name": "test", "digest": EXPECTED["contract_digest"]},
        "model": {"family": "test", "digest": EXPECTED["model_digest"]},
        "data": {
            "fingerprint": EXPECTED["data_fingerprint"],
            "windows": [{"name": "judged", "rows": tp + fp + fn + tn, "frauds": frauds}],
            "quarantine": {
                "rows": 10,
                "share": 0.001,
                "rules": {"amount_not_negative": 10},
                "frauds": {"kept": 999, "quarantined": 1, "share": 0.001, "rules": {}},
                "amount": {"kept": 999.0, "quarantined": 1.0, "share": 0.001, "rules": {}},
                "unknown_labels": {},
            },
        },
        "threshold": {"value": 0.4},
        "metrics": {
            "recall": to_plain(rate(tp, frauds)),
            "precision": to_plain(rate(tp, tp + fp)),
            "alert_rate": to_plain(rate(tp + fp, tp + fp + fn + tn)),
            "false_positive_rate": to_plain(rate(fp, fp + tn)),
            "roc_auc": estimate(0.96),
            "average_precision": estimate(0.9),
            "brier": estimate(0.01, 0.001),
            "confusion": {"tp": tp, "fp": fp, "fn": fn, "tn": tn},
        },
        "evidence": {
            "recall_low_exact": low,
            "recall_low_clustered": low * 0.99,
            "confidence": 0.95,
            "frauds": frauds,
            "fraud_senders": max(1, frauds // 5),
        },
        "champion": {"outcome": "none"},
        "leaks": {
            "found": [],
            "checked": {},
            "shared": {
                "judged": 0,
                "of_judged": tp + fp + fn + tn,
                "judged_frauds": 0,
                "of_judged_frauds": frauds,
                "under_new_ids": 0,
            },
            "repeated": [],
        },
    }
