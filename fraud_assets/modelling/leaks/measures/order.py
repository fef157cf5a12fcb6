"""Numbers given in an order: what is numbered when its label came lies behind its payment."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import rankdata

IN_ORDER = 0.8
"""Rank correlation with the payments' times from which numbers follow them."""

DIFFERENT = 0.5
"""Share of different values that numbers given one after the other have at least."""


def places_behind(values: pd.Series, time: np.ndarray) -> pd.Series | None:
    """By how many places (n,) each number lies behind its payment's; None where no order shows.

    `values` (n,) numbers, `time` (n,) of the payments. Both are put in order; a number given as
    the payment was made has the same place in both. Missing numbers stay missing.
    """
    if not pd.api.types.is_numeric_dtype(values.dtype):
        return None
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    present = ~np.isnan(numbers)
    known = numbers[present]
    if len(known) < 2 or len(np.unique(known)) < max(2, DIFFERENT * len(known)):
        return None
    ours, theirs = rankdata(known), rankdata(time[present].astype(np.int64))
    follows = np.corrcoef(ours, theirs)[0, 1]
    if not abs(follows) >= IN_ORDER:
        return None
    behind = np.full(len(values), np.nan)
    behind[present] = ours - (theirs if follows > 0 else len(known) + 1 - theirs)
    return pd.Series(behind, name=values.name)
