"""History as it was known at an instant, and what became of the payments after it.

Everything that a past week may know goes through `known_at`, which reads as the chain does;
only the outcome sees labels as they stand at the end of history.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.columns import KNOWN_AT, LABEL, TIME
from fraud_assets.data.features import derive_features
from fraud_assets.data.known_entities import known_entities_mask
from fraud_assets.data.rows import Rows, to_rows
from fraud_assets.data.splits.week import DAY, labels_known_at
from fraud_assets.data.transactions import (
    RawTransactions,
    TypedExport,
    read_typed,
    transactions_at,
)
from fraud_assets.errors import DataError
from fraud_assets.work.packing import WorkData

WEEK = 7 * DAY
_MONDAY = np.datetime64("1970-01-05", "us")


@dataclass(frozen=True)
class BacktestHistory(WorkData):
    """All of a contract's rows, read once.

    `source` is all that was read, `raw` the rows as known at the end of history. `frame` holds
    the same rows in the same order with the derived features: these are point in time, so that
    no later row or label changes them. `now` is the wall clock of the reading, UTC.
    """

    contract: Contract
    source: TypedExport
    raw: RawTransactions
    frame: pd.DataFrame
    now: datetime

    @property
    def times(self) -> np.ndarray:
        """Event times (n,) in ascending order."""
        times: np.ndarray = self.frame[TIME].to_numpy(dtype="datetime64[us]")
        return times

    @property
    def end(self) -> np.datetime64:
        """The midnight that ends the newest day."""
        day = np.datetime64(self.times[-1], "D") + np.timedelta64(1, "D")
        return day.astype("datetime64[us]")

    @property
    def maturity(self) -> np.timedelta64:
        """After this long a payment without a report counts as legitimate."""
        return np.timedelta64(round(self.contract.label.maturity_days * 86_400_000_000), "us")

    def position(self, instant: np.datetime64) -> int:
        """How many rows lie before an instant."""
        return int(np.searchsorted(self.times, instant, side="left"))

    def fingerprint(self) -> str:
        """SHA-256 over every typed value: what "the same history" means."""
        rows = self.raw.rows
        digest = hashlib.sha256("\0".join(map(str, rows.columns)).encode())
        digest.update(pd.util.hash_pandas_object(rows, index=False).to_numpy().tobytes())
        digest.update(f"{self.raw.read} {len(self.raw.quarantine)}".encode())
        return digest.hexdigest()

    def labelled(self, start: int, stop: int, known: np.datetime64) -> np.ndarray:
        """Positions (m,) in [start, stop) of rows whose label says something at an instant.

        Without times of report a label is known once it has matured.
        """
        part = self.frame.iloc[start:stop]
        told = part[LABEL].notna().to_numpy()
        if KNOWN_AT not in part:
            told = told & (self.times[start:stop] <= known - self.maturity)
        return start + np.flatnonzero(told)

    def rows(self, positions: np.ndarray, known: np.datetime64) -> Rows:
        """The rows at positions (m,) with labels as known at an instant."""
        part = self.frame.iloc[positions]
        told = part.assign(**{LABEL: labels_known_at(part, known)})
        return to_rows(told, self.contract.features.names)


def read_history(contract: Contract, now: datetime | None = None) -> BacktestHistory:
    """Read and type all rows, derive all features.

    Raises
    ------
    DataError
        If the source cannot be read, or the contract names no event time.
    """
    if contract.columns.event_time is None:
        raise DataError(
            f"A backtest walks through time, but contract {contract.name} names no event time; "
            "set columns.event_time."
        )
    now = now or datetime.now(UTC)
    source = read_typed(contract)
    raw = transactions_at(source, contract, None, now)
    return BacktestHistory(contract, source, raw, derive_features(raw.rows, contract), now)


def mondays(history: BacktestHistory) -> list[np.datetime64]:
    """Every Monday, 0:00 UTC, after the first row and not after the end of history."""
    return list(_mondays(history.times[0], history.end))


def known_at(history: BacktestHistory, as_of: np.datetime64) -> RawTransactions:
    """The raw transactions as a run at `as_of` would have read them."""
    return transactions_at(history.source, history.contract, as_of, history.now)


def coming_week(history: BacktestHistory, as_of: np.datetime64) -> tuple[np.ndarray, Rows] | None:
    """Positions and rows of the seven days after `as_of`, labels as of the end of history.

    None while the last of them are younger than the label's maturity.
    """
    if as_of + WEEK + history.maturity > history.end:
        return None
    tick = np.timedelta64(1, "us")
    start, stop = (history.position(at + tick) for at in (as_of, as_of + WEEK))
    positions = history.labelled(start, stop, history.end)
    positions = positions[~_known_entities(history, positions, stop)]
    return positions, history.rows(positions, history.end)


def _known_entities(history: BacktestHistory, positions: np.ndarray, stop: int) -> np.ndarray:
    """Which rows (m,) the contract leaves out, their entity being known as fraudulent."""
    entity = history.contract.evaluation.exclude_known
    if entity is None:
        return np.zeros(len(positions), dtype=bool)
    before, rows = history.frame.iloc[:stop], history.frame.iloc[positions]
    frauds = before[(before[LABEL] == 1).fillna(value=False).to_numpy(dtype=bool)]
    return known_entities_mask(
        rows[entity].to_numpy(),
        rows[TIME].to_numpy(),
        fraud_entity=frauds[entity].to_numpy(),
        fraud_time=frauds[TIME].to_numpy(),
        delay=timedelta(days=history.contract.label.maturity_days),
    )


def _mondays(first: np.datetime64, end: np.datetime64) -> Iterator[np.datetime64]:
    at = _MONDAY + ((first - _MONDAY) // WEEK + 1) * WEEK
    while at <= end:
        yield at
        at = at + WEEK
