"""What a fitted model reaches on the judged rows that no honest data lets it reach."""

from __future__ import annotations

import numpy as np

from fraud_assets.contract import Contract
from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.leaks import Leak, LeaksSection
from fraud_assets.modelling.leaks import bounds
from fraud_assets.modelling.leaks.alone import measure_alone
from fraud_assets.modelling.leaks.find import facts_of_payment, find_leaks, section_of
from fraud_assets.modelling.statistics.ranking import Ranking

STRONGEST = 3
"""How many features are named: those that rank frauds best alone."""


def all_leaks(
    cleaned: CleanedFeatures, judged: Rows, scores: np.ndarray, contract: Contract
) -> LeaksSection:
    """What is too good to be true before and after fitting: section `leaks` of report.json."""
    found = find_leaks(cleaned, contract).found
    reached = reached_too_much(judged, scores, contract)
    return section_of([*found, *([] if reached is None else [reached])], cleaned, contract)


def reached_too_much(judged: Rows, scores: np.ndarray, contract: Contract) -> Leak | None:
    """The finding on a model's scores (n,) of the judged rows, or None.

    Refused are scores that rank nearly every fraud first, unless a fact of the payment itself,
    such as its amount, alone does nearly as well.
    """
    if judged.frauds < bounds.REACHED_FRAUDS or judged.frauds == len(judged):
        return None
    auc = Ranking.of(scores, judged.label).measure()[0]
    if auc < bounds.REACHED_AUC:
        return None
    alone = [measure_alone(judged.features[name], judged.label) for name in judged.features]
    facts = facts_of_payment(contract)
    explained = max((found.auc for found in alone if found.feature in facts), default=0.0)
    suspects = [found for found in alone if found.feature not in facts]
    named = sorted(suspects, key=lambda found: -found.auc)[:STRONGEST]
    grave = bool(named) and explained < bounds.EXPLAINED_AUC
    features = tuple(found.feature for found in named)
    by = "by facts of the payments themselves"
    if grave:
        by = f"which no honest data was seen to give; the strongest alone: {', '.join(features)}"
    return Leak(
        features=features,
        code="reached_too_much",
        severity="refuse" if grave else "warn",
        measure="ROC-AUC of the model",
        value=auc,
        n=len(judged),
        frauds=judged.frauds,
        text=f"The model ranks {judged.frauds:,} judged frauds with a ROC-AUC of {auc:.5f}, {by}.",
    )
