"""How far back to fit: searched like any setting, on rows that no fit has seen.

The best setting of the fitted window's search that the budget lasts for is fitted on each length
of history before each of the window's last blocks, and scores the block. Fewer rows are a loss
unless the world has moved, and luck looks like it: the longest history is taken, unless one that
keeps the window has a better mean average precision by more than one standard error of their
difference. What forgets, a shorter history or one that fades, must be shown to be better still.

Where the history holds many times the frauds that families were compared on, the winner's best
settings and the runners-up meet once more on it: what won on few rows need not win on many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fraud_assets.contract import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.search import HistoryRow, HistorySection
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.lookback.lengths import lengths, window_of
from fraud_assets.modelling.lookback.meeting import meet
from fraud_assets.modelling.lookback.walk import BLOCKS, Try, Walk, begins
from fraud_assets.modelling.progress import Progress
from fraud_assets.modelling.reach import FittedReach, joined_rows
from fraud_assets.modelling.search.budget import (
    HISTORY,
    allowed,
    encoded_columns,
    fit_seconds,
)
from fraud_assets.modelling.search.choice import Contender
from fraud_assets.modelling.search.sampling import sample_as_declared
from fraud_assets.modelling.search.validation import AVERAGE_PRECISION, FoldScores
from fraud_assets.modelling.statistics.bootstrap import percentile_estimate
from fraud_assets.profiles import CONFIDENCE
from fraud_assets.work.workers import Workers

MUCH_LONGER = 4.0
"""Times the frauds that they were compared on from which families and settings meet once more."""

AT_EASE = 0.5
"""Share of the budget beyond which a cheaper contender tries the histories: how much more rows
bring is much the same for all, and takes a fifth of the time by boosting instead of by extra trees
on the shipped week."""


@dataclass(frozen=True)
class Lookback:
    """How far back to fit, and the family and setting to fit with."""

    reach: FittedReach
    family: str
    params: dict[str, Any]
    section: HistorySection
    sentence: str


def is_searched(contract: Contract) -> bool:
    """Whether the contract has the history searched."""
    asked = contract.search.history
    return asked == "searched" or (asked == "auto" and contract.windows.by != "days")


def begin_look_back(
    contenders: Sequence[Contender],
    fit: Rows,
    earlier: Rows | None,
    contract: Contract,
    *,
    compared: int | None = None,
    workers: Workers = 1,
    progress: Progress | None = None,
) -> Callable[[], Lookback | None]:
    """Search the history for the first of the contenders, and let them meet again on a long one.

    That begins beside what the caller does next; what it gives waits for the result.

    `contenders` are settings of the fitted window's search, the winner first; that search had
    `compared` frauds, by default those of `fit`. None where the contract does not ask for it, rows
    have no time, or nothing but the window can be tried.
    """
    rows = joined_rows(earlier, fit)
    if rows.time is None or not is_searched(contract):
        return _nothing
    first = len(rows) - len(fit)
    tried, window = lengths(rows, first), window_of(rows, first)
    probe = _probe(contenders, tried, rows, contract)
    walk = _within_budget(probe, tried, rows, fit, contract, workers=workers, progress=progress)
    tried = tuple(reach for reach in tried if walk.is_possible(reach))
    if window not in tried or len(tried) < 2:
        return _nothing
    own = tried.index(window)
    ended = walk.begin([Try(probe.family, probe.params, reach) for reach in tried])

    def looked() -> Lookback:
        nonlocal walk, ended
        scores = [found.margins for found in ended()]
        curve, drawn = _curve(walk, scores, tried, own, rows)
        average = np.array([row.average_precision for row in curve])
        best = history_to_take(tried, own, average, drawn)
        section = HistorySection(curve, best, _sentence(probe, curve, best, own))
        del walk, ended  # its encoded rows, before others are encoded
        met = None
        if curve[best].frauds >= MUCH_LONGER * (fit.frauds if compared is None else compared):
            among = (probe, *contenders)
            met = meet(among, tried[best], rows, fit, contract, workers=workers, progress=progress)
        chosen, sentence = met or (contenders[0], "")
        return Lookback(tried[best], chosen.family, chosen.params, section, sentence)

    return looked


def _nothing() -> None:
    """Nothing was looked for."""


def _probe(
    contenders: Sequence[Contender], tried: Sequence[FittedReach], rows: Rows, contract: Contract
) -> Contender:
    """The first contender whose curve the budget lasts for at ease, else the cheapest one.

    Of those that are always searched, if there are any: a linear model's curve ends early.
    """
    sample = sample_as_declared(rows, contract.search)
    single = [one for one in contenders if not FAMILIES[one.family].parts]
    contenders = single or contenders  # a length that suits a part suits the sum
    costs = [_curve_seconds(one, tried, sample.rows, contract) for one in contenders]
    for one, seconds in zip(contenders, costs, strict=True):
        if seconds <= AT_EASE * allowed(contract, HISTORY):
            return one
    steady = [at for at, one in enumerate(contenders) if FAMILIES[one.family].always_searched]
    return contenders[min(steady or range(len(costs)), key=costs.__getitem__)]


def _within_budget(
    probe: Contender,
    tried: Sequence[FittedReach],
    rows: Rows,
    fit: Rows,
    contract: Contract,
    *,
    workers: Workers,
    progress: Progress | None,
) -> Walk:
    """The blocks that histories are compared on.

    Where the budget asks for it a single one, as long as all of them, and a share of what lies
    before; rows that are scored are never left out.
    """
    sample = sample_as_declared(rows, contract.search)
    work = _curve_seconds(probe, tried, sample.rows, contract)
    count = BLOCKS if work <= allowed(contract, HISTORY) else 1
    share = min(1.0, allowed(contract, HISTORY) * BLOCKS / max(count * work, 1e-9))
    first = begins(sample, fit)
    return Walk(sample, first, contract, workers, progress, count=count, share=share)


def _curve_seconds(
    one: Contender, tried: Sequence[FittedReach], rows: Rows, contract: Contract
) -> float:
    """Processor seconds of the reference machine for all lengths of the sample's history."""
    family = FAMILIES[one.family]
    fitted = sum(reach.count(rows) for reach in tried)
    columns = encoded_columns(rows, contract, family)
    return BLOCKS * fit_seconds(family, one.params, fitted, columns)


