"""The columns whose levels are told apart, as decisions were made with them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.documents.decision import Decision
from fraud_assets.modelling.judging.slices import amount_bands, levels_as_text
from fraud_assets.watch.collect import by_payment_time
from fraud_assets.watch.slices import SliceLevels


def slice_levels(
    decisions: Iterable[Decision], contract: Contract, amount: np.ndarray
) -> SliceLevels:
    """The columns that `evaluation.slices` names, as served, and the band of the amount (n,)."""
    made = by_payment_time(decisions)
    found = {
        name: levels_as_text(pd.Series([one.features.get(name) for one in made]))
        for name in contract.evaluation.slices
        if any(name in one.features for one in made)
    }
    if np.isfinite(amount).any():
        found["amount_band"] = amount_bands(amount)
    return found
