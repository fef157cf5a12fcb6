"""Reads a contract's data once and counts what came of them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from fraud_assets.checkup.doubts import (
    of_families,
    of_leaks,
    of_quarantine,
    of_reading,
    of_windows,
    staleness,
)
from fraud_assets.checkup.result import Checkup, Month, Warned
from fraud_assets.contract import Contract
from fraud_assets.data.cleaning import clean
from fraud_assets.data.columns import LABEL, SENDER, TIME
from fraud_assets.data.quarantine import contract_failures, tally, time_failures
from fraud_assets.data.transactions import (
    RawTransactions,
    TypedExport,
    read_typed,
    transactions_at,
)
from fraud_assets.errors import DataError
from fraud_assets.modelling.leaks import find_leaks


def check_up(contract: Contract, now: datetime | None = None) -> Checkup:
    """What the contract's data hold, and whether they can serve; `now` is the wall clock.

    Data that cannot be read are a warning that stops, with nothing counted.
    """
    now = now or datetime.now(UTC)
    try:
        source = read_typed(contract)
    except DataError as error:
        return Checkup(warnings=(Warned("unreadable", str(error), stops=True),))
    try:
        raw = transactions_at(source, contract, None, now)
    except DataError as error:
        return _nothing_kept(source, contract, now, str(error))
    windows, doubts = of_windows(raw, contract)
    section = find_leaks(clean(raw, contract), contract) if windows else None
    leaks = () if section is None else of_leaks(section, contract)
    lost = of_quarantine(raw.tally, contract.policy)
    return Checkup(
        raw.read,
        raw.tally,
        int(raw.rows[SENDER].nunique()) if SENDER in raw.rows else None,
        _span(raw),
        raw.files,
        raw.skipped,
        windows,
        months_of(raw.rows),
        (*of_reading(raw.notes, raw.skipped), *of_families(contract), *lost, *doubts, *leaks),
        staleness(raw, contract, now),
        section,
    )


def _nothing_kept(source: TypedExport, contract: Contract, now: datetime, why: str) -> Checkup:
    """Every row was put aside; what put them aside is all the more to see."""
    wall = np.datetime64(now.replace(tzinfo=None), "us")
    failures = source.failures | time_failures(source.rows, wall)
    failures |= contract_failures(source.rows, contract)
    export = source.export
    words = export.frame[contract.label.column]
    counted = tally(source.rows.iloc[:0], source.rows, words, failures, contract)
    return Checkup(
        len(export),
        counted,
        files=export.files,
        skipped=export.skipped,
        warnings=(
            Warned("nothing_kept", why, stops=True),
            *of_reading(source.notes, export.skipped),
        ),
    )


def months_of(rows: pd.DataFrame) -> tuple[Month, ...]:
    """Rows and frauds of each calendar month (UTC) from the first to the last, empty ones too."""
    if TIME not in rows or len(rows) == 0:
        return ()
    month = rows[TIME].dt.to_period("M")
    fraud = (rows[LABEL] == 1).fillna(value=False).astype(int)
    table = fraud.groupby(month).agg(["size", "sum"])
    table = table.reindex(pd.period_range(month.min(), month.max(), freq="M"), fill_value=0)
    return tuple(Month(str(at), int(size), int(frauds)) for at, size, frauds in table.itertuples())


def _span(raw: RawTransactions) -> tuple[str, str] | None:
    if TIME not in raw.rows:
        return None
    times = raw.rows[TIME]
    first, last = times.iloc[0], times.iloc[-1]
    return first.isoformat(timespec="seconds"), last.isoformat(timespec="seconds")
