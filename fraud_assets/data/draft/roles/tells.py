"""Which columns tell the label: by their values, measured on the sample, or by their names."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu

from fraud_assets.data.draft.guess import Guess
from fraud_assets.data.draft.language.words import AFTERWARDS, FRAUD, LABEL
from fraud_assets.data.draft.seen.facts import Facts

LEAST_FRAUDS = 10
"""With fewer frauds in the sample anything seems to tell them apart."""

MOST_LEVELS = 60
"""Levels up to which a column may tell the label level by level."""

FEW_ROWS = 5
"""A level with fewer rows says nothing."""

ALMOST_ALL = 0.999
"""Area under the ROC curve of one column alone from which it all but is the label."""


def telling(facts: Facts, fraud: np.ndarray) -> Guess | None:
    """Why a column may tell the label; `fraud` (n,) bool. None where nothing says so.

    `sure` is measured, `likely` is by a name that speaks of fraud, and `doubtful` by a name of
    what is often filled in after the payment.
    """
    measured = _measured(facts, fraud)
    if measured is not None:
        return measured
    if facts.named(FRAUD) or (facts.named(LABEL) and facts.levels <= MOST_LEVELS):
        return Guess("name", "its name speaks of the label", "likely")
    if facts.named(AFTERWARDS):
        return Guess("name", "its name is one of what is filled in afterwards", "doubtful")
    return None


def _measured(facts: Facts, fraud: np.ndarray) -> Guess | None:
    frauds = int(fraud.sum())
    if frauds < LEAST_FRAUDS or frauds == len(fraud):
        return None
    with_fraud, without = facts.presence(fraud)
    if with_fraud >= 0.5 and without <= 0.002:
        return Guess("present", f"present in {with_fraud:.0%} of the frauds, hardly else", "sure")
    if without >= 0.5 and with_fraud <= 0.002:
        return Guess("absent", "missing in nearly all frauds, hardly else", "sure")
    if facts.levels <= MOST_LEVELS and _level_by_level(facts, fraud):
        return Guess("levels", "each of its values goes with one answer of the label", "sure")
    if facts.is_number and facts.levels > MOST_LEVELS and _area(facts, fraud) >= ALMOST_ALL:
        return Guess("order", "its numbers alone tell almost all frauds", "doubtful")
    return None


def _level_by_level(facts: Facts, fraud: np.ndarray) -> bool:
    """Whether knowing the value is knowing the label, but for 1 % of the frauds."""
    text = facts.text.reindex(range(len(fraud)), fill_value="")
    table = pd.crosstab(text.to_numpy(), fraud).reindex(columns=[False, True], fill_value=0)
    rare = table.sum(axis=1) < FEW_ROWS
    wrong = table[~rare].min(axis=1).sum() + table.loc[rare, True].sum()
    return bool(len(table) > 1 and wrong <= 0.01 * fraud.sum())


def _area(facts: Facts, fraud: np.ndarray) -> float:
    known = np.isfinite(facts.numbers)
    inside, outside = facts.numbers[known & fraud], facts.numbers[known & ~fraud]
    if len(inside) < LEAST_FRAUDS or len(outside) < LEAST_FRAUDS:
        return 0.5
    area = mannwhitneyu(inside, outside).statistic / (len(inside) * len(outside))
    return float(max(area, 1 - area))
