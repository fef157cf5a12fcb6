"""Which family wins: the one of most merit, or a cheaper one shown to be as good.

Merit adds up the three measures, each in the loss of it that a cheaper family may have: a
thousandth of ROC-AUC weighs as much as 2.5 of average precision or 25 of the precision at the
demanded recall. By one of them alone a family would win that is ahead by a hair there and far
behind in the others.

That two families are not shown to differ does not show that they are equal: few frauds make
wide intervals. So a cheaper family must show, at 95 % confidence, that it is worse by no more
than a margin in each measure (a test of non-inferiority; its three measures need no correction,
for all must pass: Berger 1982, doi:10.1080/00401706.1982.10487790). A cheaper one that leads by
luck is held to the same: it must show that its merit is not below a dearer one's by two margins,
or below a sum of two families', whatever that costs.
Where too few frauds speak, the dearer family is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fraud_assets.documents.report.origin import Parameters
from fraud_assets.modelling.search.validation import (
    MEASURES,
    FoldScores,
    Validation,
)
from fraud_assets.profiles import CONFIDENCE
from fraud_assets.values.counted import counted

MARGINS = np.array([0.002, 0.005, 0.05])
"""Losses of ROC-AUC, average precision and precision at the demanded recall that a cheaper
family may have at most. Precision at one recall hangs on a few frauds: its difference between
two families has a standard error of .08 on the shipped week, that of average precision .012."""

LUCK = 2.0
"""Merit, in margins, by which a dearer family must surely not be better than a cheaper leader."""

CHEAPER = 0.8
"""Share of the other's serving cost below which a family is cheaper: less is not worth a loss."""


@dataclass(frozen=True)
class Contender:
    """A family with a setting: its margins on the validation rows, and tests per payment.

    `is_sum` of two families, which is steadier than one.
    """

    family: str
    params: Parameters
    scores: FoldScores
    cost: float
    is_sum: bool = False


@dataclass(frozen=True)
class MeasuredLoss:
    """A cheaper contender beside the leader: its loss in each measure, and the losses' bounds.

    `bound` (3,) are one-sided upper bounds, or None where a loss itself lies beyond its margin.
    """

    other: Contender
    loss: np.ndarray
    bound: np.ndarray | None

    @property
    def is_shown(self) -> bool:
        """Whether each bound lies within its margin."""
        return self.bound is not None and bool((self.bound < MARGINS).all())


@dataclass(frozen=True)
class Choice:
    """The winner and the sentence that says why, with the numbers."""

    contender: Contender
    sentence: str


def merit(measures: np.ndarray) -> float:
    """The measures (3,) added up, each in its margin; minus infinity where they are unknown."""
    return float(np.nan_to_num(in_margins(measures), nan=-np.inf))


def in_margins(measures: np.ndarray) -> np.ndarray:
    """Measures (..., 3) added up, each in its margin, or differences of them."""
    return np.asarray((measures / MARGINS).sum(axis=-1))


def by_merit(contenders: Sequence[Contender], validation: Validation) -> list[Contender]:
    """The contenders, the one of most merit first; equals stay in their order."""
    return sorted(contenders, key=lambda c: -merit(validation.measures(c.scores)))


def leading(contenders: Sequence[Contender], validation: Validation) -> Contender:
    """The contender of most merit, the first of equals."""
    return by_merit(contenders, validation)[0]


def choose_setting(contenders: Sequence[Contender], validation: Validation, seed: int) -> Choice:
    """The leader by the rules above, or the cheapest contender that is shown to be as good."""
    best = leading(contenders, validation)
    leader = _not_by_luck(best, contenders, validation, seed)
    cheaper = [c for c in contenders if _is_cheaper(c, leader)]
    compared = compare(leader, sorted(cheaper, key=lambda c: c.cost), validation, seed)
    taken = next((found for found in compared if found.is_shown), None)
    opening = _opening(best, leader, validation)
    if taken is None:
        return Choice(leader, f"{opening}{_kept(leader, compared)}.")
    return Choice(taken.other, f"{opening}. {_taken(leader, taken, validation)}.")


def _not_by_luck(
    best: Contender, contenders: Sequence[Contender], validation: Validation, seed: int
) -> Contender:
    """The best, or the best of dearer ones and sums whose merit may be above its by two margins.

    By average precision alone one that is far behind in the other measures would be kept, and in
    simulation a worse dearer one is taken more often, a worse cheaper one as seldom.
    """
    rivals = [c for c in contenders if _goes_before(c, best)]
    if not rivals:
        return best
    drawn = validation.replicates([best.scores, *(c.scores for c in rivals)], seed)
    merits = in_margins(drawn)
    bound = np.nanquantile(merits[:, 1:] - merits[:, :1], CONFIDENCE, axis=0)
    open_ones = [c for c, most in zip(rivals, bound, strict=True) if most >= LUCK]
    if not open_ones:
        return best
    return _not_by_luck(leading(open_ones, validation), open_ones, validation, seed)


