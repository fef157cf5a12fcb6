"""The columns whose levels are told apart, as decisions were made with them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.documents.decision import Decision
from fraud_assets.modelling.judging.slices import MOST_LEVELS, amount_bands
from fraud_assets.profiles import CATEGORY_MISSING
from fraud_assets.watch.collect import by_payment_time
from fraud_assets.watch.slices import SliceLevels


def slice_levels(
    decisions: Iterable[Decision], contract: Contract, amount: np.ndarray
) -> SliceLevels:
    """The columns that `evaluation.slices` names, as served, and the band of the amount (n,)."""
    made = by_payment_time(decisions)
    found = {
        name: _text([one.features.get(name) for one in made])
        for name in contract.evaluation.slices
        if any(name in one.features for one in made)
    }
    if np.isfinite(amount).any():
        found["amount_band"] = amount_bands(amount)
    return found


def _text(values: list[object]) -> np.ndarray:
    column = pd.Series(values, dtype=object)
    if pd.to_numeric(column, errors="coerce").nunique() > MOST_LEVELS:
        return amount_bands(pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64))
    text = column.where(column.notna(), CATEGORY_MISSING).astype(str)
    return np.asarray(text.replace("", CATEGORY_MISSING), dtype=object)
