"""Which columns tell the label: by their values, as the gate will measure them, or by names."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fraud_assets.draft.guess import Guess
from fraud_assets.draft.seen.facts import Facts
from fraud_assets.modelling.leaks.look import all_looks
from fraud_assets.modelling.leaks.measures.levels import FEW
from fraud_assets.modelling.leaks.measures.measured import MeasuredFeature
from fraud_assets.modelling.leaks.names import AFTERWARDS, FRAUD, LABEL
from fraud_assets.modelling.leaks.single import judge_feature

LEAST_FRAUDS = 10
"""With fewer frauds in the sample anything seems to tell them apart."""

MOST_LEVELS = 60
"""Levels up to which a column called as labels are may be one."""


OF_AN_AMOUNT = frozenset({"blank_for_frauds", "filled_only_for_frauds", "times_after_the_payment"})
"""What an amount cannot be by itself; that it ranks frauds well is no leak."""


def telling(facts: Facts, fraud: np.ndarray, time: np.ndarray | None = None) -> Guess | None:
    """Why a column may tell the label; None where nothing says so.

    `fraud` (n,) bool, `time` (n,) datetime64 of the payments. `sure` is what the gate would
    refuse, `likely` is by a name that speaks of fraud, and `doubtful` what it would warn of or
    a name of what is often filled in after the payment.
    """
    measured = _measured(facts, fraud, time)
    leak = None if measured is None else judge_feature(measured)
    if leak is not None:
        ranks = leak.code == "copies_the_label" and facts.is_number and facts.levels > FEW
        is_sure = leak.severity == "refuse" and not ranks
        return Guess(leak.code, leak.text.rstrip("."), "sure" if is_sure else "doubtful")
    if facts.named(FRAUD) or (facts.named(LABEL) and facts.levels <= MOST_LEVELS):
        return Guess("name", "its name speaks of the label", "likely")
    if facts.named(AFTERWARDS):
        return Guess("name", "its name is one of what is filled in afterwards", "doubtful")
    return None


def telling_of_an_amount(
    facts: Facts, fraud: np.ndarray, time: np.ndarray | None = None
) -> Guess | None:
    """Why numbers cannot be what a payment is worth; None where nothing says so."""
    measured = _measured(facts, fraud, time)
    if measured is None:
        return None
    looks = (look for look in all_looks() if look.code in OF_AN_AMOUNT)
    found = next((one for look in looks if (one := look.find(measured)) is not None), None)
    if found is None:
        return None
    return Guess(
        "amount", found.text.rstrip("."), "sure" if found.severity == "refuse" else "doubtful"
    )


def _measured(facts: Facts, fraud: np.ndarray, time: np.ndarray | None) -> MeasuredFeature | None:
    """A column against the label; None with too few frauds to say anything."""
    if not LEAST_FRAUDS <= int(fraud.sum()) < len(fraud):
        return None
    if facts.is_number:
        values = pd.Series(facts.numbers, name=facts.name)
    else:
        text = facts.text.reindex(range(len(fraud)))
        values = text.where(text.notna(), None).rename(facts.name)
    return MeasuredFeature(values, fraud.astype("int8"), time)
