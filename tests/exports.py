"""Small exports as teams really have them, for tests of what comes in: payments and contracts."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.transactions import RawTransactions, read_transactions

NOW = datetime(2026, 1, 1)

TOML = """
format = 1
name = "team"
[source]
path = "in"
[columns]
id = "payment_id"
event_time = "paid_at"
sender = "customer_id"
amount = "amount"
{columns}
[label]
column = "is_fraud"
positive = {positive}
negative = {negative}
{known_at}
maturity_days = 14
[features]
numeric = [{numeric}]
categorical = [{categorical}]
[windows]
by = "frauds"
fit_frauds = 60
threshold_frauds = 30
judged_frauds = 30
stale_after_days = 90
[policy]
min_judged_frauds = 20
[search]
families = ["logistic_regression"]
folds = 2
{more}
"""
DEFAULTS = {
    "columns": "",
    "positive": "[1]",
    "negative": "[0]",
    "known_at": 'known_at = "reported_at"',
    "numeric": '"amount", "account_age"',
    "categorical": '"country"',
    "more": "",
}


def payments(n: int = 3000, seed: int = 1, fraud_rate: float = 0.05) -> pd.DataFrame:
    """Twenty weeks of payments whose features tell something of fraud, none of them all."""
    rng = np.random.default_rng(seed)
    seconds = np.sort(rng.uniform(0, 20 * 604_800, n)).round()
    at = pd.Series(pd.Timestamp("2025-01-06") + pd.to_timedelta(seconds, unit="s"))
    fraud = (rng.random(n) < fraud_rate).astype(int)
    reported = at + pd.to_timedelta((rng.uniform(1, 12, n) * 86_400).round(), unit="s")
    return pd.DataFrame(
        {
            "payment_id": [f"P{i:06d}" for i in range(n)],
            "paid_at": at.dt.as_unit("s"),
            "customer_id": rng.integers(0, n // 6, n) + 1001,
            "amount": rng.lognormal(np.where(fraud, 4.5, 3.5), 0.7).round(2),
            "account_age": rng.exponential(np.where(fraud, 60.0, 200.0)).round(2),
            "country": np.where(
                fraud, rng.choice(["DE", "FR", "NG"], n), rng.choice(["DE", "FR", "GB", "NG"], n)
            ),
            "is_fraud": fraud,
            "reported_at": reported.where(fraud == 1).dt.as_unit("s"),
        }
    )


def export(folder: Path, files: dict[str, pd.DataFrame], **said: str) -> Contract:
    """Write the files in their order under `in/` and a contract; `said` replaces its parts."""
    (folder / "in").mkdir(parents=True, exist_ok=True)
    for name, frame in files.items():
        frame.to_csv(folder / "in" / f"{name}.csv", index=False)
    (folder / "contract.toml").write_text(TOML.format(**DEFAULTS | said), encoding="utf-8")
    return load_contract(folder / "contract.toml")


def read(contract: Contract, as_of: str | None = None) -> RawTransactions:
    return read_transactions(contract, as_of, now=NOW)


def shared_case(name: str, folder: Path) -> Contract:
    """One of the cases that lie beside the repository; the test is skipped where they do not."""
    beside = Path(__file__).parents[2] / "shared" / "cases"
    maker = Path(os.environ.get("FRAUD_ASSETS_CASES") or beside) / "make_cases.py"
    if not maker.is_file():
        pytest.skip(f"The shared cases do not lie at {maker}.")
    subprocess.run([sys.executable, str(maker), str(folder)], check=True)
    return load_contract(folder / name / "contract.toml")
