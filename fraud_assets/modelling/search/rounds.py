"""Families race: all on the first folds, those that may still win on the others.

Later folds train on more rows and cost most. Average precision decides which family wins, and one
that surely trails in it by far, and on the newest fold so far too, would have to lead by half as
much again on the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from fraud_assets.contract.schema import Contract
from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.family import Family
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.search.folds import EncodedFolds, Fold
from fraud_assets.modelling.search.grid import Fit, ScoredFit, gathered, judge_of, score_fit
from fraud_assets.modelling.search.sampling import Sample
from fraud_assets.modelling.search.settings import ScoredGrid
from fraud_assets.modelling.search.ticker import Ticker
from fraud_assets.modelling.search.validation import AVERAGE_PRECISION, FoldScores, Validation
from fraud_assets.modelling.statistics.ranking import Ranking
from fraud_assets.profiles import CONFIDENCE
from fraud_assets.work.workers import Workers, run_tasks

FIRST_FOLDS = 3
"""Folds on which every family may be compared; of fewer than two more nothing is saved."""

LOOKS = (2, 3)
"""After so many folds families that are far behind are left."""

FAR_BEHIND = 0.05
"""Average precision by which a family surely trails where it is left: ten times what a cheaper
one may lose. On the shipped week gradient boosting trails by .10 after three folds and by .15 after
all; the other two would take a third of the step's time."""


@dataclass(frozen=True)
class Trial:
    """One family's defaults on one fold; `smaller` are those sizes of the fit that its grid has.

    `cost` is counted on the newest fold of a round.
    """

    scored: ScoredFit
    smaller: tuple[ScoredFit, ...]
    n_features: int

    @property
    def scores(self) -> np.ndarray:
        """Margins of the validation rows, float32."""
        return self.scored.scores

    @property
    def cost(self) -> float | None:
        """Tests of one payment; None where it was not counted or only a library can serve it."""
        return self.scored.cost if np.isfinite(self.scored.cost) else None


class FamilyRounds:
    """All families on the first folds, then those that may still win on the others."""

    def __init__(
        self,
        sample: Sample,
        folds: list[Fold],
        families: list[Family],
        contract: Contract,
        *,
        workers: Workers,
        progress: Callable[[str], None] | None,
        kept: Collection[str] = (),
    ) -> None:
        """`kept` are families that are tried on all folds, however far behind."""
        self._sample, self._folds, self._families = sample, folds, families
        self._kept = {*kept, *(family.name for family in families if family.always_searched)}
        self._seed, self._recall = contract.search.seed, contract.policy.min_recall
        self._workers, self._progress = workers, progress
        columns = contract.features.numeric, contract.features.categorical
        self._encoded = EncodedFolds(sample.rows, folds, *columns)

    def run(self) -> dict[str, list[Trial]]:
        """Trials of each family by its name, in the folds' order."""
        count = len(self._folds)
        ends = (*LOOKS, count) if count > FIRST_FOLDS + 1 else (count,)
        trials: dict[str, list[Trial]] = {family.name: [] for family in self._families}
        staying = self._families
        for begin, end in pairwise((0, *ends)):
            for name, found in self._tried(staying, range(begin, end)).items():
                trials[name] += found
            if end < count:
                left = self._left({family.name: trials[family.name] for family in staying})
                staying = [family for family in staying if family.name not in left]
        return trials

    def validation(self, trials: Sequence[Trial]) -> Validation:
        """The validation rows of as many folds as there are trials."""
        return Validation.of(self._sample, self._folds[: len(trials)], self._recall)

    def grids(self, trials: Mapping[str, Sequence[Trial]]) -> dict[str, ScoredGrid]:
        """By family the settings of its grid that the fits of its defaults have scored."""
        found = {}
        for family in self._families:
            of = trials[family.name]
            settings = [one.params for one in of[0].smaller]
            if settings and len(of) == len(self._folds):
                scored = [one for trial in of for one in trial.smaller]
                frauds = self.validation(of).frauds
                found[family.name] = gathered(
                    family, settings, range(len(of)), scored, 0, frauds=frauds
                )
        return found

    def _tried(self, families: list[Family], among: range) -> dict[str, list[Trial]]:
        known = Validation.of(self._sample, self._folds, self._recall)
        # The last fold trains on most rows: begun first, no worker ends alone with it.
        tasks = [
            (self._fit(family, k, is_last=k == among[-1]), judge_of(known, k))
            for k in reversed(among)
            for family in families
        ]
        ticker = Ticker("Candidates", len(tasks), self._progress)
        found = run_tasks(score_fit, tasks, self._workers, lambda done: ticker.tick(done[-1].auc))
        trials: dict[str, list[Trial]] = {family.name: [] for family in families}
        for (fit, _), done in reversed(list(zip(tasks, found, strict=True))):
            trials[fit.family].append(_trial(fit, done))
        return trials

    def _fit(self, family: Family, k: int, *, is_last: bool) -> Fit:
        rest = {name: value for name, value in family.defaults.items() if name != family.size}
        sizes: list[Any] = []
        if family.size is not None:
            most = family.defaults[family.size]
            smaller = family.grid[family.size] if _is_in_grid(family, family.defaults) else ()
            sizes = [*(size for size in smaller if size < most), most]
        fold = self._encoded.of(family)[k]
        return Fit(family.name, rest, sizes, k, fold, self._seed, is_last)

    def _left(self, trials: Mapping[str, list[Trial]]) -> set[str]:
        """Families far behind the best, but for those that are kept.

        The defaults of families that are always searched tell little of them.
        """
        names = list(trials)
        scores = [[trial.scores for trial in trials[name]] for name in names]
        known = self.validation(trials[names[0]])
        best = int(np.argmax([known.average_precision(of) for of in scores]))
        newest = np.array([_newest_precision(known, of) for of in scores])
        behind = [at for at in range(len(names)) if newest[best] - newest[at] > FAR_BEHIND]
        doubtful = [at for at in behind if names[at] not in self._kept]
        if not doubtful:
            return set()
        rivals = [scores[at] for at in (best, *doubtful)]
        drawn = known.replicates(rivals, self._seed)[:, :, AVERAGE_PRECISION]
        least = np.nanquantile(drawn[:, [0]] - drawn[:, 1:], 1 - CONFIDENCE, axis=0)
        return {names[at] for at, gap in zip(doubtful, least, strict=True) if gap > FAR_BEHIND}


def _newest_precision(known: Validation, scores: FoldScores) -> float:
    """Average precision on the newest fold alone."""
    label, weight = (known.parts(of)[-1] for of in (known.label, known.weight))
    return Ranking.of(scores[-1].astype(np.float64), label).measure(weight)[1]


def _trial(fit: Fit, scored: Sequence[ScoredFit]) -> Trial:
    """The defaults are the largest size of their fit."""
    family = FAMILIES[fit.family]
    own = tuple(one for one in scored if _is_in_grid(family, one.params))
    return Trial(scored[-1], own, fit.fold.train.shape[1])


def _is_in_grid(family: Family, params: Parameters) -> bool:
    return params.keys() == family.grid.keys() and all(
        value in family.grid[name] for name, value in params.items()
    )
