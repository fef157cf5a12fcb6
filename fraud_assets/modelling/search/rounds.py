"""Families race: all on the first folds, those that may still win on the others.

Later folds train on more rows and cost most. Average precision decides which family wins, and one
that trails in it by far, whichever senders are drawn and on the newest of the first folds too,
would have to lead by half as much again on the rest.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_auc_score

from fraud_assets.contract.schema import Contract
from fraud_assets.families.cost import serving_cost
from fraud_assets.families.family import Family
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.preprocessing import columns_of_many_levels
from fraud_assets.modelling.search.folds import EncodedFold, Fold, encode_folds
from fraud_assets.modelling.search.sampling import Sample
from fraud_assets.modelling.search.ticker import Ticker
from fraud_assets.modelling.search.validation import AVERAGE_PRECISION, FoldScores, Validation
from fraud_assets.modelling.statistics.ranking import Ranking
from fraud_assets.work.workers import Workers, run_tasks

FIRST_FOLDS = 3
"""Folds on which every family is compared; of fewer than two more nothing is saved."""

FAR_BEHIND = 0.05
"""Average precision by which a family trails where it is left: ten times what a cheaper one may
lose. On the shipped week gradient boosting trails by .15, which took half of the step's time."""


@dataclass(frozen=True)
class Trial:
    """One family's defaults on one fold; `cost` is counted on the newest fold of a round."""

    family: str
    fold: int
    scores: np.ndarray
    auc: float
    fit_seconds: float
    cost: float | None
    n_features: int


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
    ) -> None:
        self._sample, self._folds, self._families = sample, folds, families
        self._seed, self._recall = contract.search.seed, contract.policy.min_recall
        self._workers, self._progress = workers, progress
        self._first = FIRST_FOLDS if len(folds) > FIRST_FOLDS + 1 else len(folds)
        columns = contract.features.numeric, contract.features.categorical
        many = columns_of_many_levels(sample.rows.features, contract.features.categorical)
        self._encoded = {
            encoding: encode_folds(sample.rows, folds, columns, encoding, many)
            for encoding in dict.fromkeys(family.encoding for family in families)
        }

    def run(self) -> dict[str, list[Trial]]:
        """Trials of each family by its name, in the folds' order."""
        trials = self._tried(self._families, range(self._first))
        left = self._left(trials)
        staying = [family for family in self._families if family.name not in left]
        later = self._tried(staying, range(self._first, len(self._folds)))
        return {name: [*of, *later.get(name, ())] for name, of in trials.items()}

    def validation(self, trials: Sequence[Trial]) -> Validation:
        """The validation rows of as many folds as there are trials."""
        return Validation.of(self._sample, self._folds[: len(trials)], self._recall)

    def _tried(self, families: list[Family], among: range) -> dict[str, list[Trial]]:
        # The last fold trains on most rows: begun first, no worker ends alone with it.
        tasks = [
            (family.name, k, self._encoded[family.encoding][k], self._seed, k == among[-1])
            for k in reversed(among)
            for family in families
        ]
        ticker = Ticker("Candidates", len(tasks), self._progress)
        found = run_tasks(_try, tasks, self._workers, lambda trial: ticker.tick(trial.auc))
        return {family.name: _in_time(family, found) for family in families}

    def _left(self, trials: Mapping[str, list[Trial]]) -> set[str]:
        """Families far behind the best, but for those whose defaults tell little of them."""
        if self._first == len(self._folds):
            return set()
        names = list(trials)
        scores = [[trial.scores for trial in trials[name]] for name in names]
        known = self.validation(trials[names[0]])
        best = int(np.argmax([known.average_precision(of) for of in scores]))
        drawn = known.replicates(scores, self._seed)[:, :, AVERAGE_PRECISION]
        least = np.nanmin(drawn[:, [best]] - drawn, axis=0)
        newest = np.array([_newest_precision(known, of) for of in scores])
        far = (least > FAR_BEHIND) & (newest[best] - newest > FAR_BEHIND)
        return {n for n, gone in zip(names, far, strict=True) if gone} - {
            family.name for family in self._families if family.always_searched
        }


def _newest_precision(known: Validation, scores: FoldScores) -> float:
    """Average precision on the newest fold alone."""
    label, weight = (known.parts(of)[-1] for of in (known.label, known.weight))
    return Ranking.of(scores[-1].astype(np.float64), label).measure(weight)[1]


def _try(name: str, k: int, fold: EncodedFold, seed: int, is_last: bool) -> Trial:
    family = FAMILIES[name]
    classifier = family.build(family.defaults, seed)
    started = time.perf_counter()
    family.fit(classifier, fold.train, fold.train_label)
    seconds = time.perf_counter() - started
    scores = family.margin(classifier, fold.valid)
    cost = serving_cost(family, classifier) if is_last else None
    return Trial(
        family=name,
        fold=k,
        scores=scores.astype(np.float32),
        auc=float(roc_auc_score(fold.valid_label, scores)),
        fit_seconds=seconds,
        cost=None if cost is None or math.isinf(cost) else cost,
        n_features=fold.train.shape[1],
    )


def _in_time(family: Family, trials: list[Trial]) -> list[Trial]:
    return sorted((t for t in trials if t.family == family.name), key=lambda t: t.fold)
