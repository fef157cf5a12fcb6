"""The public sets as their contracts describe them, or a sentence on how to get them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.features import derive_features
from fraud_assets.data.source import source_files
from fraud_assets.data.transactions import read_transactions
from fraud_assets.errors import DataError

HOW_TO_GET = (
    "The public data are not part of this project. Put handbook/transactions_raw.parquet (the "
    "183 daily pickles of github.com/Fraud-Detection-Handbook/simulated-data-raw as one table in "
    "order of TRANSACTION_ID) and ulb_creditcard/creditcard.parquet (Zenodo record 7395559) into "
    "one folder and set FRAUD_ASSETS_PUBLIC_DATA to its absolute path; without it, ../shared/data "
    "beside this repository is looked at."
)


def missing(*contracts: str) -> str | None:
    """A sentence where the data of one of these shipped contracts are absent, else None."""
    for name in contracts:
        try:
            source_files(load_contract(name))
        except DataError:
            return f"No data for the contract {name!r}. {HOW_TO_GET}"
    return None


def raw_rows(name: str) -> tuple[Contract, pd.DataFrame]:
    """A shipped contract and its typed rows in time order."""
    contract = load_contract(name)
    return contract, read_transactions(contract).rows


def feature_rows(name: str, start: str) -> tuple[Contract, pd.DataFrame]:
    """A shipped contract and its rows with derived features from `start` on."""
    contract, rows = raw_rows(name)
    return contract, derive_features(rows, contract, np.datetime64(start, "us"))
