"""From the leaderboard to one family with its best setting, and the sentence that says why.

Every family competes with its defaults. The grid of the one that leads is searched, beside those
of families that are always searched; each then competes with its best setting. A family whose
own grid would cost hours names a stand-in, which is searched in its place; where the slow one
leads all the same, it is tried with the setting that served its stand-in best.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fraud_assets.contract.schema import Contract
from fraud_assets.documents.report.origin import Parameters
from fraud_assets.documents.report.search import LeaderboardRow
from fraud_assets.families.family import Family, StandIn
from fraud_assets.families.registry import FAMILIES, find_families
from fraud_assets.modelling.search.blended import blended
from fraud_assets.modelling.search.budget import (
    GRIDS,
    PRESENCE,
    allowed,
    encoded_columns,
    fit_seconds,
)
from fraud_assets.modelling.search.candidates import Leaderboard, sum_row
from fraud_assets.modelling.search.choice import Contender, by_merit, choose_setting, leading
from fraud_assets.modelling.search.folds import EncodedFolds, make_folds
from fraud_assets.modelling.search.grid import score_settings
from fraud_assets.modelling.search.race import race_grid
from fraud_assets.modelling.search.sampling import Sample
from fraud_assets.modelling.search.settings import FEW_FRAUDS, ScoredGrid
from fraud_assets.modelling.search.validation import Validation
from fraud_assets.work.workers import Workers


@dataclass(frozen=True)
class Winner:
    """The family and setting to fit, every setting scored on the way, and why.

    `contenders` are the winner first, then its next best settings and the best of the other
    families; `sums` the leaderboard's rows of sums that competed.
    """

    family: Family
    params: Parameters
    searched: tuple[ScoredGrid, ...]
    sentence: str
    contenders: tuple[Contender, ...]
    sums: tuple[LeaderboardRow, ...] = ()


SETTINGS_AGAIN, FAMILIES_AGAIN = 3, 3
"""Settings of the winner's family, and families, that are worth another look."""


