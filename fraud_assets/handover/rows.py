"""Typed rows as payments that the service would have made of them, and what was said of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.derive import FrameColumns
from fraud_assets.features.labels import NEVER
from fraud_assets.payments.reader import CleanValue, RawReader
from fraud_assets.payments.roles import kind_of
from fraud_assets.state.payment import Payment
from fraud_assets.state.remembered import Told
from fraud_assets.values.identity import written


def payments_of(
    rows: pd.DataFrame, contract: Contract, size: int = 1000
) -> Iterator[list[tuple[Payment, Told]]]:
    """Good rows in their order, in lists of `size`; as `transactions_at` gives them."""
    reader = RawReader(contract)
    for start in range(0, len(rows), size):
        part = rows.iloc[start : start + size]
        columns = values_of(part, contract, reader.read_columns)
        told = told_of(part, contract)
        yield [
            (reader.payment({name: values[at] for name, values in columns.items()}), told[at])
            for at in range(len(part))
        ]


def values_of(
    rows: pd.DataFrame, contract: Contract, names: Iterable[str]
) -> dict[str, list[CleanValue]]:
    """Typed columns as the values that the service reads from a payment, None for missing."""
    return {name: _values(rows, name, contract) for name in names}


def _values(rows: pd.DataFrame, name: str, contract: Contract) -> list[CleanValue]:
    column, kind = rows[name], kind_of(name, contract)
    missing = column.isna().to_numpy()
    plain: list[Any]
    if kind == "time":
        plain = column.to_numpy(dtype="datetime64[us]").view(np.int64).tolist()
    elif kind == "number":
        plain = column.to_numpy(dtype=np.float64, na_value=np.nan).tolist()
    else:
        plain = [None if gone else written(v) for v, gone in zip(column, missing, strict=True)]
    return [None if gone else value for value, gone in zip(plain, missing, strict=True)]


def told_of(rows: pd.DataFrame, contract: Contract) -> list[Told]:
    """Statements from which the same times as a known fraud follow."""
    found: list[Told] = [[] for _ in range(len(rows))]
    if contract.columns.event_time is None:
        return found
    columns = FrameColumns(rows, timedelta(days=contract.label.maturity_days))
    now, *taken_back = columns.fraud_times()
    for since, until in (*taken_back, now):
        for at in np.flatnonzero(since != NEVER):
            found[at].append((True, int(since[at])))
            if until[at] != NEVER:
                found[at].append((False, int(until[at])))
    return found
