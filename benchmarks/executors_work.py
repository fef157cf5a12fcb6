"""What executors are compared by: a search, features by pieces, a backtest; each gives a digest."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

from benchmarks.public_data import missing, raw_rows
from benchmarks.search_data import shipped
from fraud_assets.backtest.run import Options, backtest
from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.features import derive_features
from fraud_assets.modelling.search.candidates import compare_candidates
from fraud_assets.modelling.tuning import tune
from fraud_assets.work.executor import Executor

ENTITIES = ("CUSTOMER_ID", "TERMINAL_ID")
PIECE_ROWS = 400_000


@dataclass(frozen=True)
class Sizes:
    """How much of each is done."""

    search_rows: int
    minutes: float
    feature_rows: int
    weeks: int


@dataclass(frozen=True)
class Compared:
    """`run` does it on an executor and gives the digest of what came of it."""

    name: str
    size: str
    run: Callable[[Executor], str]


def search(sizes: Sizes) -> Compared:
    """The shipped week's families, grids and history."""
    contract, rows, later = shipped(sizes.search_rows)
    contract = _hurried(contract, sizes.minutes)

    def run(executor: Executor) -> str:
        board = compare_candidates(rows, contract, workers=executor)
        return tune(rows, later, board, contract, workers=executor).digest

    return Compared("search", f"{len(rows):,} rows", run)


def features(sizes: Sizes) -> Compared | None:
    """Copies of the handbook's payments, by pieces; None where the public data are absent."""
    if missing("handbook"):
        return None
    contract, rows = raw_rows("handbook")
    rows = _copies(rows, max(1, round(sizes.feature_rows / len(rows))))

    def run(executor: Executor) -> str:
        with patch.dict("os.environ", {"FRAUD_ASSETS_FEATURE_ROWS": str(PIECE_ROWS)}):
            found = derive_features(rows, contract, opening=partial(nullcontext, executor))
        digest = hashlib.sha256()
        for name in contract.derived:
            digest.update(found[name].to_numpy().tobytes())
        return digest.hexdigest()

    return Compared("features", f"{len(rows):,} rows, {len(contract.derived)} features", run)


def backtesting(sizes: Sizes) -> Compared:
    """The newest weeks of the shipped contract, of which one is searched."""
    contract = _hurried(load_contract("crypto_gateway"), sizes.minutes)

    def run(executor: Executor) -> str:
        with tempfile.TemporaryDirectory() as out:
            backtest(contract, Path(out), Options(sizes.weeks, workers=executor))
            table = Path(out, "backtest.json").read_bytes()
        return hashlib.sha256(table).hexdigest()

    return Compared("backtest", f"{sizes.weeks} weeks", run)


def _hurried(contract: Contract, minutes: float) -> Contract:
    budget = contract.search.model_copy(update={"minutes": minutes})
    return contract.model_copy(update={"search": budget})


def _copies(rows: pd.DataFrame, copies: int) -> pd.DataFrame:
    """Each row so many times side by side, each copy with entities of its own."""
    found = rows.loc[rows.index.repeat(copies)].reset_index(drop=True)
    which = np.tile(np.arange(copies), len(rows))
    for name in ENTITIES:
        codes = pd.factorize(found[name])[0]
        found[name] = codes * copies + which
    return found
