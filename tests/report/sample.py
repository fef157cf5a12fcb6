"""A whole report as the chain writes it, and its variants; numbers are made up but coherent."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import Any

Report = dict[str, Any]


def rate(k: int, n: int) -> Report:
    """A rate with a rough interval (normal, cut at 0 and 1): enough for pictures and text."""
    if n == 0:
        return {"value": None, "low": 0.0, "high": 1.0, "n": 0, "k": 0, "method": "none"}
    value = k / n
    half = 1.96 * math.sqrt(max(value * (1 - value), 0.25 / n) / n)
    low, high = max(0.0, value - half), min(1.0, value + half)
    method = "Clopper-Pearson 95%"
    return {"value": value, "low": low, "high": high, "n": n, "k": k, "method": method}


def estimate(value: float, half: float, n: int) -> Report:
    """An estimate with a symmetric interval."""
    method = "bootstrap by sender, 200 resamples, 95%"
    return {"value": value, "low": value - half, "high": value + half, "n": n, "method": method}


def rule(name: str, bound: Any, value: Any, *, passed: bool | None, interval: Any = None) -> Report:
    """A rule of the verdict."""
    word = "fulfils" if passed else "misses"
    sentence = f"{name} is {value}, which {word} the bound {bound}."
    n = (interval or {}).get("n")
    return {
        "name": name,
        "bound": bound,
        "value": value,
        "interval": interval and {key: interval[key] for key in ("low", "high", "method")},
        "n": n,
        "passed": passed,
        "sentence": sentence,
    }


def verdict(report: Report) -> Report:
    """A verdict on the sample's own numbers."""
    metrics = report["metrics"]
    recall, precision, alerts = (metrics[k] for k in ("recall", "precision", "alert_rate"))
    rules = [
        rule("judged_frauds", 100, recall["n"], passed=recall["n"] >= 100),
        rule("recall", 0.9, recall["value"], passed=recall["value"] >= 0.9, interval=recall),
        rule("alert_rate", 0.05, alerts["value"], passed=alerts["value"] <= 0.05, interval=alerts),
        rule(
            "precision",
            0.1,
            precision["value"],
            passed=precision["value"] >= 0.1,
            interval=precision,
        ),
        rule("finite_numbers", 0, 0, passed=True),
        rule("describes_model", "2c26b46b" * 8, "2c26b46b" * 8, passed=True),
        rule("as_of_not_older", "2026-09-14", "2026-09-21", passed=True),
        rule("serving_latency", 50, None, passed=None),
        rule(
            "champion_non_inferior",
            -0.02,
            0.004,
            passed=True,
            interval=estimate(0.004, 0.006, 58264),
        ),
    ]
    failed = [item for item in rules if item["passed"] is False]
    decision = "refuse" if failed else "promote"
    sentence = failed[0]["sentence"] if failed else "Promoted: every rule is fulfilled."
    return {"decision": decision, "sentence": sentence, "rules": rules}


def curves(draw: random.Random) -> Report:
    """Curves of a good model."""
    points = []
    for step in range(120):
        recall = step / 119
        precision = max(0.011, 0.985 - 0.12 * recall**4 - max(0.0, recall - 0.94) * 12)
        half = 0.012 + 0.04 * (1 - recall)
        points.append(
            {
                "threshold": 1 - recall**3 * 0.98,
                "recall": recall,
                "precision": precision,
                "precision_low": max(0.0, precision - half),
                "precision_high": min(1.0, precision + half),
            }
        )
    edges = [step / 50 for step in range(51)]
    legitimate = [int(60000 * math.exp(-9 * edge)) + draw.randint(0, 3) for edge in edges[:-1]]
    fraud = [int(4 + 60 * edge**6) + draw.randint(0, 4) for edge in edges[:-1]]
    bins = []
    edges_of_bins = (0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1)
    for step, (low, high) in enumerate(pairwise(edges_of_bins)):
        n, middle = 30000 // 2**step, (low + high) / 2
        observed = rate(round(n * min(1, middle * 1.05)), n)
        bins.append(
            {
                "low": low,
                "high": high,
                "mean_predicted": middle,
                "observed": observed,
            }
        )
    weekly = [
        {
            "week": f"2026-08-{1 + 7 * week:02d}" if week < 4 else f"2026-09-{7 * week - 27:02d}",
            "recall": rate(draw.randint(88, 96), 100),
            "precision": rate(draw.randint(84, 92), 104),
            "alert_rate": rate(112, 10200),
        }
        for week in range(6)
    ]
    fprs = [(step / 60) ** 5 for step in range(61)]
    return {
        "precision_recall": points,
        "roc": [{"fpr": fpr, "tpr": min(1.0, fpr**0.012)} for fpr in fprs],
        "reliability": bins,
        "scores": {"edges": edges, "legitimate": legitimate, "fraud": fraud},
        "weekly": weekly,
    }


