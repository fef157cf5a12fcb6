"""Whether a number is missing, shown to the classifier where that is measured to help.

Where the training median stands in for a missing number, that it was missing is lost. If the fitted
rows say that frauds miss it more, or less, often than others, the winner is scored on the folds
with that column beside it: first with all such columns together, since where frauds are few
several may help and none of them surely, and if they do not help, with each by itself. What is
taken gains for sure: the one-sided bound of the merit gained (the measures of the choice, each in
its margin), over draws of senders and for all that is tried (Bonferroni, half of it for all
together), lies above 0. What gains next to nothing on the first folds, which are the cheap ones,
is not tried on the others. Categories need none of this: a missing one is a level of its own. Nor
does a family that takes missing numbers as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import msgspec
import numpy as np

from fraud_assets.documents.report.search import PresenceRow
from fraud_assets.modelling.leaks.measures.hits import Hits
from fraud_assets.modelling.search.choice import in_margins
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
fraud, or with none, most often. All of them together, and those that are taken, take a fit more."""


@dataclass(frozen=True)
class _Gain:
    """What columns gain in average precision and in merit, each with its one-sided bound."""

    precision: float
    precision_bound: float
    merit: float
    bound: float

    @property
    def is_sure(self) -> bool:
        """Whether merit is gained for sure."""
        return self.bound > 0

    @property
    def is_hardly_any(self) -> bool:
        """Whether so little is gained that more folds would not make it sure."""
        return self.merit <= HARDLY * (self.merit - self.bound)

    def row(self, search: WeekSearch, name: str, together: bool = False) -> PresenceRow:
        """Of the column in the report; `together` if all that were tried gain this."""
        missing = float(search.sample.rows.features[name].isna().mean())
        gains = self.precision, self.precision_bound
        return PresenceRow(name, missing, *gains, self.is_sure, self.bound, together)


def find_presence(
    search: WeekSearch, winner: Winner, numeric: tuple[str, ...]
) -> tuple[PresenceRow, ...]:
    """Each column tried with what it gained, by itself or with the others together."""
    tried = [] if winner.family.takes_missing else _worth_trying(search, numeric)
    fits = search.affords(winner, MOST_TRIED + 2) if tried else 0
    if not fits:
        return ()
    plain, left = winner.contenders[0].scores, 1 - CONFIDENCE
    if len(tried) == 1:
        gain = _tried(search, winner, plain, tuple(tried), CONFIDENCE)
        return (gain.row(search, tried[0]),)
    together = _tried(search, winner, plain, tuple(tried), 1 - left / 2)
    singles = tried[: max(0, fits - 2)]
    if together.is_sure or not singles:
        return tuple(together.row(search, name, together=True) for name in tried)
    return _one_by_one(search, winner, plain, singles, 1 - left / 2 / len(singles))


def _one_by_one(
    search: WeekSearch, winner: Winner, plain: FoldScores, names: list[str], confidence: float
) -> tuple[PresenceRow, ...]:
    """What each gains by itself; of several that do, the best where they do not together."""
    found = {name: _tried(search, winner, plain, (name,), confidence) for name in names}
    taken = tuple(name for name, gain in found.items() if gain.is_sure)
    if len(taken) > 1:
        both = _gain(search, plain, _scores(search, winner, taken), CONFIDENCE)
        if not both.is_sure:
            taken = (max(taken, key=lambda name: found[name].merit),)
    rows = [
        msgspec.structs.replace(gain.row(search, name), taken=name in taken)
        for name, gain in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: -row.gain))


def _tried(
    search: WeekSearch,
    winner: Winner,
    plain: FoldScores,
    names: tuple[str, ...],
    confidence: float,
) -> _Gain:
    """Gain over all folds, or over the first ones where hardly anything is gained."""
    count = len(plain)
    first = FIRST_FOLDS if count > FIRST_FOLDS + 1 else count
    shown = _scores(search, winner, names, range(first))
    gain = _gain(search, plain[:first], shown, confidence)
    if first == count or gain.is_hardly_any:
        return gain
    rest = _scores(search, winner, names, range(first, count))
    return _gain(search, plain, [*shown, *rest], confidence)


def _worth_trying(search: WeekSearch, numeric: tuple[str, ...]) -> list[str]:
    rows = search.sample.rows
    fraud = rows.label == 1
    weights: dict[str, float] = {}
    for name in numeric:
        missing = rows.features[name].isna().to_numpy()
        if LEAST_ROWS <= missing.sum() <= len(missing) - LEAST_ROWS:
            either = (Hits.of(mask, fraud).times_low for mask in (missing, ~missing))
            weights[name] = max(either)
    told = [name for name, times in weights.items() if times > 1]
    return sorted(told, key=lambda name: -weights[name])[:MOST_TRIED]


def _scores(
    search: WeekSearch, winner: Winner, presence: tuple[str, ...], among: range | None = None
) -> FoldScores:
    return search.score(winner.family, [winner.params], presence, among).scores[0]


def _gain(search: WeekSearch, plain: FoldScores, shown: FoldScores, confidence: float) -> _Gain:
    """What is gained, with its one-sided lower bounds."""
    sides, known = (plain, shown), search.validation_of(len(plain))
    before, after = (known.measures(side) for side in sides)
    drawn = known.replicates(sides, search.seed)
    gained, gains = after - before, drawn[:, 1] - drawn[:, 0]
    low = partial(np.nanquantile, q=1 - confidence)
    return _Gain(
        precision=float(gained[AVERAGE_PRECISION]),
        precision_bound=float(low(gains[:, AVERAGE_PRECISION])),
        merit=float(in_margins(gained)),
        bound=float(low(in_margins(gains))),
    )