def _curve(
    walk: Walk,
    scores: Sequence[FoldScores],
    tried: Sequence[FittedReach],
    own: int,
    rows: Rows,
) -> tuple[tuple[HistoryRow, ...], np.ndarray]:
    """A row for each history, and average precision in draws of senders, (draws, histories)."""
    validation = walk.validation
    drawn = validation.replicates(scores, walk.seed)[:, :, AVERAGE_PRECISION]
    measured = [validation.measures(of) for of in scores]
    found = []
    for at, reach in enumerate(tried):
        auc, average, precision = measured[at]
        gain = average - measured[own][AVERAGE_PRECISION]
        found.append(
            HistoryRow(
                days=reach.days or 0.0,
                half_life_days=reach.half_life_days,
                rows=reach.count(rows),
                frauds=int((rows.label[reach.first(rows) :] == 1).sum()),
                roc_auc=float(auc),
                average_precision=float(average),
                precision_at_recall=float(precision),
                gain=percentile_estimate(
                    float(gain), drawn[:, at] - drawn[:, own], validation.frauds
                ),
            )
        )
    return tuple(found), drawn


def history_to_take(
    tried: Sequence[FittedReach], own: int, average: np.ndarray, drawn: np.ndarray
) -> int:
    """The longest history, one ahead of it by a standard error, or one shown to be better still.

    `own` is the position of the window among those tried, which come in the order of their length;
    `average` (histories,) are average precisions, `drawn` (draws, histories) those of draws of
    senders. A history shorter than the window, or one that fades, must be shown.
    """
    keeps = [at for at, reach in enumerate(tried) if at >= own and reach.half_life_days is None]
    longest = keeps[-1]
    error = np.nanstd(drawn - drawn[:, [longest]], axis=0)
    ahead = [at for at in keeps if average[at] - average[longest] > error[at]]
    best = max(ahead, key=lambda at: float(average[at]), default=longest)
    forgets = [at for at in range(len(tried)) if at not in keeps]
    surely = np.nanquantile(drawn - drawn[:, [best]], 1 - CONFIDENCE, axis=0)
    shown = [at for at in forgets if surely[at] > 0]
    return max(shown, key=lambda at: float(average[at]), default=best)


def _sentence(probe: Contender, curve: Sequence[HistoryRow], best: int, own: int) -> str:
    taken, window = curve[best], curve[own]
    fading = (
        ""
        if taken.half_life_days is None
        else f", a row's weight halving every {taken.half_life_days:,.4g} days"
    )
    told = (
        f"Fitted on the last {taken.days:,.4g} days with {taken.frauds:,} frauds{fading}: average "
        f"precision {taken.average_precision:.4f} on later rows, {len(curve)} histories tried by "
        f"{probe.family}"
    )
    if best == own:
        return f"{told}. That is the fitted window itself{_not_shown(curve, best)}."
    return (
        f"{told}. With the fitted window's {window.days:,.4g} days and {window.frauds:,} frauds it "
        f"is {window.average_precision:.4f} (difference {taken.gain.value:+.4f}, 95 % interval "
        f"{taken.gain.low:+.4f} to {taken.gain.high:+.4f}, n = {taken.gain.n} frauds)"
        f"{_not_shown(curve, best)}."
    )


def _not_shown(curve: Sequence[HistoryRow], best: int) -> str:
    """The history of the highest figure, where that is not the one taken."""
    highest, taken = max(curve, key=lambda row: row.average_precision), curve[best]
    if round(highest.average_precision, 4) <= round(taken.average_precision, 4):
        return ""
    fading = "" if highest.half_life_days is None else ", fading,"
    return (
        f"; {highest.days:,.4g} days{fading} have {highest.average_precision:.4f}, which does not "
        "show that they are better"
    )