def _goes_before(other: Contender, best: Contender) -> bool:
    """Whether it does where the frauds are too few to tell them apart: a sum, or a dearer one."""
    if other.is_sum != best.is_sum:
        return other.is_sum
    return _is_cheaper(best, other)


def _is_cheaper(one: Contender, other: Contender) -> bool:
    """By enough to matter; no cost, known or unknown, is below itself."""
    return one.cost < other.cost and one.cost <= CHEAPER * other.cost


def compare(
    leader: Contender, others: Sequence[Contender], validation: Validation, seed: int
) -> list[MeasuredLoss]:
    """Each other's loss against the leader, bounded on the same draws of senders.

    A sender's rows are drawn together; losses beyond a margin need no draws.
    """
    best = validation.measures(leader.scores)
    losses = [best - validation.measures(other.scores) for other in others]
    near = [at for at, loss in enumerate(losses) if (loss < MARGINS).all()]
    bounds: dict[int, np.ndarray[Any, Any]] = {}
    if near:
        scores = [leader.scores, *(others[at].scores for at in near)]
        drawn = validation.replicates(scores, seed)
        for column, at in enumerate(near, start=1):
            bound = np.nanquantile(drawn[:, 0] - drawn[:, column], CONFIDENCE, axis=0)
            bounds[at] = np.maximum(bound, losses[at])
    pairs = zip(others, losses, strict=True)
    return [MeasuredLoss(other, loss, bounds.get(at)) for at, (other, loss) in enumerate(pairs)]


def _opening(best: Contender, leader: Contender, validation: Validation) -> str:
    opening = (
        f"{best.family} is best on the validation rows, average precision "
        f"{_measured(best, validation)}, means of {counted(len(validation.ends), 'fold')} with "
        f"{validation.frauds:,} frauds"
    )
    if leader is best:
        return opening
    return (
        f"{opening}, but that is too few to show that {leader.family} with average precision "
        f"{_measured(leader, validation)} is not better by {LUCK:g} margins of all three measures "
        f"together, so {leader.family} goes before it"
    )


def _measured(contender: Contender, validation: Validation) -> str:
    auc, average, precision = validation.measures(contender.scores)
    return (
        f"{average:.4f} (precision {precision:.4f} at recall {validation.recall:g}, ROC-AUC "
        f"{auc:.4f})"
    )


def _kept(leader: Contender, compared: Sequence[MeasuredLoss]) -> str:
    if not compared:
        return ", and none is cheaper to serve"
    nearest = min(compared, key=lambda found: float(_beyond(found).max()))
    worst = int(_beyond(nearest).argmax())
    loss = float(nearest.loss[worst])
    loses = f"loses {loss:.4f} and" if loss > 0 else "may lose"
    if nearest.bound is None:  # a loss beyond its margin, which needs no bound
        said = f"loses {loss:.4f}"
    else:
        said = f"{loses} at {CONFIDENCE:.0%} confidence up to {nearest.bound[worst]:.4f}"
    return (
        f"; of {len(compared)} cheaper to serve none is shown to be as good. The nearest, "
        f"{nearest.other.family}, takes {_tests(nearest.other)} a payment instead of "
        f"{_tests(leader)} but {said} of {MEASURES[worst]}, "
        f"where {MARGINS[worst]:g} is allowed"
    )


def _taken(leader: Contender, taken: MeasuredLoss, validation: Validation) -> str:
    bounds: list[float] = [] if taken.bound is None else taken.bound.tolist()
    losses = ", ".join(
        f"{bound:.4f} of {name} ({margin:g} allowed)"
        for name, bound, margin in zip(MEASURES, bounds, MARGINS, strict=True)
    )
    drawn = len(np.unique(validation.sender))
    each = "row" if drawn == len(validation.sender) else "sender"
    return (
        f"{taken.other.family} takes {_tests(taken.other)} a payment instead of {_tests(leader)} "
        f"and is shown to be as good: at {CONFIDENCE:.0%} confidence it loses at most {losses}; "
        f"resampled by {each}, n = {drawn:,}"
    )


def _beyond(found: MeasuredLoss) -> np.ndarray:
    """Losses in margins, as far as they are bounded."""
    return np.asarray((found.loss if found.bound is None else found.bound) / MARGINS)


def _tests(contender: Contender) -> str:
    if np.isinf(contender.cost):
        return "scikit-learn's own prediction"
    return f"{contender.cost:,.0f} tests" if contender.cost >= 1 else "less than one test"
