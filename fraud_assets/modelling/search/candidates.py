"""candidate_models: every family with its defaults on the same folds, as a leaderboard."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fraud_assets.contract.names import blend_names
from fraud_assets.contract.schema import Contract
from fraud_assets.data.provenance.made import Made
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.search import LeaderboardRow
from fraud_assets.families.family import Family
from fraud_assets.families.registry import FAMILIES, find_families
from fraud_assets.modelling.search.blended import competing_sums
from fraud_assets.modelling.search.budget import sample_to_search
from fraud_assets.modelling.search.choice import Contender
from fraud_assets.modelling.search.entrants import blends_too_dear, entrants
from fraud_assets.modelling.search.folds import make_folds
from fraud_assets.modelling.search.rounds import FamilyRounds, Trial
from fraud_assets.modelling.search.settings import ScoredGrid
from fraud_assets.modelling.search.validation import Validation
from fraud_assets.modelling.statistics.ranking import Ranking
from fraud_assets.work.workers import Workers


@dataclass(frozen=True)
class Leaderboard:
    """Candidates, best mean ROC-AUC first, those left after the first folds behind the others.

    `scores` are each family's margins on the validation rows, fold after fold, (n,) float32; a
    family that was left has none. `left_out` says of each that the budget did not last for why.
    `too_dear` are sums of two families that are left out as well.
    `grids` are the settings of a family's grid that the fits of its defaults have scored on every
    fold.
    """

    candidates: tuple[LeaderboardRow, ...]
    rows: int
    frauds: int
    legitimate_kept: int
    legitimate_total: int
    seconds: float
    scores: Mapping[str, np.ndarray]
    left_out: tuple[str, ...] = ()
    too_dear: tuple[str, ...] = ()
    grids: Mapping[str, ScoredGrid] = field(default_factory=dict)
    made: Made | None = None


def compare_candidates(
    fit: Rows,
    contract: Contract,
    *,
    workers: Workers = 1,
    progress: Callable[[str], None] | None = None,
    earlier: Rows | None = None,
) -> Leaderboard:
    """Fit each family of the contract with its defaults on folds in time order.

    `earlier` are rows before `fit` that the history may reach. A family that is too dear for the
    budget is left out (see `search.entrants`), one far behind on the first folds is left there
    (see `search.rounds`), unless it is a part of a sum that competes.

    Raises
    ------
    ContractError
        If the contract names a family that does not exist.
    InsufficientEvidenceError
        If a fold would lack frauds or legitimate rows.
    """
    started = time.monotonic()
    fitted = [name for name in contract.search.families if name not in blend_names()]
    entered = entrants(find_families(fitted), fit, earlier, contract)
    families = list(entered.families)
    dear = blends_too_dear(families, fit, earlier, contract)
    sample = sample_to_search(fit, contract, families)
    folds = make_folds(sample.rows, contract.search.folds, contract.search.seed)
    names = [family.name for family in families]
    sums = competing_sums(contract.search.families, names, dear)
    rounds = FamilyRounds(
        sample,
        folds,
        families,
        contract,
        workers=workers,
        progress=progress,
        kept={part for blend in sums for part in blend.parts},
    )
    trials = rounds.run()
    candidates = [_summary(f, trials[f.name], rounds.validation(trials[f.name])) for f in families]
    return Leaderboard(
        candidates=leaderboard_order(candidates),
        rows=len(sample.rows),
        frauds=sample.rows.frauds,
        legitimate_kept=sample.legitimate_kept,
        legitimate_total=sample.legitimate_total,
        seconds=time.monotonic() - started,
        scores={
            name: np.concatenate([trial.scores for trial in of])
            for name, of in trials.items()
            if len(of) == len(folds)
        },
        left_out=(*entered.sentences, *dear.values()),
        too_dear=tuple(dear),
        grids=rounds.grids(trials),
    )


def leaderboard_order(rows: Iterable[LeaderboardRow]) -> tuple[LeaderboardRow, ...]:
    """Best mean ROC-AUC first; those left after the first folds come last."""
    return tuple(sorted(rows, key=lambda row: (-len(row.fold_auc), -row.auc_mean)))


def sum_row(
    total: Contender, validation: Validation, families: Sequence[LeaderboardRow]
) -> LeaderboardRow:
    """A sum beside the families that it was made of; its seconds are those of their defaults."""
    parts = [row for row in families if row.family in FAMILIES[total.family].parts]
    auc = [
        Ranking.of(np.asarray(scores, dtype=np.float64), label).measure()[0]
        for scores, label in zip(total.scores, validation.parts(validation.label), strict=True)
    ]
    return _row(
        auc,
        validation.measures(total.scores),
        family=total.family,
        parameters=dict(total.params),
        fit_seconds=sum(row.fit_seconds for row in parts),
        cost=float(total.cost) if np.isfinite(total.cost) else None,
        encoding=parts[0].encoding,
        n_features=parts[0].n_features,
    )


def _summary(family: Family, trials: list[Trial], validation: Validation) -> LeaderboardRow:
    return _row(
        [trial.scored.auc for trial in trials],
        validation.measures([trial.scores for trial in trials]),
        family=family.name,
        parameters=dict(family.defaults),
        fit_seconds=float(np.mean([trial.scored.seconds for trial in trials])),
        cost=trials[-1].cost,
        encoding=family.encoding,
        n_features=trials[-1].n_features,
    )


def _row(fold_auc: Sequence[float], measures: np.ndarray, **about: Any) -> LeaderboardRow:
    """A row of these figures; `measures` (3,) are those of `Validation`."""
    return LeaderboardRow(
        fold_auc=tuple(fold_auc),
        auc_mean=float(np.mean(fold_auc)),
        auc_std=float(np.std(fold_auc)),
        average_precision=float(measures[1]),
        precision_at_recall=float(measures[2]),
        **about,
    )
