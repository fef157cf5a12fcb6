"""Rows for the search benchmark: the shipped weeks, and simulated ones of any size and rarity."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np

from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.cleaning import clean
from fraud_assets.data.columns import TIME
from fraud_assets.data.features import derive_features
from fraud_assets.data.rows import Rows, to_rows
from fraud_assets.data.simulator import settings, simulate
from fraud_assets.data.transactions import read_transactions


def shipped(rows: int) -> tuple[Contract, Rows, Rows]:
    """The contract, the newest `rows` of the shipped week's fit window, and its judged rows."""
    contract = load_contract("crypto_gateway")
    cleaned = clean(read_transactions(contract), contract)
    fit, judged = cleaned.rows("fit"), cleaned.rows("judged")
    return contract, newest(fit, rows), judged


def simulated(rows: int, fraud_rate: float, seed: int, weeks: int = 8) -> Rows:
    """Cleaned rows in time order, about `rows` of them in `weeks`, all with matured labels.

    The weeks simulated after them are left out: frauds that nobody has reported yet would stand
    there as legitimate payments.
    """
    late = math.ceil(load_contract("crypto_gateway").label.maturity_days / 7)
    with tempfile.TemporaryDirectory() as folder:
        simulate(rows * (weeks + late) // weeks, weeks + late, seed, Path(folder), fraud_rate)
        contract = load_contract(Path(folder) / "contract.toml")
        raw = read_transactions(contract)
    frame = derive_features(raw.rows, contract)
    frame = frame[frame[TIME] < np.datetime64(settings.END) - np.timedelta64(7 * late, "D")]
    return to_rows(frame.sort_values(TIME, kind="stable"), contract.features.names)


def newest(rows: Rows, count: int) -> Rows:
    """The last `count` rows."""
    return rows.take(np.arange(max(len(rows) - count, 0), len(rows)))
