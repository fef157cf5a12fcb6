"""What a fitted model reaches on the judged rows that no honest data lets it reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from fraud_assets.contract import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.leaks import Leak, LeaksSection
from fraud_assets.modelling.leaks import bounds
from fraud_assets.modelling.leaks.find import among_others, facts_of_payment
from fraud_assets.modelling.leaks.measures.hits import Hits
from fraud_assets.modelling.leaks.measures.measured import MeasuredFeature
from fraud_assets.modelling.leaks.verdict import REACHED
from fraud_assets.modelling.statistics.ranking import Ranking
from fraud_assets.values.counted import counted

STRONGEST = 3
"""How many features are named where none gives the frauds away by itself."""


def with_reached(
    before: LeaksSection, judged: Rows, scores: np.ndarray, contract: Contract
) -> LeaksSection:
    """What is too good to be true before and after fitting: section `leaks` of report.json."""
    reached = reached_too_much(judged, scores, contract, before.found)
    return before if reached is None else among_others(before, reached, contract)


def reached_too_much(
    judged: Rows, scores: np.ndarray, contract: Contract, known: Sequence[Leak] = ()
) -> Leak | None:
    """The finding on a model's scores (n,) of the judged rows, or None.

    Refused are scores that rank nearly every fraud first, or find most of them with hardly a
    false alarm, unless a fact of the payment itself, such as its amount, alone does nearly as
    well. Named are the features that are `known` to be refused by themselves; else those that
    alone reach nearly as much; else the strongest three.
    """
    if judged.frauds < bounds.REACHED_FRAUDS or judged.frauds == len(judged):
        return None
    reached = _ranks_too_well(judged, scores) or _finds_too_purely(judged, scores)
    if reached is None:
        return None
    measure, value, what = reached
    alone = [MeasuredFeature(judged.features[name], judged.label) for name in judged.features]
    facts = facts_of_payment(contract)
    explained = max((one.alone.auc for one in alone if one.name in facts), default=0.0)
    suspects = sorted((one for one in alone if one.name not in facts), key=lambda o: -o.alone.auc)
    named = _named(suspects, known, contract.policy.checked)
    grave = bool(named) and explained < bounds.EXPLAINED_AUC
    by = "by facts of the payments themselves"
    if grave:
        by = f"which no honest data was seen to give; {_evidence(named, suspects)}"
    return Leak(
        features=tuple(one.name for one in named),
        code=REACHED,
        severity="refuse" if grave else "warn",
        measure=measure,
        value=value,
        n=len(judged),
        frauds=judged.frauds,
        text=f"The model {what}, {by}.",
    )


def _named(
    suspects: Sequence[MeasuredFeature], known: Sequence[Leak], checked: Mapping[str, str]
) -> list[MeasuredFeature]:
    """Who gives the frauds away; of two that a person has checked neither hides a third."""
    refused = {name for leak in known if leak.severity == "refuse" for name in leak.features}
    named = [one for one in suspects if one.name in refused]
    named = named or [one for one in suspects if _explains(one)] or [*suspects[:STRONGEST]]
    if all(one.name in checked for one in named) and not any(map(_explains, named)):
        named = [*named, *_without(named, suspects)[:STRONGEST]]
    return named


def _without(
    named: Sequence[MeasuredFeature], suspects: Sequence[MeasuredFeature]
) -> list[MeasuredFeature]:
    names = {one.name for one in named}
    return [one for one in suspects if one.name not in names]


def _explains(one: MeasuredFeature) -> bool:
    """Whether a model could reach so much by this feature alone."""
    few = one.has_few_values
    return one.alone.auc >= (bounds.REFUSED_AUC_OF_VALUES if few else bounds.REFUSED_AUC)


def _evidence(named: Sequence[MeasuredFeature], suspects: Sequence[MeasuredFeature]) -> str:
    """Each named feature's area alone, and what the best of the others reaches."""
    told = ", ".join(f"{one.name} {one.alone.auc:.4f}" for one in named)
    others = _without(named, suspects)
    beside = ""
    if others:
        best = others[0]
        beside = f"; of the others {best.name} reaches most, {best.alone.auc:.4f}"
    return f"the ROC-AUC of each alone is {told}{beside}"


def _ranks_too_well(judged: Rows, scores: np.ndarray) -> tuple[str, float, str] | None:
    auc = Ranking.of(scores, judged.label).measure()[0]
    if auc < bounds.REACHED_AUC:
        return None
    what = (
        f"ranks {counted(judged.frauds, 'judged fraud')} with a ROC-AUC of {auc:.5f}, where "
        f"{bounds.REACHED_AUC:g} is too much"
    )
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
        f"finds {found.frauds:,} of {counted(judged.frauds, 'judged fraud')} by "
        f"{counted(alarms, 'alarm')}, a "
        f"precision of {found.frauds / alarms:.4f}, where a lower bound of "
        f"{bounds.REACHED_PRECISION:g} is too much"
    )
    return f"precision at a recall of {bounds.REACHED_RECALL:g}", found.frauds / alarms, what
