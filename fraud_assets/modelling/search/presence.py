"""Whether a number is missing, shown to the classifier where that is measured to help.

Where the training median stands in for a missing number, that it was missing is lost. If the fitted
rows say that frauds miss it more, or less, often than others, the winner is scored on the folds
with that column beside it. It is taken where average precision gains for sure: the one-sided
bound of the gain, over draws of senders and for all columns tried together (Bonferroni), lies
above 0. One that gains next to nothing on the first folds, which are the cheap ones, is not tried
on the others. Categories need none of this: a missing one is a level of its own. Nor does a family
that takes missing numbers as they are.
"""

from __future__ import annotations

import msgspec
import numpy as np

from fraud_assets.documents.report.search import PresenceRow
from fraud_assets.modelling.leaks.measures.hits import Hits
from fraud_assets.modelling.search.rounds import FIRST_FOLDS
from fraud_assets.modelling.search.validation import AVERAGE_PRECISION, FoldScores
from fraud_assets.modelling.search.winner import WeekSearch, Winner
from fraud_assets.profiles import CONFIDENCE

LEAST_ROWS = 50
"""Sampled rows that miss a number, and that have it, for its column to be tried."""

HARDLY = 0.25
"""Share of the way to its bound that a column must gain on the first folds: one whose true gain is
1.5 times what would pass is left in one of 15 cases (normal, three folds of five)."""

MOST_TRIED = 8
"""Columns tried at most, and no more than the budget lasts for: those whose absence goes with
fraud, or with none, most often."""


def find_presence(
    search: WeekSearch, winner: Winner, numeric: tuple[str, ...]
) -> tuple[PresenceRow, ...]:
    """Each column tried with what it gained; all that are taken gain together too."""
    tried = [] if winner.family.takes_missing else _worth_trying(search, winner, numeric)
    if not tried:
        return ()
    plain = winner.contenders[0].scores
    confidence = 1 - (1 - CONFIDENCE) / len(tried)
    rows = []
    for name in tried:
        gain, bound = _tried(search, winner, plain, name, confidence)
        missing = float(search.sample.rows.features[name].isna().mean())
        rows.append(PresenceRow(name, missing, gain, bound, taken=bound > 0))
    rows.sort(key=lambda row: -row.gain)
    taken = tuple(row.feature for row in rows if row.taken)
    if len(taken) > 1:
        together = _scores(search, winner, taken)
        if _gain(search, plain, together, CONFIDENCE)[1] <= 0:
            rows = [msgspec.structs.replace(row, taken=row.feature == taken[0]) for row in rows]
    return tuple(rows)


def _tried(
    search: WeekSearch, winner: Winner, plain: FoldScores, name: str, confidence: float
) -> tuple[float, float]:
    """Gain and its bound over all folds, or over the first ones where hardly anything is gained."""
    count = len(plain)
    first = FIRST_FOLDS if count > FIRST_FOLDS + 1 else count
    shown = _scores(search, winner, (name,), range(first))
    gain, bound = _gain(search, plain[:first], shown, confidence)
    if first == count or gain <= HARDLY * (gain - bound):
        return gain, bound
    rest = _scores(search, winner, (name,), range(first, count))
    return _gain(search, plain, [*shown, *rest], confidence)


def _worth_trying(search: WeekSearch, winner: Winner, numeric: tuple[str, ...]) -> list[str]:
    rows = search.sample.rows
    fraud = rows.label == 1
    weights: dict[str, float] = {}
    for name in numeric:
        missing = rows.features[name].isna().to_numpy()
        if LEAST_ROWS <= missing.sum() <= len(missing) - LEAST_ROWS:
            either = (Hits.of(mask, fraud).times_low for mask in (missing, ~missing))
            weights[name] = max(either)
    told = [name for name, times in weights.items() if times > 1]
    return sorted(told, key=lambda name: -weights[name])[: search.affords(winner, MOST_TRIED)]


def _scores(
    search: WeekSearch, winner: Winner, presence: tuple[str, ...], among: range | None = None
) -> FoldScores:
    return search.score(winner.family, [winner.params], presence, among).scores[0]


def _gain(
    search: WeekSearch, plain: FoldScores, shown: FoldScores, confidence: float
) -> tuple[float, float]:
    """Gain of average precision, and its one-sided lower bound."""
    sides, known = (plain, shown), search.validation_of(len(plain))
    before, after = (known.measures(side)[AVERAGE_PRECISION] for side in sides)
    drawn = known.replicates(sides, search.seed)[:, :, AVERAGE_PRECISION]
    bound = np.nanquantile(drawn[:, 1] - drawn[:, 0], 1 - confidence)
    return float(after - before), float(bound)