def slices(draw: random.Random) -> list[Report]:
    """Slices by three columns, worst recall first."""
    levels = {
        "chain": ["ETH", "BTC", "SOL", "TRX", "unknown"],
        "sender_country": ["DE", "US", "NG", "BR", "VN", "RU", "IN"],
        "amount_band": ["under 50", "50 to 500", "500 to 5,000", "over 5,000"],
        "sender": ["new", "known"],
    }
    rows = []
    for by, names in levels.items():
        for level in names:
            frauds = draw.randint(0, 160) if level != "unknown" else 0
            caught = int(frauds * draw.uniform(0.84, 0.98))
            count = draw.randint(900, 21000)
            rows.append(
                {
                    "by": by,
                    "level": level,
                    "rows": count,
                    "frauds": frauds,
                    "recall": rate(caught, frauds) if frauds else None,
                    "precision": rate(caught, caught + 9) if frauds else None,
                    "alert_rate": rate(caught + 9, count),
                }
            )
    return sorted(rows, key=lambda row: row["recall"]["value"] if row["recall"] else 2)


FEATURES = (
    "amount_usd",
    "gas_price",
    "tx_count_24h",
    "address_age_days",
    "avg_tx_value",
    "chain",
    "token_type",
    "sender_country",
)


def payments(draw: random.Random, probability: float) -> list[Report]:
    """Ten payments with values and reasons."""
    rows = []
    for index in range(10):
        amount = round(draw.lognormvariate(6, 1.2), 2)
        values = {
            "amount_usd": amount,
            "gas_price": round(draw.uniform(4, 220), 1),
            "tx_count_24h": draw.randint(1, 30),
            "address_age_days": round(draw.uniform(0, 900), 2),
            "avg_tx_value": None if index == 3 else round(amount * 0.6, 2),
            "chain": "ETH",
            "token_type": "USDT",
            "sender_country": "unknown",
        }
        reasons = [
            {
                "code": code,
                "feature": feature,
                "value": values[feature],
                "contribution": contribution,
                "percentile": percentile,
                "text": words,
            }
            for code, feature, contribution, percentile, words in (
                ("ADDRESS_AGE", "address_age_days", 1.92, 0.021, "The sending address is young."),
                ("VELOCITY", "tx_count_24h", 1.2, 0.991, "Many payments within 24 hours."),
                ("AMOUNT", "amount_usd", 0.41, 0.93, "The amount is higher than usual."),
            )
        ]
        rows.append(
            {
                "probability": max(0.001, probability - index * 0.004),
                "is_fraud": probability < 0.5 or index % 4 != 3,
                "amount": amount,
                "time": f"2026-08-{10 + index:02d}T14:0{index}:00",
                "values": values,
                "reasons": reasons,
            }
        )
    return rows


