"""A signed store with a real model in it for the serving benchmark, and payments to send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from fraud_assets.contract import Contract, load_contract
from fraud_assets.contract.load import contract_digest
from fraud_assets.data.rows import Rows
from fraud_assets.documents.metadata import ContractIdentity, Metadata, ModelIdentity
from fraud_assets.documents.rates import Measured
from fraud_assets.documents.verdict import Verdict
from fraud_assets.modelling.pipeline import build_pipeline
from fraud_assets.modelling.tuned import dump_pipeline
from fraud_assets.scoring.making.export import export_scorer
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from fraud_assets.store.versions.trust import pickling_libraries

PARAMETERS: dict[str, dict[str, Any]] = {
    "gradient_boosting": {"n_estimators": 200, "max_depth": 5, "subsample": 0.5},
    "hist_gradient_boosting": {"max_iter": 300, "max_depth": 5},
    "random_forest": {"n_estimators": 200, "min_samples_leaf": 5, "n_jobs": 1},
    "extra_trees": {"n_estimators": 100, "min_samples_split": 10, "n_jobs": 1},
    "logistic_regression": {},
    "adaboost": {"n_estimators": 200},
}
COUNTRIES = ("US", "DE", "GB", "FR", "NG", "RU", "BR", "IN", "VN", "UA", "ID", "PH", "TR", "MX")
FLAGGED_SHARE = 0.02


def payments(n: int, seed: int) -> Rows:
    """Payments of the crypto gateway's eight features; about 3 % fraud by interactions."""
    rng = np.random.default_rng(seed)

    def pick(*levels: str) -> np.ndarray:
        return rng.choice(np.array(levels, dtype=object), n)

    frame = pd.DataFrame(
        {
            "amount_usd": rng.lognormal(4.5, 1.6, n),
            "gas_price": rng.lognormal(3, 0.7, n),
            "tx_count_24h": rng.poisson(2, n) + 1.0,
            "address_age_days": rng.exponential(200, n),
            "avg_tx_value": rng.lognormal(4.5, 1.2, n),
            "chain": pick("ETH", "BTC", "SOL", "TRX", "BSC", "MATIC"),
            "token_type": pick("NATIVE", "STABLE", "ERC20", "NFT"),
            "sender_country": pick(*COUNTRIES),
        }
    )
    risk = (
        np.log(frame["amount_usd"] / frame["avg_tx_value"])
        - np.minimum(frame["address_age_days"], 60) / 15
        + frame["tx_count_24h"] * (frame["chain"] == "TRX")
        + rng.normal(0, 0.7, n)
    )
    label = (risk > np.quantile(risk, 0.97)).astype("int8").to_numpy()
    return Rows(frame, label)


def fit(family: str, seed: int = 0) -> Pipeline:
    """The family's pipeline on 20,000 payments."""
    rows, features = payments(20_000, 10 + seed), load_contract("crypto_gateway").features
    pipeline = build_pipeline(
        family, PARAMETERS[family], features.numeric, features.categorical, seed=seed
    )
    return pipeline.fit(rows.features, rows.label)


def threshold_for(pipeline: Pipeline, rows: Rows, share: float) -> float:
    """The threshold at which `share` of `rows` is flagged."""
    scores = np.unique(pipeline.predict_proba(rows.features)[:, 1])
    at = min(max(1, round(len(scores) * (1 - share))), len(scores) - 1)
    return float((scores[at - 1] + scores[at]) / 2)


def new_store(folder: Path) -> Store:
    return Store(folder / "models", Keys(folder / "keys").ensure())


def publish(
    store: Store, pipeline: Pipeline, threshold: float, family: str, *, live: str = ""
) -> str:
    """Sign, add and promote a version; the gate's work is not what is measured here.

    `live` is more text for the contract that the version carries.
    """
    contract: Contract = load_contract("crypto_gateway")
    rows = payments(4000, 77)
    content = {
        "pipeline.joblib": dump_pipeline(pipeline),
        "report.json": b"{}",
        "report.html": b"<p>",
        "contract.toml": (contract.text + live).encode(),
        **export_scorer(pipeline, contract, rows.take(rows.label == 0), threshold, rows),
    }
    unknown = Measured(0.0, 1.0, 0, "not measured")
    metadata = Metadata(
        digest="",
        as_of="2026-11-23",
        contract=ContractIdentity(contract.name, contract_digest(contract)),
        model=ModelIdentity(family, PARAMETERS[family]),
        auc=0.0,
        average_precision=0.0,
        threshold=threshold,
        recall=None,
        recall_interval=unknown,
        precision=None,
        precision_interval=unknown,
        alert_rate=None,
        features=(),
        input_features=contract.features.names,
        training_samples=len(rows.label),
        data_fingerprint="",
        code_version="",
        libraries=pickling_libraries(),
        run_id="",
        verdict=Verdict("promote", "Not judged: what is measured is serving.", ()),
    )
    moment = datetime(2026, 11, 23, 6, 30, tzinfo=UTC) + timedelta(seconds=len(store.versions()))
    staged = store.stage(content, metadata, now=moment)
    now = store.current()
    return store.release(
        staged,
        expected=now.version if now else None,
        actor="benchmark",
        reason="measured",
        judge=lambda _: None,
    ).version
