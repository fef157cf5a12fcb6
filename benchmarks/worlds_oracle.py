"""What a rule could reach at all in `benchmarks.worlds`: thresholds of those who know the law."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.worlds_law import Drawn, Law
from fraud_assets.contract.sections.policy import Policy
from fraud_assets.modelling.judging.guarantee import clustered_rank
from fraud_assets.modelling.judging.thresholds import aimed_rank, midway_below
from fraud_assets.modelling.statistics.intervals import design_effect


def best_threshold(scores: np.ndarray, floor: float) -> float:
    """The highest threshold at which so large a share of the frauds' `scores` (n,) is caught."""
    return float(np.sort(scores)[len(scores) - aimed_rank(len(scores), floor)])


def informed_threshold(
    law: Law,
    own: Drawn,
    history: Sequence[Sequence[tuple[Law, Drawn]]],
    policy: Policy,
) -> tuple[float, int]:
    """The guarantee from the same frauds by one who knows what a rule must find out, and their n.

    Known are which frauds of the history are of the coming week's `law`, what the published fit
    itself says of them though it has not seen them, and how little bursts say. Only the law's
    recall is not known: its promise holds at the contract's confidence, neither more nor less.
    """
    floor, scores = policy.min_recall, law.scores["today"]
    drawn = [own, *(part for block in history for of, part in block if of is law)]
    at = np.concatenate([part.at[law.label[part.at] == 1] for part in drawn])
    everyone = law.frauds("today")
    caught = everyone >= best_threshold(everyone, floor)
    worth = len(at) / design_effect(caught, law.sender[law.label == 1])
    rank = clustered_rank(len(at), worth, floor, policy.threshold.confidence)
    value = float(np.sort(scores[at])[len(at) - rank])
    return midway_below(value, scores[own.at]), len(at)
