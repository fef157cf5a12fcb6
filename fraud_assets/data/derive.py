"""A typed raw frame as derived features see it (`fraud_assets.features`): plain arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from fraud_assets.data.columns import KNOWN_AT, LABEL, TIME
from fraud_assets.data.deliveries.taken_back import times_taken_back
from fraud_assets.features.arrays import Floats, Ints
from fraud_assets.features.labels import NEVER
from fraud_assets.terms.duration import to_micros


@dataclass(frozen=True)
class FrameColumns:
    """Columns (n,) of a typed raw frame (see `data.columns`).

    A label without a time of report counts as known once `maturity` has passed.
    """

    rows: pd.DataFrame
    maturity: timedelta = timedelta(0)

    def micros(self) -> Ints:
        """Event time of each row in microseconds, UTC."""
        return self.times(TIME)

    def numbers(self, column: str) -> Floats:
        """A numeric column as float64, NaN for missing."""
        values: Floats = self.rows[column].to_numpy(dtype=np.float64, na_value=np.nan)
        return values

    def codes(self, column: str) -> Ints:
        """A number for each different value of a column, -1 for missing."""
        return pd.factorize(self.rows[column])[0].astype(np.int64)

    def times(self, column: str) -> Ints:
        """A timestamp column in microseconds; missing is the smallest integer."""
        values: Ints = self.rows[column].to_numpy(dtype="datetime64[us]").view(np.int64)
        return values

    def fraud_times(self) -> Iterator[tuple[Ints, Ints]]:
        """From when and until when each row counts as a known fraud, (n,) each; often never."""
        rows = self.rows
        fraud = rows[LABEL].to_numpy(dtype=np.float64, na_value=np.nan) == 1
        yield np.where(fraud, self._known_from(), NEVER), np.full(len(rows), NEVER)
        for start, end in times_taken_back(rows):
            known = start.notna().to_numpy()
            micros = (part.to_numpy(dtype="datetime64[us]").view(np.int64) for part in (start, end))
            since, until = (np.where(known, part, NEVER) for part in micros)
            yield since, until

    def _known_from(self) -> Ints:
        """From when each row's label is known: its report, else its maturity."""
        matured: Ints = self.micros() + to_micros(self.maturity)
        if KNOWN_AT not in self.rows:
            return matured
        return np.where(self.rows[KNOWN_AT].isna(), matured, self.times(KNOWN_AT))
