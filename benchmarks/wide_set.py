"""The wide and large set: 120 columns, half of all cells missing, texts of over 5,000 levels.

Four stories of fraud show in three numbers of their own each, of which half are missing, so one
fraud in six shows in none: the contract lets through what flags many payments.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

NUMBERS, FEW, MANY = 100, 17, (5_200, 8_000, 12_000)
FRAUD_SHARE, MISSING = 0.02, 0.5


def write_set(folder: Path, rows: int, seed: int = 0) -> Path:
    """Parquet files of a month each and the contract beside them; the contract's path."""
    rng = np.random.default_rng(seed)
    fraud = rng.random(rows) < FRAUD_SHARE
    columns: dict[str, Any] = {"id": np.arange(rows).astype(str)}
    span = np.timedelta64(364 * 86_400, "s") * (np.arange(rows) / rows)
    columns["at"] = np.datetime64("2025-01-01", "us") + span.astype("timedelta64[us]")
    columns["is_fraud"] = fraud.astype("int8")
    columns["known_at"] = columns["at"] + np.timedelta64(3, "D")
    columns["sender"] = rng.integers(0, rows // 8, rows).astype(str)
    numbers = rng.normal(size=(rows, NUMBERS)).astype(np.float64)
    story = rng.integers(0, 4, rows)
    for kind in range(4):  # each story shows in three columns of its own
        push = fraud & (story == kind) & (rng.random(rows) < 0.93)
        numbers[push, 3 * kind : 3 * kind + 3] += rng.gamma(3.0, 0.6, (int(push.sum()), 3))
    numbers[:, ::4] = np.exp(numbers[:, ::4] * 2)  # heavy tails
    numbers[rng.random(numbers.shape) < MISSING] = np.nan
    columns |= {f"n{at:03d}": numbers[:, at] for at in range(NUMBERS)}
    for at in range(FEW):
        columns[f"t{at:02d}"] = _texts(rng, rows, int(rng.integers(3, 40)), fraud, 0.0)
    for at, levels in enumerate(MANY):
        columns[f"m{at}"] = _texts(rng, rows, levels, fraud, 0.5)
    frame = pd.DataFrame(columns)
    for at, part in enumerate(np.array_split(np.arange(rows), 12)):
        frame.iloc[part].to_parquet(folder / f"month_{at:02d}.parquet", index=False)
    contract = folder / "contract.toml"
    contract.write_text(_contract())
    return contract


def _texts(
    rng: np.random.Generator, rows: int, levels: int, fraud: np.ndarray, signal: float
) -> np.ndarray:
    """Levels of a skewed law; a twentieth of them draws frauds; half of them missing."""
    code = (levels * rng.random(rows) ** 2).astype(int)
    drawn = fraud & (rng.random(rows) < signal)
    code[drawn] = 20 * rng.integers(0, max(levels // 20, 1), int(drawn.sum()))
    names = np.array([f"L{(7919 * k) % 100_003:06d}" for k in range(levels)], dtype=object)
    texts = names[np.minimum(code, levels - 1)]
    texts[rng.random(rows) < MISSING] = None
    return texts


def _contract() -> str:
    numeric = [f"n{at:03d}" for at in range(NUMBERS)]
    texts = [f"t{at:02d}" for at in range(FEW)] + [f"m{at}" for at in range(len(MANY))]
    return f"""format = 1
name = "wide"
owner = "team:fraud"

[source]
path = "."
format = "parquet"

[columns]
id = "id"
event_time = "at"
sender = "sender"

[label]
column = "is_fraud"
known_at = "known_at"
maturity_days = 7

[policy]
max_alert_rate = 0.9
min_precision = 0.01

[features]
numeric = {json.dumps(numeric)}
categorical = {json.dumps(texts)}
"""
