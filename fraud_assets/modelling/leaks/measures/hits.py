"""Rows that some values mark, by class, and what may be said of them at 95 % confidence."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from fraud_assets.modelling.statistics.intervals import lower_bound
from fraud_assets.profiles import CONFIDENCE

HALF = 0.5
"""A half row is added to each count of a ratio, so that none of them is zero."""


@dataclass(frozen=True)
class Hits:
    """Marked frauds and marked other rows, of all `of_frauds` and `of_others`."""

    frauds: int
    others: int
    of_frauds: int
    of_others: int

    @classmethod
    def of(cls, inside: np.ndarray, fraud: np.ndarray) -> Hits:
        """Count the rows `inside` (n,) by class."""
        marked = int((inside & fraud).sum()), int((inside & ~fraud).sum())
        return cls(*marked, int(fraud.sum()), int((~fraud).sum()))

    @property
    def recall(self) -> float:
        """Share of all frauds that are marked."""
        return self.frauds / max(self.of_frauds, 1)

    @property
    def of_other_rows(self) -> float:
        """Share of all other rows that are marked."""
        return self.others / max(self.of_others, 1)

    @property
    def precision_low(self) -> float:
        """One-sided 95 % bound of the share of fraud among the marked rows."""
        return lower_bound(self.frauds, self.frauds + self.others)

    def are_frauds_own(self, share: float, times: float) -> bool:
        """Whether fraud's share among the marked rows, and how often it is marked, reach these."""
        return self.precision_low >= share and self.times_low >= times

    @property
    def times_low(self) -> float:
        """One-sided 95 % bound of how many times more often frauds are marked than other rows.

        The log method of Katz et al. 1978, doi:10.2307/2530610.
        """
        ours, theirs = self.frauds + HALF, self.others + HALF
        of_ours, of_theirs = self.of_frauds + HALF, self.of_others + HALF
        ratio = (ours / of_ours) / (theirs / of_theirs)
        error = math.sqrt(max(1 / ours - 1 / of_ours, 0) + max(1 / theirs - 1 / of_theirs, 0))
        return ratio * math.exp(-float(norm.ppf(CONFIDENCE)) * error)
