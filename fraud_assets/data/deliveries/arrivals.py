"""In which order deliveries came, and what a later one leaves out."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.columns import KNOWN_AT, LABEL, ROW

ORDER, FILE, MOMENT, DELIVERED = "order", "file", "moment", "delivered"
"""Columns of arrivals: int64, the later delivery has the larger, and where it is equal the file
decides; int64, equal where deliveries came at one moment; datetime64[us], missing where no time
is known."""


def arrivals_of(
    delivered: pd.Series | None, file: np.ndarray, names: Sequence[str]
) -> pd.DataFrame:
    """Order, moment and time of each delivery (n,).

    Parameters
    ----------
    delivered
        Typed times of delivery, or numbers that grow with each delivery (n,); None where the
        contract names none. A delivery without one came before those that have one.
    file
        Which of the files each row stands in (n,); deliveries of one file came at one moment
        where nothing else is known.
    names
        Names of the files; numbers in them count as numbers, so that "week_10" follows "week_9".
    """
    place = _places(names)[file]
    nothing = pd.Series(np.datetime64("NaT", "us"), index=range(len(file)))
    if delivered is None:
        order = np.zeros(len(file), dtype=np.int64)
        return pd.DataFrame({ORDER: order, FILE: place, MOMENT: place, DELIVERED: nothing})
    times = nothing
    if pd.api.types.is_datetime64_dtype(delivered.dtype):
        order, times = delivered.to_numpy(dtype="datetime64[us]").view(np.int64), delivered
    else:
        ranks = delivered.rank(method="dense").fillna(0)
        order = ranks.to_numpy(dtype=np.int64)
    return pd.DataFrame({ORDER: order, FILE: place, MOMENT: order, DELIVERED: times})


def _places(names: Sequence[str]) -> np.ndarray:
    """Place of each file (f,) in the order of names, numbers in them counted as numbers."""

    def key(name: str) -> list[tuple[int, str]]:
        return [
            (int(digits or -1), text) for digits, text in re.findall(r"([0-9]+)|([^0-9]+)", name)
        ]

    order = sorted(range(len(names)), key=lambda at: (key(names[at]), names[at]))
    places = np.zeros(len(names), dtype=np.int64)
    places[order] = np.arange(len(names))
    return places


def repeated_ids(rows: pd.DataFrame, contract: Contract) -> pd.Series:
    """Which rows (n,) have an id that another row has too."""
    name = contract.columns.id
    if name is None:
        return pd.Series(data=False, index=rows.index)
    return rows[name].duplicated(keep=False) & rows[name].notna()


def in_order(rows: pd.DataFrame, arrivals: pd.DataFrame, name: str) -> pd.DataFrame:
    """Deliveries by payment and in the order in which they came; `name` is the column of ids."""
    codes = pd.factorize(rows[name])[0]
    order, file = (arrivals.loc[rows.index, name].to_numpy() for name in (ORDER, FILE))
    return rows.iloc[np.lexsort((rows[ROW].to_numpy(), file, order, codes))]


def with_earlier_values(
    rows: pd.DataFrame, arrivals: pd.DataFrame, contract: Contract
) -> pd.DataFrame:
    """Typed rows (n,) in which a later delivery keeps what it leaves empty.

    A label and its time of report are one thing: they are kept together where the label is empty.
    """
    again, name = repeated_ids(rows, contract), contract.columns.id
    if name is None or not again.any():
        return rows
    deliveries = in_order(rows[again], arrivals, name)
    starts = first_of_each(deliveries[name])
    told = deliveries[[LABEL, contract.label.column]].notna().any(axis=1)
    about_label = {LABEL, KNOWN_AT, *label_columns(contract)}
    result = rows.copy()
    for column in rows.columns.difference([ROW, name, delivery_column(contract)], sort=False):
        present = told if column in about_label else deliveries[column].notna()
        if not present.all():
            source = _latest(present.to_numpy(), starts)
            values = deliveries[column].take(source).set_axis(deliveries.index)
            result.loc[values.index, column] = values
    return result


def first_of_each(payments: pd.Series) -> np.ndarray:
    """Position of the payment's first delivery for each (m,), deliveries standing by payment."""
    begins = np.ones(len(payments), dtype=bool)
    begins[1:] = payments.to_numpy()[1:] != payments.to_numpy()[:-1]
    return np.maximum.accumulate(np.where(begins, np.arange(len(payments)), 0))


def label_columns(contract: Contract) -> tuple[str, ...]:
    """The exported columns that are about the label."""
    known_at = contract.label.known_at
    return (contract.label.column, *([] if known_at is None else [known_at.column]))


def delivery_column(contract: Contract) -> str | None:
    """The column that says when or in which order deliveries came."""
    delivered = contract.columns.delivered_at
    return None if delivered is None else delivered.column


def _latest(present: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """For each delivery the position of its payment's latest one that has a value; else its own."""
    own = np.arange(len(present))
    latest = np.maximum.accumulate(np.where(present, own, -1))
    return np.where(latest >= starts, latest, own)
