"""What a week's windows are, and which labels were known when.

Not here: where one window ends and the next begins (`splits`, `shares`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.columns import KNOWN_AT, LABEL, TIME
from fraud_assets.data.deliveries.arrivals import label_columns
from fraud_assets.data.deliveries.taken_back import known_from, was_fraud, without_later
from fraud_assets.errors import InsufficientEvidenceError

NAMES = ("fit", "threshold", "judged")
EARLIER = "earlier"
"""Name of the rows before the fitted window, among which the search may look back."""

MOST_EARLIER = 2_000_000
"""Rows before the fitted window that are kept at most, the newest ones."""

DAY = np.timedelta64(1, "D").astype("timedelta64[us]")
TICK = np.timedelta64(1, "us")


@dataclass(frozen=True)
class Window:
    """One window: half-open [start, end) in UTC, or without dates where there is no time."""

    name: str
    start: np.datetime64 | None
    end: np.datetime64 | None
    rows: int
    frauds: int

    def as_dict(self) -> dict[str, object]:
        """JSON-able form with ISO dates."""
        start, end = (None if t is None else str(t)[:19] for t in (self.start, self.end))
        return {
            "name": self.name,
            "start": start,
            "end": end,
            "rows": self.rows,
            "frauds": self.frauds,
        }


@dataclass(frozen=True)
class Split:
    """`window` (n,) names each row's window, "" for none; `label` (n,) what was known in time."""

    window: np.ndarray
    label: np.ndarray
    windows: tuple[Window, ...]
    time_respected: bool
    notes: tuple[str, ...] = ()

    def named(self, name: str) -> Window:
        """The window of that name."""
        return next(window for window in self.windows if window.name == name)

    def behind(self, rows: int) -> Split:
        """The same split with so many rows before it that belong to no window."""
        window = np.concatenate([np.full(rows, "", dtype=object), self.window])
        label = np.concatenate([np.zeros(rows, dtype=self.label.dtype), self.label])
        return replace(self, window=window, label=label)


def labels_known_at(rows: pd.DataFrame, at: np.datetime64) -> np.ndarray:
    """Labels (n,) int8 as known at an instant.

    A fraud reported later still looks legitimate, one taken back later still a fraud.
    """
    fraud = rows[LABEL].fillna(0).to_numpy(dtype="int8")
    if KNOWN_AT not in rows:
        return fraud
    later = (rows[KNOWN_AT] > at).to_numpy()
    return np.where(was_fraud(rows, at), 1, np.where(later, 0, fraud)).astype("int8")


def with_labels_at(rows: pd.DataFrame, contract: Contract, at: np.datetime64) -> pd.DataFrame:
    """Rows of a past week with the labels that were known then.

    A fraud reported later looks legitimate, one taken back later still a fraud; where rows have
    no time of the report, those younger than the label's maturity have no label.
    """
    words = [name for name in label_columns(contract) if name in rows]
    if KNOWN_AT not in rows:
        young = rows[TIME] > at - contract.label.maturity_days * DAY
        return rows.assign(**{name: rows[name].mask(young) for name in (LABEL, *words)})
    label = rows[LABEL].mask(rows[LABEL].notna(), labels_known_at(rows, at))
    later = rows[KNOWN_AT] > at
    known = known_from(rows, at).fillna(rows[KNOWN_AT].mask(later))
    otherwise = later | (label != rows[LABEL]).fillna(value=False).astype(bool)
    hidden = {name: rows[name].mask(otherwise) for name in words}
    return without_later(rows, at).assign(**{LABEL: label, KNOWN_AT: known} | hidden)


def describe(
    window: np.ndarray,
    label: np.ndarray,
    bounds: Mapping[str, tuple[np.datetime64 | None, np.datetime64 | None]],
) -> tuple[Window, ...]:
    """Each window with its bounds, rows and frauds; `window` and `label` (n,) as in a `Split`."""
    return tuple(
        Window(name, start, end, int((window == name).sum()), int(label[window == name].sum()))
        for name, (start, end) in bounds.items()
    )


def with_earlier(split: Split, rows: pd.DataFrame) -> Split:
    """The split with the labelled rows before its fitted window under `EARLIER`.

    They belong to no window; how far back of them to fit is the search's to find.
    """
    labelled = rows[LABEL].notna().to_numpy()
    before = np.arange(len(rows)) < int(np.argmax(split.window == "fit"))
    earlier = np.flatnonzero(labelled & before)[-MOST_EARLIER:]
    window = split.window.copy()
    window[earlier] = EARLIER
    return replace(split, window=window)


def with_frauds(split: Split, contract: Contract) -> Split:
    """The split itself where each of its windows holds a fraud.

    Raises
    ------
    InsufficientEvidenceError
        If one holds none.
    """
    empty = [window.name for window in split.windows if window.frauds == 0]
    if empty or len(split.windows) < len(NAMES):
        found = sum(window.frauds for window in split.windows)
        raise InsufficientEvidenceError(
            f"Each window of contract {contract.name} must hold a matured fraud, but "
            f"{', '.join(empty) or 'a window'} holds none ({found} frauds in all). "
            "Add labelled history or change the windows' shares."
        )
    return split
