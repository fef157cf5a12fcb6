"""What a fitted model reaches on the judged rows that no honest data lets it reach."""

from __future__ import annotations

import numpy as np

from fraud_assets.contract import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.leaks import Leak, LeaksSection
from fraud_assets.modelling.leaks import bounds
from fraud_assets.modelling.leaks.find import among_others, facts_of_payment
from fraud_assets.modelling.leaks.measures.alone import measure_alone
from fraud_assets.modelling.leaks.measures.hits import Hits
from fraud_assets.modelling.statistics.ranking import Ranking

STRONGEST = 3
"""How many features are named: those that rank frauds best alone."""


def with_reached(
    before: LeaksSection, judged: Rows, scores: np.ndarray, contract: Contract
) -> LeaksSection:
    """What is too good to be true before and after fitting: section `leaks` of report.json."""
    reached = reached_too_much(judged, scores, contract)
    return before if reached is None else among_others(before, reached, contract)


def reached_too_much(judged: Rows, scores: np.ndarray, contract: Contract) -> Leak | None:
    """The finding on a model's scores (n,) of the judged rows, or None.

    Refused are scores that rank nearly every fraud first, or find most of them with hardly a
    false alarm, unless a fact of the payment itself, such as its amount, alone does nearly as
    well.
    """
    if judged.frauds < bounds.REACHED_FRAUDS or judged.frauds == len(judged):
        return None
    reached = _ranks_too_well(judged, scores) or _finds_too_purely(judged, scores)
    if reached is None:
        return None
    measure, value, what = reached
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
        measure=measure,
        value=value,
        n=len(judged),
        frauds=judged.frauds,
        text=f"The model {what}, {by}.",
    )


def _ranks_too_well(judged: Rows, scores: np.ndarray) -> tuple[str, float, str] | None:
    auc = Ranking.of(scores, judged.label).measure()[0]
    if auc < bounds.REACHED_AUC:
        return None
    what = f"ranks {judged.frauds:,} judged frauds with a ROC-AUC of {auc:.5f}"
    return "ROC-AUC of the model", auc, what


def _finds_too_purely(judged: Rows, scores: np.ndarray) -> tuple[str, float, str] | None:
    """Hardly a false alarm at the score that finds nine of ten frauds, as its bound says too."""
    frauds = np.sort(scores[judged.label == 1])
    least = frauds[int((1 - bounds.REACHED_RECALL) * len(frauds))]
    found = Hits.of(scores >= least, judged.label == 1)
    if found.precision_low < bounds.REACHED_PRECISION:
        return None
    alarms = found.frauds + found.others
    what = (
        f"finds {found.frauds:,} of {judged.frauds:,} judged frauds by {alarms:,} alarms, a "
        f"precision of {found.frauds / alarms:.4f}"
    )
    return f"precision at a recall of {bounds.REACHED_RECALL:g}", found.frauds / alarms, what
