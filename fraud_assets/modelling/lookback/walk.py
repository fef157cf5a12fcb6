"""Walk-forward blocks at the end of the fitted window, each with all rows that lie before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fraud_assets.contract import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.cost import serving_cost
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.progress import Progress
from fraud_assets.modelling.reach import FittedReach
from fraud_assets.modelling.search.budget import encoded_columns, fit_seconds
from fraud_assets.modelling.search.folds import EncodedFold, EncodedFolds, Fold
from fraud_assets.modelling.search.sampling import Sample, thinned_rows
from fraud_assets.modelling.search.ticker import Ticker
from fraud_assets.modelling.search.validation import FoldScores, Validation
from fraud_assets.work.workers import Workers, begin_tasks

BLOCKS = 3
"""Blocks of validation rows: the last parts of the fitted window, as many as folds but two."""


@dataclass(frozen=True)
class Try:
    """A family with a setting, fitted on a history."""

    family: str
    params: Parameters
    reach: FittedReach


@dataclass(frozen=True)
class ScoredTry:
    """A try's margins on each block; `cost` is its tests of one payment (see `families.cost`)."""

    margins: FoldScores
    cost: float


class Walk:
    """The blocks of a sample, each encoded once with what lies before it.

    `first` is the position in the sample from which on rows may be scored, `count` how many blocks
    at most; one without frauds says nothing and is left out. Before each block a drawn `share` of
    the rows stays, frauds and others alike; a history is a part of it. What encodes rows was fitted
    on earlier ones alone.
    """

    def __init__(
        self,
        sample: Sample,
        first: int,
        contract: Contract,
        workers: Workers = 1,
        progress: Progress | None = None,
        *,
        count: int = BLOCKS,
        share: float = 1.0,
    ) -> None:
        self._rows, self._contract, self.seed = sample.rows, contract, contract.search.seed
        self._workers, self._progress = workers, progress
        label = sample.rows.label
        found = blocks(len(sample.rows), first, contract.search.folds, count)
        told = [(train, valid) for train, valid in found if _holds_both(label[valid], 1)]
        self._folds = [
            (thinned_rows(train, label, share, self.seed), valid) for train, valid in told or found
        ]
        columns = contract.features.numeric, contract.features.categorical
        self._encoded = EncodedFolds(sample.rows, self._folds, *columns)
        self.validation = Validation.of(sample, self._folds, contract.policy.min_recall)

    def score(self, tries: Sequence[Try]) -> list[ScoredTry]:
        """Each try's margins on the rows of each block, and what its last fit costs to serve."""
        return self.begin(tries)()

    def begin(self, tries: Sequence[Try]) -> Callable[[], list[ScoredTry]]:
        """Begin to score them, beside what the caller does next; what it gives waits for it."""
        count = len(self._folds)
        tasks = [(one, *self._part(one, k), self.seed) for one in tries for k in range(count)]
        ticker = Ticker("How far back to fit", len(tasks), self._progress)
        # The longest first, so that no worker ends alone with one of them.
        order = sorted(range(len(tasks)), key=lambda at: -_length(*tasks[at][2:4]))
        ended = begin_tasks(
            _score, [tasks[at] for at in order], self._workers, lambda _: ticker.tick()
        )

        def scored() -> list[ScoredTry]:
            by_task = dict(zip(order, ended(), strict=True))
            found = [by_task[at] for at in range(len(tasks))]
            parts = [found[at : at + count] for at in range(0, len(found), count)]
            return [ScoredTry([margins for margins, _ in part], part[-1][1]) for part in parts]

        return scored

    def cost(self, one: Try) -> float:
        """Processor seconds of the reference machine that the try takes on all blocks."""
        family, rows = FAMILIES[one.family], self._rows
        fitted = sum(len(self._train(one.reach, k)) for k in range(len(self._folds)))
        columns = encoded_columns(rows, self._contract, family)
        return fit_seconds(family, one.params, fitted, columns)

    def fitted(self, reach: FittedReach) -> int:
        """How many rows the fits for the last block take."""
        return len(self._train(reach, len(self._folds) - 1))

    def is_possible(self, reach: FittedReach) -> bool:
        """Whether each block and its history hold both classes, the history twice each."""
        every, folds = self._rows.label, range(len(self._folds))
        before = [every[self._train(reach, k)] for k in folds]
        scored = [every[valid] for _, valid in self._folds]
        return all(_holds_both(label, 2) for label in before) and all(
            _holds_both(label, 1) for label in scored
        )

    def _part(self, one: Try, k: int) -> tuple[EncodedFold, np.ndarray, np.ndarray | None]:
        kept = self._train(one.reach, k)
        time = None if self._rows.time is None else self._rows.time[kept]
        within = np.searchsorted(self._folds[k][0], kept)
        return self._encoded.of(FAMILIES[one.family])[k], within, one.reach.weights(time)

    def _train(self, reach: FittedReach, k: int) -> np.ndarray:
        train, valid = self._folds[k]
        if self._rows.time is not None:
            train = train[self._rows.time[train] >= reach.since(self._rows.time[valid[0]])]
        return np.asarray(train)


def _holds_both(label: np.ndarray, least: int) -> bool:
    frauds = int((label == 1).sum())
    return min(frauds, len(label) - frauds) >= least


def _length(kept: np.ndarray, weights: np.ndarray | None) -> float:
    """About how long a fit takes; rows that fade take twice as long as others."""
    return len(kept) * (1.0 if weights is None else 2.0)


def begins(sample: Sample, fit: Rows) -> int:
    """Position in the sample where the fitted window begins; without times it holds all."""
    if sample.rows.time is None or fit.time is None:
        return 0
    return int((sample.rows.time < fit.time[0]).sum())


def blocks(n: int, first: int, folds: int, count: int = BLOCKS) -> list[Fold]:
    """Training and validation positions: the window's last parts, and all that lies before each.

    A single block is the window's later half.
    """
    parts = np.array_split(np.arange(first, n), 2 if count == 1 else folds + 1)
    return [(np.arange(part[0]), part) for part in parts[-min(count, folds) :]]


def _score(
    one: Try, fold: EncodedFold, kept: np.ndarray, weights: np.ndarray | None, seed: int
) -> tuple[np.ndarray, float]:
    family = FAMILIES[one.family]
    classifier = family.build(one.params, seed)
    given = {} if weights is None else {"sample_weight": weights}
    family.fit(classifier, fold.train[kept], fold.train_label[kept], **given)
    margins = family.margin(classifier, fold.valid).astype(np.float32)
    return margins, serving_cost(family, classifier)