def build(recall: tuple[int, int] = (571, 612), alerts: int = 655) -> Report:
    """A promoted run of the default domain."""
    draw = random.Random(7)
    drawn = curves(draw)
    rows, frauds, caught = 58264, recall[1], recall[0]
    metrics = {
        "recall": rate(caught, frauds),
        "precision": rate(caught, alerts),
        "false_positive_rate": rate(alerts - caught, rows - frauds),
        "alert_rate": rate(alerts, rows),
        "roc_auc": estimate(0.9731, 0.0064, rows),
        "average_precision": estimate(0.9122, 0.0147, rows),
        "brier": estimate(0.00214, 0.0003, rows),
        "calibration_error": 0.00131,
        "confusion": {
            "tp": caught,
            "fp": alerts - caught,
            "fn": frauds - caught,
            "tn": rows - frauds - alerts + caught,
        },
        "classification_report": {
            "legitimate": {
                "precision": 0.9993,
                "recall": 0.9985,
                "f1-score": 0.9989,
                "support": 57652,
            },
            "fraud": {"precision": 0.8717, "recall": 0.933, "f1-score": 0.9013, "support": 612},
            "accuracy": 0.9978,
        },
    }
    families = (
        "hist_gradient_boosting extra_trees gradient_boosting random_forest adaboost "
        "logistic_regression"
    )
    report: Report = {
        "format": 1,
        "as_of": "2026-09-21T00:00:00",
        "contract": {
            "name": "crypto_gateway",
            "digest": "9f2c1b7a" * 8,
            "owner": "team:payments-risk",
            "description": "Payments through a crypto gateway, labels from chargebacks.",
            "currency": "USD",
            "maturity_days": 14.0,
        },
        "model": {
            "family": "hist_gradient_boosting",
            "parameters": {"learning_rate": 0.05, "max_depth": 5, "max_iter": 300, "seed": 0},
            "digest": "2c26b46b" * 8,
            "features": [*FEATURES[:5], "chain_ETH", "chain_BTC", "token_type_USDT"],
            "training_samples": 25200,
            "age_days": 45.0,
        },
        "data": {
            "fingerprint": "fcde2b2e" * 8,
            "rows": 231408,
            "windows": [
                {
                    "name": "fit",
                    "start": "2026-04-01",
                    "end": "2026-06-20",
                    "rows": 120411,
                    "frauds": 1204,
                },
                {
                    "name": "threshold",
                    "start": "2026-06-20",
                    "end": "2026-07-28",
                    "rows": 52733,
                    "frauds": 533,
                },
                {
                    "name": "judged",
                    "start": "2026-07-28",
                    "end": "2026-09-07",
                    "rows": rows,
                    "frauds": frauds,
                },
            ],
            "time_respected": True,
            "newest": "2026-09-20T23:58:11",
            "quarantine": {
                "rows": 1381,
                "share": 0.00597,
                "rules": {"amount_not_negative": 201, "contradicts": 1102, "implausible_time": 78},
                "frauds": {
                    "kept": 2301,
                    "quarantined": 14,
                    "share": 14 / 2315,
                    "rules": {"amount_not_negative": 2, "contradicts": 12, "implausible_time": 0},
                },
                "amount": {
                    "kept": 41_870_223.5,
                    "quarantined": 60_412.25,
                    "share": 60_412.25 / 41_930_635.75,
                    "rules": {
                        "amount_not_negative": 0.0,
                        "contradicts": 52_310.0,
                        "implausible_time": 8102.25,
                    },
                },
                "unknown_labels": {},
            },
            "drift": [
                {
                    "feature": name,
                    "psi": round(0.002 * (i + 1) ** 2, 4),
                    "reference": "champion",
                    "n": rows,
                }
                for i, name in enumerate(FEATURES)
            ],
            "weeks": [
                {"start": "2026-07-25", "rows": 9000, "frauds": 60, "unjudged": 0},
                {"start": "2026-08-01", "rows": 9100, "frauds": 40, "unjudged": 9100},
            ],
            "unseen": [
                "Payments that were blocked before they were made were never labelled.",
                "Frauds that nobody reported within 14 days count as legitimate.",
            ],
        },
        "threshold": {
            "value": 0.4127831234,
            "rule": "guarantee",
            "aim": None,
            "confidence": 0.95,
            "n": 533,
            "recall": rate(492, 533),
            "precision": rate(492, 559),
            "sentence": "Recall stays at 90 % or above with 95 % confidence.",
        },
        "metrics": metrics,
        "precision_at_k": [
            {
                "k": 100,
                "entity": "sender_address",
                "value": 0.1412,
                "low": 0.1302,
                "high": 0.1533,
                "n": 41,
                "method": "mean over days, t interval 95%",
            }
        ],
        "evidence": {
            "recall_low_exact": 0.9138,
            "recall_low_clustered": 0.9066,
            "confidence": 0.95,
            "frauds": frauds,
            "fraud_senders": 388,
            "method": "Clopper-Pearson, one-sided; clustered by sender after Korn and Graubard",
        },
        "cost": {
            "days": 41,
            "alerts_per_day": alerts / 41,
            "frauds_per_day": frauds / 41,
            "amount_caught": 1843220.55,
            "amount_missed": 83110.25,
            "share_of_amount_caught": 0.95686,
            "currency": "USD",
        },
        "curves": drawn,
        "slices": slices(draw),
        "importances": {
            "permutation": [
                {
                    "feature": name,
                    "mean": 0.21 / (i + 1) ** 1.4,
                    "low": 0.19 / (i + 1) ** 1.5,
                    "high": 0.23 / (i + 1) ** 1.3,
                    "n": 5,
                }
                for i, name in enumerate(FEATURES)
            ],
            "impurity": [
                {"feature": name, "value": 0.3 / (i + 1)} for i, name in enumerate(FEATURES)
            ],
        },
        "naive": [
            {
                "name": name,
                "split": split,
                "threshold_on": chosen,
                "recall": rate(k, 612),
                "precision": rate(k, k + wrong),
                "alert_rate": rate(k + wrong, rows),
                "roc_auc": estimate(area, 0.006, rows),
            }
            for name, split, chosen, k, wrong, area in (
                (
                    "Random split, threshold chosen on the test rows",
                    "random",
                    "test",
                    590,
                    60,
                    0.987,
                ),
                ("Time split, threshold chosen on the test rows", "time", "test", 551, 40, 0.9731),
                ("Honest: time split, threshold chosen before", "time", "before", 571, 84, 0.9731),
            )
        ],
        "examples": {"flagged": payments(draw, 0.98), "missed": payments(draw, 0.11)},
        "champion": {
            "outcome": "scored",
            "version": "fraud_detector_20260914_060112",
            "why": None,
            "average_precision": estimate(0.9081, 0.0151, rows),
            "precision_at_floor": 0.861,
            "challenger_precision_at_floor": 0.884,
            "precision_difference": estimate(0.023, 0.014, rows),
            "difference": {
                "value": 0.0041,
                "low": -0.0019,
                "high": 0.0102,
                "n": rows,
                "method": "paired bootstrap by sender 95%",
                "margin": 0.02,
            },
            "curves": {
                "precision_recall": [
                    {**point, "precision": 0.97 * point["precision"]}
                    for point in drawn["precision_recall"]
                ],
                "roc": [{"fpr": p["fpr"], "tpr": 0.97 * p["tpr"]} for p in drawn["roc"]],
            },
            "best_of_last": [
                {
                    "outcome": "scored",
                    "version": "fraud_detector_20260907_060109",
                    "why": None,
                    "average_precision": estimate(0.9101, 0.0149, rows),
                    "difference": {**estimate(0.0021, 0.007, rows), "margin": 0.02},
                },
                {
                    "outcome": "unscorable",
                    "version": "fraud_detector_20260831_060104",
                    "why": "Its contract needs the columns memo.",
                },
            ],
        },
        "search": {
            "leaderboard": [
                {
                    "family": family,
                    "auc_mean": 0.974 - 0.02 * i,
                    "auc_std": 0.004 + 0.001 * i,
                    "average_precision": 0.905 - 0.05 * i,
                    "fit_seconds": 0.52 + 6.1 * i,
                    "cost": 4.1 + 300 * i,
                    "precision_at_recall": 0.81 - 0.06 * i,
                    "n_features": 8 if i < 2 else 41,
                    "encoding": "ordinal" if i < 2 else "one-hot",
                }
                for i, family in enumerate(families.split())
            ],
            "chosen": "hist_gradient_boosting",
            "sentence": "hist_gradient_boosting has the highest mean ROC-AUC over 5 folds.",
            "settings": [
                {
                    "family": "hist_gradient_boosting",
                    "params": {"learning_rate": 0.05, "max_depth": 5, "max_iter": 300 - i},
                    "mean": 0.976 - 0.0004 * i,
                    "std": 0.004,
                    "rank": i + 1,
                }
                for i in range(81)
            ],
            "seconds": 27.8,
            "fits": 135,
            "legitimate_kept": 24080,
            "legitimate_total": 119207,
        },
        "proof": {
            "served": True,
            "p95_ms": 0.412,
            "n": 2000,
            "max_probability_difference": 2.2e-16,
            "flags_different": 0,
            "max_reason_gap": 1.3e-13,
            "error": None,
        },
        "lineage": {
            "command": "dagster asset materialize --select '*' -m fraud_assets.definitions",
            "code_version": "0.1.0+9bc1a57",
            "libraries": {"scikit-learn": "1.9.1", "pandas": "3.1.1", "numpy": "2.4.6"},
            "run_id": "6d0c36a1-0000-4000-8000-000000000000",
            "python": "3.11.7",
            "platform": "Linux x86_64",
        },
    }
    report["verdict"] = verdict(report)
    return report


