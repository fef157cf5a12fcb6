"""What one feature alone tells of the label, measured on rows that its scores have not seen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from fraud_assets.modelling.leaks.measures.hits import Hits
from fraud_assets.modelling.leaks.measures.levels import Levels, levels, marked
from fraud_assets.modelling.statistics.ranking import Ranking
from fraud_assets.profiles import CONFIDENCE

BLOCKS = 5
"""Parts of the rows in order of time, of as many frauds each: the share of fraud that a level has
in the others scores each part."""

PRIOR_ROWS = 1.0
"""Weight, in rows, of the overall share of fraud in the share of a level."""

PURE = 0.9
"""A level counts as fraud's own where at least this share of its rows is fraud."""

OFTEN = 20.0
"""A level is fraud's mostly where it is this many times as frequent there as elsewhere."""


@dataclass(frozen=True)
class Alone:
    """One feature alone against the label, on n rows of which `frauds` are frauds.

    `auc` is the better of two rankings: by the value itself, up or down, and by the share of
    fraud at its level in the other blocks of time. `auc_low` is its one-sided 95 % bound. `own`
    are the rows at single values that are fraud's own in the other blocks, `mostly` those at
    values that are fraud's mostly, `purest` the value that holds most frauds of either;
    `marked` the rows that have a value, and another than the usual one where more than half of
    all rows have the same.
    """

    feature: str
    auc: float
    auc_low: float
    frauds: int
    rows: int
    own: Hits
    mostly: Hits
    marked: Hits
    purest: str | None


def measure_alone(values: pd.Series, label: np.ndarray) -> Alone:
    """One feature (n,) in order of time against the label (n,), which has both classes."""
    fraud = label == 1
    cut = levels(values, fraud)
    share = _share_elsewhere(cut, fraud)
    auc = max([_auc(share, label), *_auc_of_values(values, label)])
    single, base = cut.single[cut.code], float(fraud.mean())
    own = (share >= PURE) & single
    mostly = (share * (1 - base) >= OFTEN * base * (1 - share)) & single
    return Alone(
        feature=str(values.name),
        auc=auc,
        auc_low=auc_lower_bound(auc, int(fraud.sum()), int((~fraud).sum())),
        frauds=int(fraud.sum()),
        rows=len(label),
        own=Hits.of(own, fraud),
        mostly=Hits.of(mostly, fraud),
        marked=Hits.of(marked(values), fraud),
        purest=_purest(cut, (own | mostly) & fraud),
    )


def _share_elsewhere(cut: Levels, fraud: np.ndarray) -> np.ndarray:
    """For each row the share of fraud at its level in the other blocks, (n,)."""
    m = len(cut.names)
    block = np.cumsum(fraud) * BLOCKS // (int(fraud.sum()) + 1)
    cells = cut.code * BLOCKS + block
    rows = np.bincount(cells, minlength=m * BLOCKS).reshape(m, BLOCKS)
    frauds = np.bincount(cells, weights=fraud, minlength=m * BLOCKS).reshape(m, BLOCKS)
    rows_elsewhere = rows.sum(axis=1, keepdims=True) - rows
    frauds_elsewhere = frauds.sum(axis=1, keepdims=True) - frauds
    share = (frauds_elsewhere + PRIOR_ROWS * fraud.mean()) / (rows_elsewhere + PRIOR_ROWS)
    elsewhere: np.ndarray = share[cut.code, block]
    return elsewhere


def _auc_of_values(values: pd.Series, label: np.ndarray) -> tuple[float, ...]:
    """Of the numbers themselves, whichever way they point; missing ones below all others."""
    if not pd.api.types.is_numeric_dtype(values.dtype):
        return ()
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    auc = _auc(np.where(np.isnan(numbers), -math.inf, numbers), label)
    return auc, 1 - auc


def _auc(scores: np.ndarray, label: np.ndarray) -> float:
    return Ranking.of(scores, label).measure()[0]


def auc_lower_bound(auc: float, frauds: int, others: int, confidence: float = CONFIDENCE) -> float:
    """One-sided lower bound of an area under the ROC curve from so many rows of each class.

    Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747; and at most 1 - 3 / frauds, the
    rule of three for frauds that all rank first, where their formula knows no error.
    """
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (frauds - 1) * (q1 - auc**2) + (others - 1) * (q2 - auc**2)
    error = math.sqrt(max(spread, 0.0) / (frauds * others))
    return max(0.0, min(auc - float(norm.ppf(confidence)) * error, 1 - 3 / frauds))


def _purest(cut: Levels, hit: np.ndarray) -> str | None:
    if not hit.any():
        return None
    return cut.names[int(np.bincount(cut.code[hit]).argmax())]
