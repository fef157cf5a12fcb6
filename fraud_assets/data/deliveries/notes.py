"""What a person should know of payments that were delivered more than once."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.columns import AMOUNT, KNOWN_AT, ROW, SENDER, TIME
from fraud_assets.data.deliveries.arrivals import DELIVERED, delivery_column
from fraud_assets.data.deliveries.resolve import REPEATED, SUPERSEDED, Resolved
from fraud_assets.data.notes import Note, Notes

_MOST_COLUMNS = 5

_FEW_REPEATS = 0.01
"""Share of rows that say what another says, below which no word is lost about them."""

_FIRST = 4
_ROLES = ROW, KNOWN_AT, TIME, SENDER, AMOUNT
"""Where a row stood, when its label was known, and copies of other columns."""


def delivery_notes(found: Resolved, arrivals: pd.DataFrame, contract: Contract) -> Notes:
    """Notes `deliveries`, `deliveries_untimed` and `deliveries_change_features`."""
    if found.aside.empty:
        return ()
    return tuple(_notes(found, arrivals, contract))


def _notes(found: Resolved, arrivals: pd.DataFrame, contract: Contract) -> Iterator[Note]:
    words = found.aside.value_counts()
    superseded, repeated = (int(words.get(word, 0)) for word in (SUPERSEDED, REPEATED))
    yield Note(
        "deliveries",
        f"Payments came more than once: {superseded:,} deliveries were superseded by a later one, "
        f"{repeated:,} repeat the one before exactly; the latest delivery of each payment counts.",
        rows=superseded + repeated,
    )
    if not superseded:
        return
    if not arrivals[DELIVERED].notna().any():
        yield Note("deliveries_untimed", _untimed(contract), rows=superseded)
    features = {name: n for name, n in found.changed.items() if name in contract.features.names}
    if features:
        named = ", ".join(f"{name} ({features[name]:,})" for name in _most(features))
        yield Note(
            "deliveries_change_features",
            f"Later deliveries change features of payments: {named}. Models learn from the latest "
            "values, which a payment does not have yet when it is scored; look whether these "
            "columns are filled after the fact.",
            rows=max(features.values()),
        )


def repeat_notes(rows: pd.DataFrame, contract: Contract) -> Iterator[Note]:
    """Note `rows_repeat`, where nothing names payments and many rows say what another says."""
    if contract.columns.id is not None:
        return
    known = contract.label.known_at
    when = delivery_column(contract), None if known is None else known.column
    said = rows.drop(columns=[*_ROLES, *when], errors="ignore")
    # Most rows are alone by a few columns, and all columns of all rows take much memory.
    alike = said[said.duplicated(list(said)[:_FIRST], keep=False)]
    repeated = int(alike.duplicated().sum())
    if repeated > _FEW_REPEATS * len(rows):
        yield Note(
            "rows_repeat",
            f"{repeated:,} of {len(rows):,} rows say what an earlier one says in every column of "
            "the contract but when it came. Without columns.id nobody can tell payments that came "
            "twice from payments that are alike, so each counts: if they came twice, rates and "
            "guarantees are less sure than they say. Name the payment's id in columns.id.",
            rows=repeated,
        )


def _untimed(contract: Contract) -> str:
    which = "columns.delivered_at holds numbers and no times"
    if contract.columns.delivered_at is None:
        which = (
            "No columns.delivered_at says when a delivery came: the order of files and rows does"
        )
    return (
        f"{which}. A run as of an earlier day sees each payment's latest values, and a label that "
        "gives no time of report counts once it has matured."
    )


def _most(counts: dict[str, int]) -> list[str]:
    return sorted(counts, key=lambda name: (-counts[name], name))[:_MOST_COLUMNS]
