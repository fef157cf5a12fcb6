"""From the leaderboard to one family with its best setting, and the sentence that says why.

Where another family leads, the whole grid of a family that is always searched stands beside it
and the better is taken. A family whose own grid would cost hours names a stand-in, which is
searched in its place over the same settings; both are compared on the same folds, and the slow
one is kept only where it beats the best that was found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fraud_assets.contract.schema import Contract
from fraud_assets.families.family import Encoding, Family, StandIn
from fraud_assets.families.registry import FAMILIES, find_families
from fraud_assets.modelling.candidates import Leaderboard
from fraud_assets.modelling.choice import (
    Choice,
    best_and_tied,
    cheapest,
    choose_family,
    is_tie,
    told_difference,
)
from fraud_assets.modelling.folds import EncodedFold, encode_folds, make_folds
from fraud_assets.modelling.grid import Setting, Settings, score_settings, search_grid
from fraud_assets.modelling.sampling import Sample


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

    Beside another winner those that are always searched are searched too, where the contract
    lets them compete.

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
    competing = {c.family: c for c in leaderboard.candidates} if forced is None else {}
    slow = family.stand_in
    if slow is None or len(search.sample.rows) <= slow.above_rows:
        beside = [FAMILIES[name] for name in competing if name != family.name and slow is None]
        others = [other for other in beside if other.always_searched]
        return best_searched([search.grid(found) for found in (family, *others)], sentence)
    stand_in = search.grid(FAMILIES[slow.family])
    if slow.family in competing:
        verdict = _in_place_of(stand_in, family, competing[family.name].fold_auc)
        if verdict is not None:
            return best_searched([stand_in], f"{sentence} {verdict}")
    return _own_grid(search, family, slow, stand_in, sentence)


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


def _in_place_of(stand_in: Settings, slow: Family, fold_auc: Sequence[float]) -> str | None:
    """Why the stand-in's best setting takes the slow family's place, or None if it does not."""
    best = stand_in.fold_auc[stand_in.best]
    better = float(np.mean(best)) >= float(np.mean(fold_auc))
    if not better and not is_tie(fold_auc, best):
        return None
    return (
        f"{stand_in.family} was searched in its place over the same {len(stand_in.params)} "
        "settings, with small trees and a penalty on large steps, and reaches "
        f"{np.mean(best):.4f} on the same folds, where {slow.name} with its defaults has "
        f"{np.mean(fold_auc):.4f} ({told_difference(best, fold_auc)}); it "
        f"{'is better' if better else 'is tied'} and costs less to fit and to serve."
    )


def _own_grid(
    search: Search, family: Family, slow: StandIn, stand_in: Settings, sentence: str
) -> Winner:
    """The slow family with its defaults or with the setting that served its stand-in best."""
    best = stand_in.params[stand_in.best]
    renamed = {slow.renamed.get(key, key): value for key, value in best.items()}
    kept = {*family.grid, *slow.kept}
    found = {key: value for key, value in renamed.items() if key in kept}
    own = search.score(family, [dict(family.defaults), found])
    return Winner(
        family,
        own.params[own.best],
        (own, stand_in),
        f"{sentence} Its grid was searched by {slow.family} over the same settings, whose best "
        f"({stand_in.mean.max():.4f}) was tried with {family.name} beside the defaults.",
    )
