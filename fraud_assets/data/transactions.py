"""raw_transactions: reads and types what a contract names; loses nothing.

A row that breaks a rule goes to the quarantine table with its rules' names; the rest flow on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.columns import ROW, TIME
from fraud_assets.data.notes import Notes
from fraud_assets.data.provenance.made import Made
from fraud_assets.data.quarantine import (
    Failures,
    Tally,
    broken_rules,
    contract_failures,
    duplicate_failures,
    set_aside_counts,
    tally,
    time_failures,
    with_set_aside,
)
from fraud_assets.data.source import Export, FileRead, Skipped, read_source
from fraud_assets.data.typed import typed_rows
from fraud_assets.data.windows import with_labels_at
from fraud_assets.errors import DataError


@dataclass(frozen=True)
class RawTransactions:
    """Typed rows in time order, the quarantined ones as exported, and the week's T.

    `rows` holds the contract's raw columns and the roles of `fraud_assets.data.columns`;
    `quarantine` the rows as read plus `_rules`; `as_of` is None where there is no event time.
    `read` counts the rows up to `as_of`, quarantined ones included, `after_as_of` the others.
    `tally` says what was kept and put aside in rows, frauds and amount; `notes` what was noticed
    on the way and refused nobody; `files` and `skipped` name what the source held.
    """

    rows: pd.DataFrame
    quarantine: pd.DataFrame
    as_of: np.datetime64 | None
    newest: np.datetime64 | None
    read: int
    tally: Tally
    after_as_of: int = 0
    files: tuple[FileRead, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: Notes = ()
    made: Made | None = None

    @property
    def quarantine_share(self) -> float:
        """Share of the rows that were put aside."""
        return self.tally.share("rows")

    @property
    def rule_counts(self) -> dict[str, int]:
        """How many rows each rule put aside; a row may break several."""
        return {name: counts.rows for name, counts in self.tally.rules.items()}


@dataclass(frozen=True)
class TypedExport:
    """All that a contract's source holds, whenever it became known: once read, asked often.

    `export` holds the rows (n) as exported, `rows` the same typed, `failures` the rules that
    single values break.
    """

    export: Export
    rows: pd.DataFrame
    failures: Failures


def read_transactions(
    contract: Contract, as_of: str | None = None, now: datetime | None = None
) -> RawTransactions:
    """Read the contract's transactions as they were known at `as_of` (ISO date or time, UTC).

    Raises
    ------
    DataError
        If the source cannot be read, no row survives, or `as_of` is no date or asked for where
        rows have no time.
    """
    at = None if as_of is None else _asked(contract, as_of)
    return transactions_at(read_typed(contract), contract, at, now)


def read_typed(contract: Contract) -> TypedExport:
    """Read and type everything; nothing is put aside yet."""
    export = read_source(contract)
    rows, failures = typed_rows(export.frame, contract)
    rows[ROW] = export.position
    return TypedExport(export, rows, failures)


def transactions_at(
    source: TypedExport, contract: Contract, at: np.datetime64 | None, now: datetime | None = None
) -> RawTransactions:
    """The transactions as a run at `at` (UTC) reads them; None: all that the source holds.

    `now` is the wall clock, beyond which no event time is believed. Raises as
    `read_transactions`.
    """
    seen = _seen(source.rows, at)
    export = source.export
    rows, exported = source.rows[seen], export.frame[seen]
    failures = {name: mask[seen] for name, mask in source.failures.items()}
    wall = np.datetime64((now or datetime.now(UTC)).replace(tzinfo=None), "us")
    failures |= time_failures(rows, wall)
    failures |= contract_failures(rows, contract)
    failures |= duplicate_failures(rows, contract, broken_rules(failures, rows.index))
    broken = broken_rules(failures, rows.index)
    good = (broken == "").to_numpy()
    if not good.any():
        raise DataError(_nothing_left(contract, failures, len(rows)))
    counted = tally(rows, exported[contract.label.column], failures, contract, at)
    counted = counted.with_lines(set_aside_counts(export.set_aside))
    quarantine = exported[~good].assign(**{ROW: rows[ROW][~good], "_rules": broken[~good]})
    quarantine = with_set_aside(quarantine, export.set_aside)
    rows = _in_time_order(rows[good])
    newest = rows[TIME].to_numpy()[-1] if TIME in rows else None
    if at is not None:
        rows = with_labels_at(rows, contract, at)
    return RawTransactions(
        rows,
        quarantine,
        newest if at is None else at,
        newest,
        len(exported) + len(export.set_aside),
        counted,
        after_as_of=int((~seen).sum()),
        files=export.files,
        skipped=export.skipped,
        notes=export.notes,
    )


def _in_time_order(rows: pd.DataFrame) -> pd.DataFrame:
    if TIME in rows:
        rows = rows.sort_values([TIME, ROW], kind="stable")
    return rows.reset_index(drop=True)


def parse_as_of(text: str) -> np.datetime64:
    """An ISO date (the instant at which that day begins, UTC) or time as datetime64[us]."""
    try:
        stamp = datetime.fromisoformat(text)
        if stamp.tzinfo is not None:
            stamp = stamp.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise DataError(f'as_of must be an ISO date such as "2025-06-02", got {text!r}.') from error
    return np.datetime64(stamp, "us")


def _asked(contract: Contract, as_of: str) -> np.datetime64:
    if contract.columns.event_time is None:
        raise DataError(
            f"as_of must not be given where contract {contract.name} names no event time, got "
            f"{as_of!r}: without times nothing says what was known then. Run without as_of, or "
            "name the column in columns.event_time."
        )
    return parse_as_of(as_of)


def _seen(rows: pd.DataFrame, at: np.datetime64 | None) -> np.ndarray:
    """Which rows (n,) a run as of `at` may look at: what came later judges and repeats nothing."""
    if at is None:
        return np.ones(len(rows), dtype=bool)
    seen = (rows[TIME] <= at).to_numpy()
    if not seen.any() and rows[TIME].notna().any():
        first = rows[TIME].min().to_datetime64()
        raise DataError(f"as_of {at} must not lie before the first transaction, {first}.")
    known: np.ndarray = seen | rows[TIME].isna().to_numpy()
    return known


def _nothing_left(contract: Contract, failures: Failures, read: int) -> str:
    if read == 0:
        return f"The source of contract {contract.name} must hold rows, but holds none. Add some."
    worst = max(failures, key=lambda name: int(failures[name].sum()), default="none")
    return (
        f"At least one of the {read:,} rows must pass the rules of contract {contract.name}; "
        f"most broke {worst!r}. Look at the contract's columns, units and rules."
    )
