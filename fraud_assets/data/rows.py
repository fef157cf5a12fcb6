"""The rows of one window: what models see, what they are judged by, and who paid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fraud_assets.data.columns import AMOUNT, LABEL, SENDER, TIME


@dataclass(frozen=True)
class Rows:
    """Labelled rows in time order.

    `features` (n, p): numeric columns float64 with NaN for missing, categorical columns object
    with NaN for missing. `label` (n,) int8. `time` (n,) datetime64[us], `sender` (n,) object and
    `amount` (n,) float64 in the contract's currency, or None where the contract has no such role.
    """

    features: pd.DataFrame
    label: np.ndarray
    time: np.ndarray | None = None
    sender: np.ndarray | None = None
    amount: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.label)

    @property
    def frauds(self) -> int:
        """Number of frauds."""
        return int(self.label.sum())

    def take(self, index: np.ndarray) -> Rows:
        """The rows at integer positions `index`, or where a boolean mask is true."""

        def part(values: np.ndarray | None) -> np.ndarray | None:
            return None if values is None else values[index]

        features = self.features.iloc[np.arange(len(self))[index]].reset_index(drop=True)
        return Rows(
            features,
            self.label[index],
            part(self.time),
            part(self.sender),
            part(self.amount),
        )


def to_rows(frame: pd.DataFrame, feature_names: tuple[str, ...]) -> Rows:
    """Take labelled rows out of a cleaned frame (see `fraud_assets.data.columns`)."""

    def role(name: str) -> np.ndarray | None:
        return frame[name].to_numpy() if name in frame else None

    return Rows(
        frame[list(feature_names)].reset_index(drop=True),
        frame[LABEL].to_numpy(dtype="int8"),
        role(TIME),
        role(SENDER),
        role(AMOUNT),
    )
