"""The handbook's twelve windows by four engines, with the same point-in-time meaning.

Each function takes the typed rows in time order and returns (n, 12) float64 in the order of
`WINDOWED`: the customer's count and mean (own payment included) and the terminal's count and
fraud share (both ending seven days before), over 1, 7 and 30 days.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from fraud_assets.contract import load_contract
from fraud_assets.data.columns import LABEL, TIME
from fraud_assets.data.features import derive_features

Floats = np.ndarray[Any, np.dtype[np.float64]]
DAYS, DELAY = (1, 7, 30), 7
CUSTOMER = [f"customer_{what}_{days}d" for days in DAYS for what in ("count", "mean")]
TERMINAL = [f"terminal_{what}_{days}d" for days in DAYS for what in ("count", "risk")]
WINDOWED = CUSTOMER + TERMINAL


def by_project(rows: pd.DataFrame) -> Floats:
    """`derive_features` on the shipped contract, its calendar flags included."""
    return _array(derive_features(rows, load_contract("handbook")))


def by_duckdb(rows: pd.DataFrame) -> Floats:
    """Window functions over RANGE intervals."""
    duckdb = import_module("duckdb")
    table = rows[["CUSTOMER_ID", "TERMINAL_ID", "TX_AMOUNT", TIME, LABEL, "_row"]]
    table = table.assign(_label=table[LABEL].astype("int64"))
    over, parts = "OVER (PARTITION BY {} ORDER BY _time RANGE BETWEEN {} AND {})", []
    for days in DAYS:
        window = over.format("CUSTOMER_ID", _back(days), "INTERVAL 1 MICROSECOND PRECEDING")
        own = f"(coalesce(sum(TX_AMOUNT) {window}, 0) + TX_AMOUNT) / (count(*) {window} + 1)"
        parts += [f"count(*) {window} + 1", own]
    for days in DAYS:
        end = f"INTERVAL {DELAY} DAY PRECEDING"
        window = over.format("TERMINAL_ID", _back(days + DELAY), end)
        parts += [f"count(*) {window}", f"coalesce(avg(_label) {window}, 0)"]
    named = ", ".join(f"{part} AS {name}" for part, name in zip(parts, WINDOWED, strict=True))
    with duckdb.connect() as connection:
        connection.register("payments", table)
        result = connection.execute(f"SELECT _row, {named} FROM payments").df()
    return _in_order(result.sort_values("_row"), rows)


def by_polars(rows: pd.DataFrame) -> Floats:
    """Rolling groups, one pass for each entity and window."""
    pl = import_module("polars")
    size = len(rows)
    frame = pl.DataFrame(
        {"at": np.arange(size), "time": rows[TIME].to_numpy(), "paid": rows["TX_AMOUNT"].to_numpy()}
        | {"fraud": rows[LABEL].to_numpy(dtype="float64")}
        | {name: rows[name].to_numpy() for name in ("CUSTOMER_ID", "TERMINAL_ID")}
    )
    result = np.empty((size, len(WINDOWED)))
    for place, days in enumerate(DAYS):
        ordered = frame.sort("CUSTOMER_ID", "time", maintain_order=True)
        groups = ordered.rolling(
            "time", period=f"{days}d", closed="none", group_by="CUSTOMER_ID"
        ).agg(pl.len(), pl.col("paid").sum())
        at, paid = ordered["at"].to_numpy(), ordered["paid"].to_numpy()
        count = groups["len"].to_numpy().astype(float) + 1
        result[at, 2 * place] = count
        result[at, 2 * place + 1] = (groups["paid"].to_numpy() + paid) / count
        ordered = frame.sort("TERMINAL_ID", "time", maintain_order=True)
        groups = ordered.rolling(
            "time",
            period=f"{days}d",
            offset=f"-{days + DELAY}d",
            closed="right",
            group_by="TERMINAL_ID",
        ).agg(pl.len(), pl.col("fraud").mean().fill_null(0))
        at = ordered["at"].to_numpy()
        result[at, 6 + 2 * place] = groups["len"].to_numpy()
        result[at, 7 + 2 * place] = groups["fraud"].to_numpy()
    return result


def by_pandas(rows: pd.DataFrame) -> Floats:
    """Grouped rolling windows; a delayed window is the difference of two, as published."""
    result = pd.DataFrame(index=rows.index)
    frame = rows.assign(_label=rows[LABEL].astype("float64"))
    for days in DAYS:
        paid = _rolling(frame, "CUSTOMER_ID", "TX_AMOUNT", days)
        count = paid.count().fillna(0).to_numpy() + 1
        total = paid.sum().fillna(0).to_numpy()
        order = _order(frame, "CUSTOMER_ID")
        own = frame["TX_AMOUNT"].to_numpy()[order]
        result.loc[order, f"customer_count_{days}d"] = count
        result.loc[order, f"customer_mean_{days}d"] = (total + own) / count
    order = _order(frame, "TERMINAL_ID")
    near = _rolling(frame, "TERMINAL_ID", "_label", DELAY)
    near_sum, near_count = near.sum().fillna(0).to_numpy(), near.count().fillna(0).to_numpy()
    for days in DAYS:
        far = _rolling(frame, "TERMINAL_ID", "_label", DELAY + days)
        count = far.count().fillna(0).to_numpy() - near_count
        frauds = far.sum().fillna(0).to_numpy() - near_sum
        result.loc[order, f"terminal_count_{days}d"] = count
        result.loc[order, f"terminal_risk_{days}d"] = frauds / np.maximum(count, 1)
    return _array(result)


ENGINES: dict[str, Callable[[pd.DataFrame], Floats]] = {
    "fraud_assets (numpy)": by_project,
    "duckdb": by_duckdb,
    "polars": by_polars,
    "pandas": by_pandas,
}


def _back(days: int) -> str:
    """The open lower end: one microsecond less than the whole window."""
    return f"INTERVAL {days * 86_400_000_000 - 1} MICROSECOND PRECEDING"


def _in_order(result: pd.DataFrame, rows: pd.DataFrame) -> Floats:
    position = np.argsort(np.argsort(rows["_row"].to_numpy()))
    return _array(result)[position]


def _array(frame: pd.DataFrame) -> Floats:
    values: Floats = frame[WINDOWED].to_numpy(dtype="float64")
    return values


def _rolling(frame: pd.DataFrame, entity: str, of: str, days: int) -> Any:
    return frame.groupby(entity).rolling(f"{days}D", on=TIME, closed="neither")[of]


def _order(frame: pd.DataFrame, entity: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Positions in which grouped windows come out: by entity, then as they stand."""
    return np.argsort(frame[entity].to_numpy(), kind="stable")
