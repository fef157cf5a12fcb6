"""Synthetic rows for the search's tests: interactions, categories, inseparable frauds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.rows import Rows


def make_rows(n: int, fraud_share: float = 0.05, seed: int = 0, with_time: bool = True) -> Rows:
    """`n` rows with the crypto gateway's features; about 4 % of the frauds look like anybody."""
    rng = np.random.default_rng(seed)
    label = (rng.random(n) < fraud_share).astype("int8")
    shown = (label == 1) & (rng.random(n) > 0.04)
    story = rng.integers(0, 2, n)
    cash_out, burst = shown & (story == 0), shown & (story == 1)
    amount = rng.lognormal(4, 1, n) * np.where(cash_out, 4, 1)
    age = rng.exponential(300, n) * np.where(cash_out, 0.05, 1)
    count = 1 + rng.poisson(1.5, n) + np.where(burst, rng.poisson(6, n), 0)
    gas = rng.lognormal(3, 0.5, n) * np.where(burst, 1.8, 1)
    average = amount * rng.lognormal(0, 0.3, n)
    average[rng.random(n) < 0.05] = np.nan
    levels = {"chain": 4, "token_type": 5, "sender_country": 30}
    text = {
        name: np.array([f"{name[0].upper()}{k:02d}" for k in range(count)], dtype=object)
        for name, count in levels.items()
    }
    frame = pd.DataFrame(
        {
            "amount_usd": amount,
            "gas_price": gas,
            "tx_count_24h": count.astype(float),
            "address_age_days": age,
            "avg_tx_value": average,
        }
    )
    for name, values in text.items():
        column = rng.choice(values, n)
        column[rng.random(n) < 0.03] = np.nan
        frame[name] = pd.Series(column, dtype=object)
    start = np.datetime64("2026-01-01", "us")
    time = start + (np.arange(n) * 60_000_000).astype("timedelta64[us]")
    return Rows(frame, label, time if with_time else None)


def small_contract(**search: object) -> Contract:
    """The crypto gateway's contract with its search section changed; few rows are kept."""
    search = {"legitimate_at_least": 0} | search
    contract = load_contract("crypto_gateway")
    return contract.model_copy(update={"search": contract.search.model_copy(update=search)})
