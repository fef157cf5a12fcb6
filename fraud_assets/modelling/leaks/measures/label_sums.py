"""Features that count the frauds of whoever pays, this payment and later ones included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import rankdata

SAME = 0.995
"""Rank correlation from which a feature is such a count, whatever its unit."""

LEAST_TOLD = 20
"""Payments at which the count must differ from what was known before."""

_MOST = 200_000
"""Rows compared, evenly over all."""


@dataclass(frozen=True)
class LabelSum:
    """What a feature counts: `of` whom, `what` in words, and how surely."""

    of: str
    what: str
    same: float


class LabelSums:
    """Counts of frauds by entity over `history`, for the rows at `places` in it.

    `entities` names columns of `history`, `label` (n,) is 1 for fraud. Before the row itself
    nobody knows its label: such a count is made of the future.
    """

    def __init__(
        self,
        history: pd.DataFrame,
        entities: tuple[str, ...],
        label: np.ndarray,
        places: np.ndarray,
    ) -> None:
        step = max(1, len(places) // _MOST)
        self._at = np.arange(0, len(places), step)
        self._told = [
            (LabelSum(name, what, 0.0), *(rankdata(c[places][self._at]) for c in (counted, before)))
            for name in entities
            for what, counted, before in _counts(history[name], label)
            if ((counted != before)[places]).sum() >= LEAST_TOLD
        ]

    def told_by(self, values: pd.Series) -> LabelSum | None:
        """The count that a feature (n,) of the rows is, or None."""
        if not self._told:
            return None
        numbers = _as_numbers(values)
        if numbers is None:
            return None
        ranks = rankdata(numbers[self._at])
        found = [
            replace(told, same=same)
            for told, counted, before in self._told
            if (same := _correlation(ranks, counted)) >= SAME and same > _correlation(ranks, before)
        ]
        return max(found, key=lambda told: told.same, default=None)


def _counts(entity: pd.Series, label: np.ndarray) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """In words, each count (n,), and the same of earlier rows alone; rows come in time order."""
    group = pd.Series(label).groupby(entity.to_numpy(), dropna=False)
    until = group.cumsum().to_numpy(dtype=np.float64)
    before = until - label
    number = group.cumcount().to_numpy(dtype=np.float64)
    known = before / np.maximum(number, 1)
    yield "how many frauds, this payment and later ones included,", _of(group, "sum"), before
    yield "the share of frauds, this payment and later ones included,", _of(group, "mean"), known
    yield (
        "whether any fraud, this payment and later ones included,",
        _of(group, "max"),
        (before > 0).astype(float),
    )
    yield "how many frauds, this payment included,", until, before
    yield "the share of frauds, this payment included,", until / (number + 1), known


def _of(group: object, how: str) -> np.ndarray:
    return group.transform(how).to_numpy(dtype=np.float64)  # type: ignore[attr-defined]


def _as_numbers(values: pd.Series) -> np.ndarray | None:
    """Numbers as they are, words of two as 0 and 1; else None."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.where(np.isnan(numbers), 0.0, numbers)
    codes, names = pd.factorize(values.astype(object), use_na_sentinel=False)
    return codes.astype(np.float64) if len(names) == 2 else None


def _correlation(ours: np.ndarray, theirs: np.ndarray) -> float:
    if np.ptp(ours) == 0 or np.ptp(theirs) == 0:
        return 0.0
    return float(abs(np.corrcoef(ours, theirs)[0, 1]))
