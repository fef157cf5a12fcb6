"""One derived feature each: from a contract's declaration to one float64 column.

Missing (NaN) means that nothing can be said: the row's entity is missing, no payment counts
for a mean or ratio, or a timestamp is absent or lies after the payment itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import singledispatch

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud_assets.contract.derived import (
    Age,
    Calendar,
    Count,
    Distinct,
    LabelShare,
    Mean,
    Ratio,
    SinceLast,
    Sum,
)
from fraud_assets.data.columns import KNOWN_AT, LABEL, TIME
from fraud_assets.data.deliveries.labels import NEVER
from fraud_assets.data.deliveries.taken_back import times_taken_back
from fraud_assets.data.derive_history import Clock, History, Ints, to_micros
from fraud_assets.data.derive_windows import (
    Floats,
    distinct_counts,
    known_fraud_counts,
    window_counts,
    window_sums,
)

_UNIT_MICROS = {"days": 86_400e6, "hours": 3_600e6, "seconds": 1e6}


@dataclass
class Past:
    """A typed raw frame (see `data.columns`), the rows that ask, and histories by entity.

    A label without a time of report counts as known once `maturity` has passed.
    """

    rows: pd.DataFrame
    emitted: NDArray[np.bool_]
    maturity: timedelta = timedelta(0)
    clock: Clock = field(init=False)
    _histories: dict[str, History] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.clock = Clock(self.rows[TIME].to_numpy())

    def history(self, entity: str) -> History:
        """The payments of each value of the column `entity`, sorted once."""
        if entity not in self._histories:
            self._histories[entity] = History.of(self.rows[entity], self.clock, self.emitted)
        return self._histories[entity]

    def numbers(self, column: str) -> Floats:
        """A numeric column as float64, (n,)."""
        values: Floats = self.rows[column].to_numpy(dtype=np.float64, na_value=np.nan)
        return values

    def column(self, history: History, values: NDArray[np.generic]) -> Floats:
        """Values of a history's asking rows as a column of all emitted rows, else missing."""
        result: Floats = np.full(len(self.rows), np.nan)
        result[history.rows] = values
        return result[self.emitted]

    def micros(self, column: str) -> Ints:
        """A timestamp column in microseconds; missing is the smallest integer."""
        values: Ints = self.rows[column].to_numpy(dtype="datetime64[us]").view(np.int64)
        return values


@singledispatch
def derive(kind: object, past: Past) -> Floats:  # noqa: ARG001 - fixes the signature of all kinds
    """The column that `kind` declares, one value for each emitted row of `past`."""
    raise TypeError(f"no derivation is known for {type(kind).__name__}")


@derive.register
def _count(kind: Count, past: Past) -> Floats:
    history = past.history(kind.entity)
    low, high = history.bounds(kind.window, kind.delay)
    return past.column(history, high - low + int(kind.include_current))


@derive.register
def _sum(kind: Sum, past: Past) -> Floats:
    history = past.history(kind.entity)
    return past.column(history, _total_and_number(kind, past)[0])


@derive.register
def _mean(kind: Mean, past: Past) -> Floats:
    history = past.history(kind.entity)
    return past.column(history, _mean_of(kind, past))


@derive.register
def _ratio(kind: Ratio, past: Past) -> Floats:
    history = past.history(kind.entity)
    usual = _mean_of(kind, past)
    usual[usual == 0] = np.nan
    return past.column(history, past.numbers(kind.of)[history.rows] / usual)


def _mean_of(kind: Mean | Ratio, past: Past) -> Floats:
    total, number = _total_and_number(kind, past)
    mean: Floats = np.divide(total, number, out=np.full(len(total), np.nan), where=number > 0)
    return mean


def _total_and_number(kind: Sum | Mean | Ratio, past: Past) -> tuple[Floats, Ints]:
    """Sum and number of the values present in each asking row's window."""
    history = past.history(kind.entity)
    low, high = history.bounds(kind.window, kind.delay)
    values = past.numbers(kind.of)[history.order]
    present = ~np.isnan(values)
    values[~present] = 0
    total, number = window_sums(values, low, high), window_counts(present, low, high)
    if kind.include_current:
        total += values[history.asked]
        number += present[history.asked]
    return total, number


@derive.register
def _distinct(kind: Distinct, past: Past) -> Floats:
    history = past.history(kind.entity)
    low, high = history.bounds(kind.window, kind.delay)
    codes = pd.factorize(past.rows[kind.of])[0].astype(np.int64)[history.order]
    counts = distinct_counts(history, codes, low, high, include_current=kind.include_current)
    return past.column(history, counts)


@derive.register
def _label_share(kind: LabelShare, past: Past) -> Floats:
    history = past.history(kind.entity)
    low, high = history.bounds(kind.window, kind.delay)
    window, delay = to_micros(kind.window), to_micros(kind.delay)
    frauds = sum(
        known_fraud_counts(history, start[history.order], end[history.order], window, delay)
        for start, end in _fraud_times(past)
    )
    return past.column(history, frauds / np.maximum(high - low, 1))


def _fraud_times(past: Past) -> Iterator[tuple[Ints, Ints]]:
    """Microseconds from when and until when each row counts as fraud, (n,) each; often never."""
    rows = past.rows
    fraud = rows[LABEL].to_numpy(dtype=np.float64, na_value=np.nan) == 1
    yield np.where(fraud, _known_from(past), NEVER), np.full(len(rows), NEVER)
    for start, end in times_taken_back(rows):
        known = start.notna().to_numpy()
        micros = (part.to_numpy(dtype="datetime64[us]").view(np.int64) for part in (start, end))
        since, until = (np.where(known, part, NEVER) for part in micros)
        yield since, until


def _known_from(past: Past) -> Ints:
    """Microseconds from which each row's label is known, (n,): its report, else its maturity."""
    matured: Ints = past.micros(TIME) + to_micros(past.maturity)
    if KNOWN_AT not in past.rows:
        return matured
    return np.where(past.rows[KNOWN_AT].isna(), matured, past.micros(KNOWN_AT))


@derive.register
def _age(kind: Age, past: Past) -> Floats:
    unit = _UNIT_MICROS[kind.unit]
    if kind.since is None:
        history = past.history(str(kind.entity))
        elapsed = history.micros[history.asked] - history.micros[history.first]
        return past.column(history, elapsed / unit)
    now, since = past.micros(TIME), past.micros(kind.since.column)
    seen = past.rows[kind.since.column].notna().to_numpy() & (since <= now)
    age = np.where(seen, now - np.where(seen, since, now), np.nan) / unit
    return age[past.emitted]


@derive.register
def _since_last(kind: SinceLast, past: Past) -> Floats:
    history = past.history(kind.entity)
    has_last = history.present > history.first
    last = history.micros[np.maximum(history.present - 1, 0)]
    elapsed = (history.micros[history.asked] - last) / _UNIT_MICROS[kind.unit]
    return past.column(history, np.where(has_last, elapsed, np.nan))


@derive.register
def _calendar(kind: Calendar, past: Past) -> Floats:
    time = past.rows[TIME][past.emitted].dt
    values = {
        "weekend": lambda: time.day_of_week >= 5,
        "night": lambda: time.hour <= kind.night_ends,
        "hour": lambda: time.hour,
        "weekday": lambda: time.day_of_week,
    }[kind.flag]()
    column: Floats = values.to_numpy(dtype=np.float64)
    return column
