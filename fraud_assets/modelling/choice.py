"""Which family wins: the best mean, or a tied one that costs less to serve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from fraud_assets.documents.report.search import LeaderboardRow
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.candidates import Leaderboard
from fraud_assets.profiles import CONFIDENCE

TIE_AUC = 0.01
"""Largest mean difference in ROC-AUC that may be called a tie: few, noisy folds make wide
intervals, and lack of evidence is not equality."""


@dataclass(frozen=True)
class Choice:
    """The winning family and the sentence that says why."""

    family: str
    sentence: str


def paired_difference(
    first: Sequence[float] | np.ndarray, second: Sequence[float] | np.ndarray
) -> tuple[float, float, float]:
    """Mean of the fold differences first - second with its two-sided 95 % t interval.

    Folds share training rows, so the interval is somewhat too narrow (Bengio and Grandvalet
    2004: no unbiased variance exists); it decides ties and proves nothing.
    """
    differences = np.subtract(first, second)
    mean, n = float(differences.mean()), len(differences)
    error = float(differences.std(ddof=1)) / np.sqrt(n)
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, n - 1)) * error
    return mean, mean - half, mean + half


def told_difference(
    first: Sequence[float] | np.ndarray, second: Sequence[float] | np.ndarray
) -> str:
    """The paired difference with its interval and n, in words."""
    mean, low, high = paired_difference(first, second)
    return (
        f"paired difference {mean:.4f}, 95 % interval {low:.4f} to {high:.4f}, "
        f"n = {len(first)} folds"
    )


def is_tie(best: Sequence[float] | np.ndarray, other: Sequence[float] | np.ndarray) -> bool:
    """Whether the better of two fold rows is not shown to be better, nor better by much."""
    mean, low, _ = paired_difference(best, other)
    return low <= 0 and mean <= TIE_AUC


def best_and_tied(fold_auc: Mapping[str, Sequence[float] | np.ndarray]) -> list[str]:
    """The family of best mean ROC-AUC over the folds, then those tied with it."""
    best = max(fold_auc, key=lambda family: np.mean(fold_auc[family]))
    others = [family for family in fold_auc if family != best]
    return [best, *(other for other in others if is_tie(fold_auc[best], fold_auc[other]))]


def cheapest(families: Sequence[str]) -> str:
    """The family that costs least to serve."""
    return min(families, key=lambda family: FAMILIES[family].serving_rank)


def choose_family(leaderboard: Leaderboard) -> Choice:
    """Best mean ROC-AUC; of the families tied with it the cheapest to serve."""
    by_name = {candidate.family: candidate for candidate in leaderboard.candidates}
    tied = best_and_tied({name: c.fold_auc for name, c in by_name.items()})
    best, chosen = by_name[tied[0]], by_name[cheapest(tied)]
    return Choice(chosen.family, _sentence(best, chosen, len(tied) - 1))


def _sentence(best: LeaderboardRow, chosen: LeaderboardRow, ties: int) -> str:
    folds = len(best.fold_auc)
    opening = f"{best.family} has the best mean ROC-AUC, {best.auc_mean:.4f} over {folds} folds"
    if chosen is best:
        why = "costs least to serve of those tied with it" if ties else "is tied with none"
        return f"{opening}, and {why}."
    difference = told_difference(best.fold_auc, chosen.fold_auc)
    return (
        f"{opening}; {chosen.family} with {chosen.auc_mean:.4f} is tied with it "
        f"({difference}) and stands before it in the fixed order of what serving costs "
        f"(measured here: one row p95 {chosen.p95_ms:.1f} ms against {best.p95_ms:.1f} ms, one "
        f"fit {chosen.fit_seconds:.1f} s against {best.fit_seconds:.1f} s)."
    )
