"""tuned_pipeline: choose the family, search its grid, refit, calibrate, freeze the threshold."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import msgspec

from fraud_assets.contract.schema import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.search import PresenceRow, SearchSection
from fraud_assets.families.registry import find_families
from fraud_assets.modelling.freezing import freeze
from fraud_assets.modelling.lookback.search import Lookback, begin_look_back
from fraud_assets.modelling.search.budget import sample_to_search
from fraud_assets.modelling.search.candidates import Leaderboard, leaderboard_order
from fraud_assets.modelling.search.presence import find_presence
from fraud_assets.modelling.search.sampling import Sample
from fraud_assets.modelling.search.winner import WeekSearch, Winner, find_winner
from fraud_assets.modelling.tuned import TunedPipeline
from fraud_assets.work.workers import Workers, processes_of


def tune(
    fit: Rows,
    threshold_rows: Rows,
    leaderboard: Leaderboard,
    contract: Contract,
    *,
    workers: Workers = 1,
    progress: Callable[[str], None] | None = None,
    family: str | None = None,
    earlier: Rows | None = None,
) -> TunedPipeline:
    """Search the grid of `family`, or those that `find_winner` says, and fit what is published.

    `earlier` are the rows before `fit`; how far back among them to fit is searched as well.

    The same rows, contract and code give the same bytes, whatever the number of workers.

    Raises
    ------
    ContractError
        If `family` is not known.
    InsufficientEvidenceError
        If frauds are too few for the folds, the calibration or the threshold rule.
    """
    started = time.monotonic()
    entered = find_families([candidate.family for candidate in leaderboard.candidates])
    sample = sample_to_search(fit, contract, entered)
    search = WeekSearch(sample, contract, workers, progress)
    winner = find_winner(search, leaderboard, family)
    looked = begin_look_back(
        winner.contenders,
        fit,
        earlier,
        contract,
        compared=sample.rows.frauds,
        workers=workers,
        progress=progress,
    )
    tried = find_presence(search, winner, contract.features.numeric)
    back = looked()
    del looked  # it holds the history, of which the fit makes a copy of its own
    chosen, params = winner.family.name, winner.params
    if back is not None:
        chosen, params = back.family, back.params
    if chosen != winner.family.name:
        tried = ()  # what one family gains says nothing about another
    tuned = freeze(
        chosen,
        params,
        fit,
        threshold_rows,
        contract,
        presence=tuple(row.feature for row in tried if row.taken),
        earlier=earlier,
        reach=None if back is None else back.reach,
        workers=processes_of(workers),
    )
    seconds = leaderboard.seconds + time.monotonic() - started
    return replace(
        tuned, search=_section(winner, leaderboard, sample, tried, back, seconds=seconds)
    )


def _section(
    winner: Winner,
    leaderboard: Leaderboard,
    sample: Sample,
    tried: tuple[PresenceRow, ...],
    back: Lookback | None,
    *,
    seconds: float,
) -> SearchSection:
    """What the report says of the search."""
    return SearchSection(
        leaderboard=leaderboard_order((*leaderboard.candidates, *winner.sums)),
        chosen=winner.family.name if back is None else back.family,
        sentence=" ".join((winner.sentence, *leaderboard.left_out))
        + ("" if back is None else back.sentence),
        settings=tuple(row for part in winner.searched for row in part.rows()),
        seconds=seconds,
        fits=sum(part.fits for part in winner.searched),
        legitimate_kept=sample.legitimate_kept,
        legitimate_total=sample.legitimate_total,
        presence=tried or msgspec.UNSET,
        history=msgspec.UNSET if back is None else back.section,
    )
