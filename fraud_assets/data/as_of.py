"""What a run as of an instant may look at: rows made and delivered by then, within its reach."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.columns import TIME
from fraud_assets.data.deliveries.arrivals import DELIVERED
from fraud_assets.data.splits.reach import read_from
from fraud_assets.errors import DataError
from fraud_assets.features.arrays import Mask
from fraud_assets.values.moment import micros_of


def wall(now: datetime | None) -> np.datetime64:
    """The wall clock, beyond which no event time is believed: `now`, by default this moment."""
    return np.datetime64((now or datetime.now(UTC)).replace(tzinfo=None), "us")


def parse_as_of(text: str) -> np.datetime64:
    """An ISO date (the instant at which that day begins, UTC) or time as datetime64[us]."""
    try:
        return np.datetime64(micros_of(text), "us")
    except ValueError as error:
        raise DataError(f"as_of {error}.") from error


def asked_instant(contract: Contract, as_of: str | None) -> np.datetime64 | None:
    """The instant that a run is asked for; None where it is asked for none.

    Raises
    ------
    DataError
        If it is no date or time, or rows have no time.
    """
    if as_of is None:
        return None
    if contract.columns.event_time is None:
        raise DataError(
            f"as_of must not be given where contract {contract.name} names no event time, got "
            f"{as_of!r}: without times nothing says what was known then. Run without as_of, or "
            "name the column in columns.event_time."
        )
    return parse_as_of(as_of)


def seen_at(rows: pd.DataFrame, arrivals: pd.DataFrame, at: np.datetime64 | None) -> Mask:
    """Which rows (n,) a run as of `at` may look at: what came later judges and repeats nothing.

    Raises
    ------
    DataError
        If all of them came later.
    """
    if at is None:
        return np.ones(len(rows), dtype=bool)
    made = (rows[TIME] <= at).to_numpy()
    if not made.any() and rows[TIME].notna().any():
        first = rows[TIME].min().to_datetime64()
        raise DataError(f"as_of {at} must not lie before the first transaction, {first}.")
    known = known_by(rows, arrivals, at)
    if not known.any() and len(rows):
        raise DataError(
            f"as_of {at} must not lie before the first delivery, "
            f"{arrivals[DELIVERED].min()}. If the column "
            "of columns.delivered_at says when the whole export was made, "
            "take columns.delivered_at out of the contract."
        )
    return known


def known_by(rows: pd.DataFrame, arrivals: pd.DataFrame, at: np.datetime64) -> Mask:
    """Which rows (n,) had been made and delivered by an instant, or bear no time to tell."""
    delivered = arrivals[DELIVERED]
    made = (rows[TIME] <= at) | rows[TIME].isna()
    known: Mask = made.to_numpy() & ~(delivered > at).to_numpy()
    return known


def older_than_reach(rows: pd.DataFrame, contract: Contract, at: np.datetime64 | None) -> Mask:
    """Which rows (n,) lie further back than the week may look."""
    start = None if at is None else read_from(contract, at)
    if start is None or TIME not in rows:
        return np.zeros(len(rows), dtype=bool)
    older: Mask = (rows[TIME] < start).to_numpy(dtype=bool)
    return older
