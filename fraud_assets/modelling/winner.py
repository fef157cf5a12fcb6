"""From the leaderboard to one family with its best setting, and the sentence that says why.

Where another family leads, boosting's whole grid is searched beside it and the better is taken.
The grid of scikit-learn's GradientBoosting costs hours where HistGradientBoosting takes
minutes, so on more than `EXACT_ROWS` rows the latter is searched in its place over the same
settings, and both are compared on the same folds. GradientBoosting is kept only where it beats
the best that was found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fraud_assets.contract.schema import Contract
from fraud_assets.modelling.candidates import Leaderboard
from fraud_assets.modelling.choice import (
    Choice,
    best_and_tied,
    cheapest,
    choose_family,
    is_tie,
    told_difference,
)
from fraud_assets.modelling.families import FAMILIES, Family, find_families
from fraud_assets.modelling.folds import EncodedFold, encode_folds, make_folds
from fraud_assets.modelling.grid import Setting, Settings, score_settings, search_grid
from fraud_assets.modelling.preprocessing import Encoding
from fraud_assets.modelling.sampling import Sample

EXACT_ROWS = 2_000
"""Most fit rows on which GradientBoosting's own grid is searched: 135 fits take a minute on
two cores there and grow with the rows."""

SLOW, FAST = "gradient_boosting", "hist_gradient_boosting"
_SAME_NAMES = {"max_iter": "n_estimators"}


@dataclass(frozen=True)
class Winner:
    """The family and setting to fit, every setting scored on the way, and why."""

    family: Family
    params: Setting
    searched: tuple[Settings, ...]
    sentence: str


class Search:
    """One week's sample, its folds, and each encoding of them made once."""

    def __init__(
        self,
        sample: Sample,
        contract: Contract,
        workers: int = 1,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self.sample, self.seed = sample, contract.search.seed
        self._workers, self._progress = workers, progress
        self._columns = contract.features.numeric, contract.features.categorical
        self._folds = make_folds(sample.rows, contract.search.folds, self.seed)
        self._encoded: dict[Encoding, list[EncodedFold]] = {}

    def grid(self, family: Family) -> Settings:
        """Score the family's whole grid."""
        folds = self._encode(family)
        return search_grid(family, folds, self.seed, workers=self._workers, progress=self._progress)

    def score(self, family: Family, settings: Sequence[Setting]) -> Settings:
        """Score a few settings of the family."""
        folds = self._encode(family)
        return score_settings(
            family, settings, folds, self.seed, workers=self._workers, progress=self._progress
        )

    def _encode(self, family: Family) -> list[EncodedFold]:
        encoding, sample = family.encoding, self.sample
        if encoding not in self._encoded:
            self._encoded[encoding] = encode_folds(
                sample.rows, sample.weights, self._folds, self._columns, encoding
            )
        return self._encoded[encoding]


def find_winner(search: Search, leaderboard: Leaderboard, forced: str | None = None) -> Winner:
    """Search the grid of the family named by `forced`, or of the leaderboard's winner.

    Beside another winner boosting's grid is searched too, where the contract lets it compete:
    its defaults say little of what its grid reaches, and it is quick to search.

    Raises
    ------
    ContractError
        If `forced` is not a family's name.
    """
    choice = (
        choose_family(leaderboard)
        if forced is None
        else Choice(forced, f"{forced} was set by the caller and won no comparison.")
    )
    (family,), sentence = find_families([choice.family]), choice.sentence
    competing = {candidate.family: candidate for candidate in leaderboard.candidates}
    may_win = forced is None and FAST in competing
    if family.name != SLOW or len(search.sample.rows) <= EXACT_ROWS:
        others = [FAMILIES[FAST]] if may_win and family.name not in {FAST, SLOW} else []
        return best_searched([search.grid(found) for found in (family, *others)], sentence)
    stand_in = search.grid(FAMILIES[FAST])
    if may_win:
        verdict = _in_place_of(stand_in, competing[SLOW].fold_auc)
        if verdict is not None:
            return best_searched([stand_in], f"{sentence} {verdict}")
    return _own_boosting(search, stand_in, sentence)


def best_searched(searched: Sequence[Settings], sentence: str = "") -> Winner:
    """The best setting of the family whose grid reaches most; of tied ones the cheaper to serve."""
    by_name = {settings.family: settings for settings in searched}
    best = {name: found.fold_auc[found.best] for name, found in by_name.items()}
    tied = best_and_tied(best)
    chosen = cheapest(tied)
    params = by_name[chosen].params[by_name[chosen].best]
    for other in (name for name in best if name != chosen):
        sentence += (
            f" With both grids searched {chosen} reaches {np.mean(best[chosen]):.4f} and {other} "
            f"{np.mean(best[other]):.4f} ({told_difference(best[chosen], best[other])}); {chosen} "
            f"{'is tied and costs less to serve' if other in tied else 'is better'}."
        )
    return Winner(FAMILIES[chosen], params, tuple(searched), sentence)


def _in_place_of(stand_in: Settings, fold_auc: Sequence[float]) -> str | None:
    """Why the stand-in's best setting takes GradientBoosting's place, or None if it does not."""
    best = stand_in.fold_auc[stand_in.best]
    better = float(np.mean(best)) >= float(np.mean(fold_auc))
    if not better and not is_tie(fold_auc, best):
        return None
    return (
        f"{FAST} was searched in its place over the same {len(stand_in.params)} settings, with "
        f"small trees and a penalty on large steps, and reaches {np.mean(best):.4f} on the same "
        f"folds, where {SLOW} with its defaults has {np.mean(fold_auc):.4f} "
        f"({told_difference(best, fold_auc)}); it {'is better' if better else 'is tied'} "
        "and costs less to fit and to serve."
    )


def _own_boosting(search: Search, stand_in: Settings, sentence: str) -> Winner:
    """GradientBoosting with its defaults or with the setting that served its stand-in best."""
    best = stand_in.params[stand_in.best]
    renamed = {_SAME_NAMES.get(key, key): value for key, value in best.items()}
    # Trees of the stand-in's size: the depth was found under its bound on leaves.
    kept = {*FAMILIES[SLOW].grid, "max_leaf_nodes"}
    found = {key: value for key, value in renamed.items() if key in kept}
    own = search.score(FAMILIES[SLOW], [dict(FAMILIES[SLOW].defaults), found])
    return Winner(
        FAMILIES[SLOW],
        own.params[own.best],
        (own, stand_in),
        f"{sentence} Its grid was searched by {FAST} over the same settings, whose best "
        f"({stand_in.mean.max():.4f}) was tried with {SLOW} beside the defaults.",
    )
