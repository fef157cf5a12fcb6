"""A typed raw frame as payments that come in one by one, with the labels that become known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.state.adapter import Adapter
from fraud_assets.state.meeting import Found
from fraud_assets.state.payment import Payment
from fraud_assets.state.plan import plan_of
from fraud_assets.state.state import State

DAY = timedelta(days=1)


def state_of(contract: Contract, adapter: Adapter, late_after: timedelta = 30 * DAY) -> State:
    """A state for a contract's derived features."""
    maturity = timedelta(days=contract.label.maturity_days)
    return State(adapter, plan_of(contract.derived, late_after, maturity))


def micros_of(time: pd.Timestamp) -> int:
    """Microseconds since 1970."""
    return int(np.datetime64(time, "us").view("int64"))


def payments_of(rows: pd.DataFrame) -> list[Payment]:
    """The rows of `tests.data.features_support.payments`, an id each."""

    def micros(value: object) -> int | None:
        return None if pd.isna(value) else micros_of(value)  # type: ignore[arg-type]

    def present(row: dict, *names: str) -> dict:
        return {name: row[name] for name in names if name in row and not pd.isna(row[name])}

    return [
        Payment(
            f"p{at}",
            micros(row["_time"]),
            {name: float(value) for name, value in present(row, "paid").items()},
            present(row, "who", "shop"),
            {name: micros(value) for name, value in present(row, "born").items()},
        )
        for at, row in enumerate(rows.to_dict("records"))
    ]


def labels_of(rows: pd.DataFrame) -> list[tuple[int | None, str, bool]]:
    """When each fraud label became known (None: as it matures), its payment, and what it says."""
    found = []
    for at, row in enumerate(rows.to_dict("records")):
        if not pd.isna(row["_label"]) and row["_label"] == 1:
            known = row.get("_known_at")
            when = None if pd.isna(known) else micros_of(known)
            found.append((when, f"p{at}", True))
    return found


def derived(found: Sequence[Found], contract: Contract) -> np.ndarray:
    """Derived values (n, features) in the contract's order."""
    return np.array([[one.features[name] for name in contract.derived] for one in found])
