"""Small fitted pipelines of every family, and payments to score with them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline

from fraud_assets.contract import Contract, parse_contract
from fraud_assets.contract.names import boosting_names
from fraud_assets.data.rows import Rows
from fraud_assets.families.registry import FAMILIES as KNOWN
from fraud_assets.families.registry import is_installed
from fraud_assets.modelling.pipeline import build_pipeline
from fraud_assets.modelling.preprocessing import columns_with_gaps
from fraud_assets.modelling.statistics.calibration import calibrate
from fraud_assets.scoring.making.export import export_scorer

FAMILIES: dict[str, dict[str, Any]] = {
    "logistic_regression": {},
    "random_forest": {"n_estimators": 12, "n_jobs": 1},
    "extra_trees": {"n_estimators": 12, "min_samples_split": 10},
    "gradient_boosting": {"n_estimators": 25, "max_depth": 5},
    "adaboost": {"n_estimators": 20, "max_depth": 2},
    "hist_gradient_boosting": {"max_iter": 25, "max_depth": 7},
    "boosting_and_extra_trees": {"max_iter": 25, "n_estimators": 12, "weight": 20.0},
    "lightgbm": {"n_estimators": 25, "num_leaves": 15, "min_child_samples": 5},
    "xgboost": {"n_estimators": 25, "max_depth": 5},
    "catboost": {"iterations": 25, "depth": 5},
}

NAMES = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            name in boosting_names() and not is_installed(name),
            reason=f"{name} is not installed; the extra boosting brings it",
        ),
    )
    for name in FAMILIES
]
"""For parametrize: every family, those of the extra where it is installed."""

ROUNDING = {"xgboost": 1e-5}
"""What a family's own float32 sums may differ by from tables in float64; others by 1e-12."""

CONTRACT = """
format = 1
name = "shop"
[source]
path = "none.csv"
[columns]
event_time = "at"
sender = "who"
[label]
column = "fraud"
[features]
numeric = ["amount", "age", "count"]
categorical = ["chain", "country"]
case = "upper"
[derived.count]
kind = "count"
entity = "who"
window = "24h"
include_current = true
[rules.amount_not_negative]
column = "amount"
min = 0
[reasons.amount]
code = "AMOUNT"
text = "The amount of {value} is higher than that of {percentile} of legitimate payments."
low = "The amount of {value} is lower than that of {percentile} of legitimate payments."
[reasons.chain]
code = "CHAIN"
text = "The payment came over {value}, as {percentile} of legitimate payments do."
levels = { ETH = "Ether." }
"""


@cache
def contract() -> Contract:
    return parse_contract(CONTRACT)


def payments(n: int, seed: int) -> Rows:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "amount": rng.lognormal(4, 2, n),
            "age": rng.exponential(200, n),
            "count": rng.poisson(2, n).astype(float) + 1,
            "chain": rng.choice(np.array(["ETH", "BTC", "SOL"], dtype=object), n),
            "country": rng.choice(np.array(["DE", "US", "NG", "RU"], dtype=object), n),
        }
    )
    risk = np.log(frame["amount"]) - frame["age"] / 100 + 2 * (frame["chain"] == "SOL")
    fraud = (risk + rng.normal(0, 1, n) > np.quantile(risk, 0.9)).astype("int8")
    for name in frame:
        frame.loc[rng.random(n) < 0.03, name] = np.nan
    return Rows(frame, fraud.to_numpy())


@cache
def fitted(family: str, calibrated: bool = False) -> Pipeline:
    """Its classifier also sees whether the age is missing, and gaps where it takes them.

    Amounts are scaled as if one lay far beyond the others.
    """
    rows = payments(1500, 1)
    features = contract().features
    parameters, presence = FAMILIES[family], ("age",)
    gaps = columns_with_gaps(rows.features, features.numeric)
    columns = features.numeric, features.categorical
    pipeline = build_pipeline(
        family, parameters, *columns, presence=presence, gaps=gaps, far=("amount",)
    )
    preprocessor, classifier = pipeline.named_steps.values()
    encoded = preprocessor.fit_transform(rows.features, rows.label)
    KNOWN[family].fit(classifier, encoded, rows.label)
    return calibrate(pipeline, payments(800, 2)) if calibrated else pipeline


def legitimate() -> Rows:
    rows = payments(800, 2)
    return rows.take(rows.label == 0)


def median_threshold(pipeline: Pipeline, share: float = 0.9) -> float:
    """Midway between two neighbouring scores, as the threshold rules place it."""
    scores = np.unique(pipeline.predict_proba(payments(800, 2).features)[:, 1])
    at = max(1, int(share * len(scores)))
    return float((scores[at - 1] + scores[at]) / 2)


@cache
def files(family: str, calibrated: bool = False) -> dict[str, bytes]:
    pipeline = fitted(family, calibrated)
    threshold = median_threshold(pipeline)
    return export_scorer(pipeline, contract(), legitimate(), threshold, payments(800, 2))
