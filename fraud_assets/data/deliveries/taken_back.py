"""Columns that keep when a payment counted as fraud although the label was taken back later.

The k-th such time of a row stands in `_was_fraud_from_k` and `_was_fraud_until_k`, datetime64[us],
half-open, missing where there is none. They exist only where some label was taken back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from fraud_assets.contract.names import WAS_FRAUD
from fraud_assets.features.labels import Period

FROM, UNTIL = f"{WAS_FRAUD}from_", f"{WAS_FRAUD}until_"


def times_taken_back(rows: pd.DataFrame) -> Iterator[tuple[pd.Series, pd.Series]]:
    """Pairs of columns (n,): from when, and until when a payment counted as fraud."""
    k = 1
    while f"{FROM}{k}" in rows:
        yield rows[f"{FROM}{k}"], rows[f"{UNTIL}{k}"]
        k += 1


def with_times_taken_back(
    rows: pd.DataFrame, periods: Mapping[int, Sequence[Period]]
) -> pd.DataFrame:
    """The rows with the columns; `periods` gives those of a row by its label in the index."""
    most = max((len(found) for found in periods.values()), default=0)
    columns: dict[str, pd.Series] = {}
    for k in range(most):
        having = [row for row, found in periods.items() if len(found) > k]
        for name, part in ((FROM, "start"), (UNTIL, "end")):
            times = np.array([getattr(periods[row][k], part) for row in having], dtype=np.int64)
            stamps = pd.Series(times.view("datetime64[us]"), index=having)
            columns[f"{name}{k + 1}"] = stamps.reindex(rows.index)
    return rows.assign(**columns)


def was_fraud(rows: pd.DataFrame, at: np.datetime64) -> np.ndarray:
    """Which rows (n,) counted at an instant as frauds whose label was taken back later."""
    found: np.ndarray = known_from(rows, at).notna().to_numpy()
    return found


def known_from(rows: pd.DataFrame, at: np.datetime64) -> pd.Series:
    """Since when a row counted at an instant as a fraud (n,); missing unless taken back later."""
    since = pd.Series(np.datetime64("NaT", "us"), index=rows.index)
    for start, end in times_taken_back(rows):
        since = since.mask((start <= at) & (end > at), start)
    return since


def without_later(rows: pd.DataFrame, at: np.datetime64) -> pd.DataFrame:
    """The rows without what was taken back after an instant."""
    columns: dict[str, pd.Series] = {}
    for start, end in times_taken_back(rows):
        columns |= {str(part.name): part.mask(end > at) for part in (start, end)}
    return rows.assign(**columns)
