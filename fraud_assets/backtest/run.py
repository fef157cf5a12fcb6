"""The whole backtest: read once, train the weeks, walk the promotions, sum up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fraud_assets.backtest.finished import FORMAT, FinishedWeeks, digest_of_parts, replace_file
from fraud_assets.backtest.history import BacktestHistory, known_at, mondays, read_history
from fraud_assets.backtest.page import render_backtest
from fraud_assets.backtest.schedule import plan, train_all
from fraud_assets.backtest.summary import summary
from fraud_assets.backtest.walk import walk
from fraud_assets.contract import Contract
from fraud_assets.contract.load import contract_digest
from fraud_assets.data.cleaning import split_of
from fraud_assets.data.provenance.code import code_digest
from fraud_assets.documents.backtest.whole import (
    Backtest,
    BacktestContract,
    BacktestData,
    SkippedWeek,
)
from fraud_assets.documents.formats import write_document
from fraud_assets.errors import DataError, InsufficientEvidenceError
from fraud_assets.modelling.progress import Progress
from fraud_assets.store.files import one_sentence
from fraud_assets.store.lock import exclusive
from fraud_assets.store.versions.trust import pickling_libraries
from fraud_assets.values.counted import counted
from fraud_assets.work.workers import Workers

SEARCH_EVERY = 6
"""Weeks from one search to the next: one costs about as much as fifteen refits."""


@dataclass(frozen=True)
class Options:
    """`weeks` newest Mondays (None: all), a search every `search_every` of them, who does them."""

    weeks: int | None = None
    search_every: int = SEARCH_EVERY
    workers: Workers = 1


def backtest(
    contract: Contract, out: Path, options: Options, progress: Progress | None = None
) -> Backtest:
    """Run it, and write `backtest.json` and `backtest.html` under `out`.

    Interrupted and started again it goes on after the last finished week; the result is the
    same, whatever the number of workers.

    Raises
    ------
    DataError
        If the data cannot be read, has no event time, or holds no week whose windows fit.
    StoreError
        If `out` cannot be written, or another backtest is using it.
    """
    say = progress or (lambda _: None)
    with one_sentence("write", out):
        (out / "weeks").mkdir(parents=True, exist_ok=True)
        with exclusive(out / ".lock", wait_seconds=1):
            result = _backtest(contract, out / "weeks", options, say)
            replace_file(out / "backtest.json", write_document(result))
            replace_file(out / "backtest.html", render_backtest(result).encode())
    return result


def _backtest(contract: Contract, folder: Path, options: Options, say: Progress) -> Backtest:
    history = read_history(contract)
    say(f"Read {counted(len(history.frame), 'row')} from {_date(history.times[0])} on.")
    fitting, skipped = _fitting(history, options.weeks)
    data, code = history.fingerprint(), code_digest(__name__)
    base = digest_of_parts(FORMAT, contract_digest(contract), data, code, pickling_libraries())
    kept = FinishedWeeks(folder, base)
    tasks = plan(fitting, options.search_every)
    try:
        trained = train_all(history, tasks, kept, options.workers, say)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"Interrupted: {len(kept)} of {counted(len(fitting), 'week')} are finished and stay "
            f"in {folder}; "
            "the same command goes on from there."
        ) from None
    kept.sweep()
    say("Walking the promotions and comparing promise with outcome.")
    weeks = walk(history, [trained[as_of] for as_of in fitting])
    currency = contract.columns.currency
    return Backtest(
        contract=BacktestContract(
            name=contract.name,
            digest=contract_digest(contract),
            currency=currency,
            maturity_days=contract.label.maturity_days,
            min_recall=contract.policy.min_recall,
        ),
        data=BacktestData(
            fingerprint=data,
            rows=len(history.frame),
            first=_date(history.times[0]),
            newest=_date(history.times[-1]),
        ),
        code=code,
        search_every=options.search_every,
        weeks=weeks,
        skipped=tuple(skipped),
        summary=summary(weeks, currency),
    )


def _fitting(
    history: BacktestHistory, newest: int | None
) -> tuple[list[np.datetime64], list[SkippedWeek]]:
    """The Mondays whose windows fit, and why each of the others has none."""
    fitting, skipped = [], []
    for as_of in mondays(history)[-newest if newest else None :]:
        try:
            split_of(known_at(history, as_of), history.contract)
            fitting.append(as_of)
        except DataError as error:
            skipped.append(SkippedWeek(_date(as_of), str(error)))
    if not fitting:
        why = skipped[-1].why if skipped else "the data spans no Monday."
        raise InsufficientEvidenceError(f"No week of this history can be run: {why}")
    return fitting, skipped


def _date(instant: np.datetime64) -> str:
    return str(instant)[:10]
