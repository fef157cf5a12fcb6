"""Settings of several families once more, on a history many times as long as what was compared.

What won on few rows need not win on many, so the best setting of each family is fitted on as much
of the history as the budget lasts for, and scores the newest part of it. Rows that are scored are
never left out. Where the budget does not last for all of the history, all families meet on a
small part of it, and the best of them, beside those that are always searched, on as much as the
rest of the budget lasts for. Where it lasts for more, more settings enter, and more blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fraud_assets.contract import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.lookback.walk import BLOCKS, Try, Walk, begins
from fraud_assets.modelling.progress import Progress
from fraud_assets.modelling.reach import FittedReach
from fraud_assets.modelling.search.budget import AGAIN, affordable, allowed
from fraud_assets.modelling.search.choice import Choice, Contender, by_merit, choose_setting
from fraud_assets.modelling.search.sampling import Sample, sample_as_declared
from fraud_assets.work.workers import Workers

MANY_ROWS = 50_000
"""Rows from which a family's settings for many rows are tried too."""

FIRST_ROUND = 0.3
"""Share of the budget in which all families meet, where it does not last for the whole history."""

SCORED = 6
"""One row of so many of the history is scored, the newest ones; more where the fitted window's
later half is more."""


def meet(
    contenders: Sequence[Contender],
    reach: FittedReach,
    rows: Rows,
    fit: Rows,
    contract: Contract,
    *,
    workers: Workers = 1,
    progress: Progress | None = None,
) -> tuple[Contender, str] | None:
    """The contender to publish, fitted on the history taken, and the sentence that says why.

    None where the rows to be scored, or those before them, do not hold both classes. `rows` are
    all rows that the history may reach, `fit` the window at their end.
    """
    meeting = _Meeting(
        sample_as_declared(rows, contract.search), fit, reach, contract, workers, progress
    )
    if not meeting.is_possible():
        return None
    many = reach.count(rows) >= MANY_ROWS
    entered, sure = _in_turn(contenders, many=many)
    budget = allowed(contract, AGAIN)
    best, finalists = None, entered[:sure]
    steady = {one.family for one in finalists if FAMILIES[one.family].always_searched}
    if meeting.cost(finalists) > budget and any(one.family not in steady for one in finalists):
        best = meeting.of(finalists, budget * FIRST_ROUND).leader
        # Families that are always searched fit fast and gain most by more rows.
        finalists = [one for one in finalists if one.family in {best.family, *steady}]
        budget *= 1 - FIRST_ROUND
    return meeting.of(finalists, budget, entered).told(best)


@dataclass(frozen=True)
class _Met:
    """Settings that met, and who is chosen.

    `count` of them were fitted on `rows`, a `share` of those that lie before the scored ones.
    """

    count: int
    rows: int
    share: float
    choice: Choice
    leader: Contender

    def told(self, before: Contender | None) -> tuple[Contender, str]:
        part = "" if self.share >= 1 else f", a drawn {self.share:.0%} of those"
        first = "" if before is None else f" On fewer rows {before.family} led all families."
        return self.choice.contender, (
            f"{first} {self.count} settings met once more, fitted on {self.rows:,} rows{part} "
            f"that lie before the scored ones: {self.choice.sentence}"
        )


@dataclass(frozen=True)
class _Meeting:
    """The history's sample, on which settings meet."""

    sample: Sample
    fit: Rows
    reach: FittedReach
    contract: Contract
    workers: Workers
    progress: Progress | None

    def is_possible(self) -> bool:
        """Whether a single block, and what lies before it, hold both classes."""
        return self._walk(1, 1.0).is_possible(self.reach)

    def cost(self, contenders: Sequence[Contender]) -> float:
        """Processor seconds of the reference machine where all rows are fitted on."""
        return sum(self._costs(contenders))

    def of(
        self, contenders: Sequence[Contender], budget: float, more: Sequence[Contender] = ()
    ) -> _Met:
        """Let contenders meet on as many rows as the budget lasts for, beside more if it does."""
        share = min(1.0, budget / max(self.cost(contenders), 1e-9))
        entered, count = list(contenders), 1
        if share >= 1:
            entered = _apart([*contenders, *more])
            costs = self._costs(entered)
            count = BLOCKS if sum(costs) * BLOCKS <= budget else 1
            entered = entered[: max(len(contenders), affordable(costs, budget))]
        walk = self._walk(count, share)
        scored = walk.score([self._try(one) for one in entered])
        pairs = zip(entered, scored, strict=True)
        met = [replace(one, scores=of.margins, cost=of.cost) for one, of in pairs]
        choice = choose_setting(met, walk.validation, walk.seed)
        leader = by_merit(met, walk.validation)[0]
        return _Met(len(met), walk.fitted(self.reach), share, choice, leader)

    def _costs(self, contenders: Sequence[Contender]) -> list[float]:
        walk = self._walk(1, 1.0)
        return [walk.cost(self._try(one)) for one in contenders]

    def _try(self, one: Contender) -> Try:
        return Try(one.family, one.params, self.reach)

    def _walk(self, count: int, share: float) -> Walk:
        n, taken = len(self.sample.rows), self.reach.count(self.sample.rows)
        first = min(begins(self.sample, self.fit), n - 2 * taken // SCORED)
        return Walk(
            self.sample, first, self.contract, self.workers, self.progress, count=count, share=share
        )


def _in_turn(contenders: Sequence[Contender], *, many: bool) -> tuple[list[Contender], int]:
    """The best of each family, its defaults and settings for many rows, the others.

    And how many of them meet in any case. Defaults stand for what suits many rows: the best
    setting on few of them may learn too slowly to use the others.
    """
    best = {one.family: one for one in reversed(contenders)}
    first = [best[name] for name in dict.fromkeys(one.family for one in contenders)]
    steady = [one for one in first if FAMILIES[one.family].always_searched]
    usual = [replace(one, params=dict(FAMILIES[one.family].defaults)) for one in steady]
    large = [
        replace(one, params=dict(params))
        for one in first
        for params in (FAMILIES[one.family].large if many else ())
    ]
    sure, found = _apart([*first, *usual, *large]), _apart([*first, *usual, *large, *contenders])
    return found, len(sure)


def _apart(contenders: Sequence[Contender]) -> list[Contender]:
    """Each family with a setting once, in the order given."""
    found: list[Contender] = []
    for one in contenders:
        if all((one.family, one.params) != (c.family, c.params) for c in found):
            found.append(one)
    return found