class WeekSearch:
    """One week's sample, its folds, and each encoding of them made once."""

    def __init__(
        self,
        sample: Sample,
        contract: Contract,
        workers: Workers = 1,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self.sample, self.seed, self._contract = sample, contract.search.seed, contract
        self._workers, self._progress = workers, progress
        self.families = contract.search.families
        self._budget = allowed(contract, GRIDS)
        self._folds = make_folds(sample.rows, contract.search.folds, self.seed)
        columns = contract.features.numeric, contract.features.categorical
        self._encoded = EncodedFolds(sample.rows, self._folds, *columns)
        self.validation = Validation.of(sample, self._folds, contract.policy.min_recall)

    def grid(self, family: Family, among: int = 1, known: ScoredGrid | None = None) -> ScoredGrid:
        """Race the family's whole grid, with the budget's share of one of so many grids.

        `known` are settings that were scored on these folds before.
        """
        return race_grid(
            family,
            self._encoded.of(family),
            self.validation,
            self.seed,
            budget=self._budget / among,
            known=known,
            beside=family.small if self.validation.frauds < FEW_FRAUDS else (),
            workers=self._workers,
            progress=self._progress,
        )

    def validation_of(self, folds: int) -> Validation:
        """The validation rows of so many folds, from the first on."""
        return Validation.of(self.sample, self._folds[:folds], self.validation.recall)

    def score(
        self,
        family: Family,
        settings: Sequence[Parameters],
        presence: tuple[str, ...] = (),
        among: Sequence[int] | None = None,
    ) -> ScoredGrid:
        """Score a few settings of the family on the folds `among`, all of them by default.

        `presence` as in `build_pipeline`.
        """
        folds = self._encoded.of(family, presence)
        return score_settings(
            family,
            settings,
            folds,
            self.seed,
            validation=self.validation,
            among=among,
            workers=self._workers,
            progress=self._progress,
        )

    def with_defaults(self, candidate: LeaderboardRow, scores: np.ndarray) -> Contender:
        """A candidate of the leaderboard with its margins on the same rows."""
        cost = candidate.cost if isinstance(candidate.cost, float) else math.inf
        parts = self.validation.parts(scores)
        return Contender(candidate.family, dict(candidate.parameters), parts, cost)

    def affords(self, winner: Winner, most: int) -> int:
        """How many fits, at most so many, the budget lasts to try missingness; maybe none."""
        columns = encoded_columns(self.sample.rows, self._contract, winner.family)
        fitted = sum(len(train) for train, _ in self._folds)
        each = fit_seconds(winner.family, winner.params, fitted, columns)
        return min(most, int(allowed(self._contract, PRESENCE) / max(each, 1e-9)))

    def slow(self, family: Family) -> StandIn | None:
        """The stand-in of a family whose own grid is too slow on so many rows."""
        stand_in = family.stand_in
        return stand_in if stand_in and len(self.sample.rows) > stand_in.above_rows else None


def find_winner(search: WeekSearch, leaderboard: Leaderboard, forced: str | None = None) -> Winner:
    """Search the grid of the family named by `forced`, or let the leaderboard's compete.

    Raises
    ------
    ContractError
        If `forced` is not a family's name.
    """
    if forced is None:
        return _compete(search, leaderboard)
    (family,) = find_families([forced])
    sentence = f"{forced} was set by the caller and won no comparison."
    slow = search.slow(family)
    if slow is None:
        found = search.grid(family)
        best = found.contender
        again = _again(best, (found,), ())
        return Winner(family, best.params, (found,), sentence, again)
    stand_in = search.grid(FAMILIES[slow.family])
    own = search.score(family, [dict(family.defaults), _translated(family, slow, stand_in)])
    sentence += _told_stand_in(family, stand_in)
    best = own.contender
    return Winner(family, best.params, (own, stand_in), sentence, _again(best, (own,), ()))


def best_searched(searched: Sequence[ScoredGrid], validation: Validation, seed: int) -> Winner:
    """The winner among the best settings of families whose grids were searched."""
    choice = choose_setting([settings.contender for settings in searched], validation, seed)
    chosen = choice.contender
    again = _again(chosen, searched, [settings.contender for settings in searched])
    family = FAMILIES[chosen.family]
    return Winner(family, chosen.params, tuple(searched), choice.sentence, again)


def _again(
    winner: Contender, searched: Sequence[ScoredGrid], others: Sequence[Contender]
) -> tuple[Contender, ...]:
    """Who is worth another look: the winner first; `others` are in order of merit."""
    own = [part.contenders() for part in searched if part.family == winner.family]
    settings = [c for part in own for c in part if c.params != winner.params]
    rivals = [c for c in others if c.family != winner.family]
    steady = [c for c in rivals[FAMILIES_AGAIN - 1 :] if FAMILIES[c.family].always_searched]
    near = rivals[: FAMILIES_AGAIN - 1]
    return (winner, *settings[: SETTINGS_AGAIN - 1], *near, *steady)


def _compete(search: WeekSearch, leaderboard: Leaderboard) -> Winner:
    validation = search.validation
    entries = {
        candidate.family: search.with_defaults(candidate, leaderboard.scores[candidate.family])
        for candidate in leaderboard.candidates
        if candidate.family in leaderboard.scores  # else it was left after the first folds
    }
    usual = dict(entries)
    first = FAMILIES[leading(list(entries.values()), validation).family]
    slow = search.slow(first)
    always = [name for name in entries if FAMILIES[name].always_searched]
    wanted = dict.fromkeys([slow.family if slow else first.name, *always])
    known = leaderboard.grids
    searched = [search.grid(FAMILIES[name], len(wanted), known.get(name)) for name in wanted]
    said = f" Searched were {' and '.join(grid.extent for grid in searched)}."

    def enter(settings: ScoredGrid) -> None:
        both = [settings.contender, entries[settings.family]]
        entries[settings.family] = leading(both, validation)

    for settings in searched:
        if settings.family in entries:
            enter(settings)
    if slow and leading(list(entries.values()), validation).family == first.name:
        searched.append(search.score(first, [_translated(first, slow, searched[0])]))
        enter(searched[-1])
        said += _told_stand_in(first, searched[0])
    sums = blended(entries, usual, validation, search.families, leaderboard.too_dear)
    entries |= sums
    choice = choose_setting(list(entries.values()), validation, search.seed)
    chosen = choice.contender
    family = FAMILIES[chosen.family]
    again = _again(chosen, searched, by_merit(list(entries.values()), validation))
    rows = tuple(sum_row(one, validation, leaderboard.candidates) for one in sums.values())
    return Winner(family, chosen.params, tuple(searched), choice.sentence + said, again, rows)


def _translated(family: Family, slow: StandIn, searched: ScoredGrid) -> Parameters:
    """The stand-in's best setting under the slow family's names."""
    best = searched.params[searched.best]
    renamed = {slow.renamed.get(key, key): value for key, value in best.items()}
    kept = {*family.grid, *slow.kept}
    return {key: value for key, value in renamed.items() if key in kept}


def _told_stand_in(family: Family, stand_in: ScoredGrid) -> str:
    settings = len(stand_in.params) + len(stand_in.dropped)
    return (
        f" The grid of {family.name} was searched by {stand_in.family} over {settings} settings, "
        f"whose best (mean ROC-AUC {stand_in.mean[stand_in.best]:.4f}) "
        "was tried beside the defaults."
    )