def refused() -> Report:
    """A run that misses the recall by a hair and flags too many."""
    return build(recall=(5507, 6120), alerts=9000)


def insufficient() -> Report:
    """A run with too few matured frauds: nothing was judged."""
    report = build()
    for key in (
        "metrics",
        "curves",
        "slices",
        "importances",
        "naive",
        "examples",
        "cost",
        "evidence",
    ):
        report[key] = None
    report["proof"] = None
    report["champion"] = {"outcome": "none"}
    report["threshold"] = None
    sentence = "Only 41 matured frauds lie in the judged window, and the policy asks for 100."
    few = {**rule("judged_frauds", 100, 41, passed=False), "sentence": sentence}
    report["verdict"] = {"decision": "insufficient_evidence", "sentence": sentence, "rules": [few]}
    return report


def without_time() -> Report:
    """A contract without an event time: random split, no weeks, no champion."""
    report = build()
    report["data"]["time_respected"] = False
    report["data"]["newest"] = None
    for window in report["data"]["windows"]:
        window["start"] = window["end"] = None
    report["curves"]["weekly"] = []
    report["champion"] = {
        "outcome": "none",
        "version": None,
        "why": "Nothing is in production yet.",
    }
    return report


def hostile() -> Report:
    """Names and levels that try to be markup, and numbers that are none."""
    report = build()
    attack = '<script>alert("x")</script><img src="http://example.org/x.png" onerror=alert(1)>'
    report["contract"]["description"] = attack
    report["contract"]["owner"] = '"><svg onload=alert(1)>'
    report["slices"][0]["level"] = attack
    report["importances"]["permutation"][0]["feature"] = attack
    report["importances"]["permutation"][1]["mean"] = float("nan")
    report["curves"]["weekly"][0]["week"] = "</svg>" + attack
    report["curves"]["precision_recall"][3]["precision"] = float("inf")
    report["examples"]["flagged"][0]["values"] = {attack: attack}
    report["examples"]["flagged"][0]["reasons"][0]["text"] = attack
    report["metrics"]["brier"]["value"] = float("nan")
    report["verdict"]["rules"][0]["name"] = attack
    report["lineage"]["libraries"][attack] = attack
    return report


VARIANTS = {
    "promoted": build,
    "refused": refused,
    "insufficient": insufficient,
    "without_time": without_time,
    "hostile": hostile,
    "empty": dict,
}
