"""Payments as teams export them, and what is drafted from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract, parse_contract
from fraud_assets.draft import FirstLook, contract_text, take_first_look

ROWS = 1_200
FRAUDS = 48


def frauds() -> np.ndarray:
    """Which of the made payments are frauds (n,): every 25th."""
    return np.arange(ROWS) % 25 == 3


def payments(drop: tuple[str, ...] = (), **columns: Any) -> pd.DataFrame:
    """Payments of half a year by 150 customers, and whatever else is given."""
    r = np.random.default_rng(7)
    fraud = frauds()
    at = pd.Timestamp("2025-01-06 00:10:05") + pd.to_timedelta(
        np.sort(r.uniform(0, 26 * 604_800, ROWS)).round(), unit="s"
    )
    frame = {
        "payment_id": [f"P{i:07d}" for i in range(ROWS)],
        "paid_at": at.as_unit("s"),
        "customer_id": r.integers(0, 150, ROWS) + 1001,
        "amount": r.lognormal(3.5 + 0.8 * fraud, 0.7).round(2),
        "country": r.choice(["DE", "FR", "GB"], ROWS),
        "is_fraud": fraud.astype(int),
    }
    kept = {name: values for name, values in frame.items() if name not in drop}
    return pd.DataFrame(kept | columns)


def write(frame: pd.DataFrame, folder: Path, name: str = "payments.csv", **options: Any) -> Path:
    """The frame as a file of that name."""
    file = folder / name
    if file.suffix == ".parquet":
        frame.to_parquet(file)
    else:
        frame.to_csv(file, index=False, **options)
    return file


def looked(
    frame: pd.DataFrame, folder: Path, name: str = "payments.csv", **options: Any
) -> FirstLook:
    """What a look at the frame as a file finds."""
    return take_first_look(str(write(frame, folder, name, **options)), folder)


def contract_of(found: FirstLook, folder: Path) -> Contract:
    """The drafted contract, which must hold."""
    return parse_contract(contract_text(found), base=folder)


def asked(found: FirstLook, key: str) -> str:
    """All that is asked about a setting; empty where nothing is."""
    return " ".join(question.text for question in found.questions if question.key == key)
