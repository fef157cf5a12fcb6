"""raw_transactions: reads and types what a contract names; loses nothing.

A row that breaks a rule goes to the quarantine table with its rules' names; the rest flow on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.as_of import asked_instant, older_than_reach, seen_at, wall
from fraud_assets.data.columns import ROW, TIME
from fraud_assets.data.deliveries import (
    arrivals_of,
    delivery_column,
    delivery_notes,
    repeat_notes,
    resolve,
    with_earlier_values,
)
from fraud_assets.data.exchange import RATE_MISSING, in_one_currency, read_rates
from fraud_assets.data.kinds.column import Spellings
from fraud_assets.data.kinds.time_notes import ahead_note, later_reports
from fraud_assets.data.notes import Notes, each_once
from fraud_assets.data.provenance.content import row_digests
from fraud_assets.data.provenance.made import Made
from fraud_assets.data.quarantine import (
    Failures,
    Tally,
    broken_rules,
    contract_failures,
    set_aside_counts,
    tally,
    time_failures,
    with_set_aside,
)
from fraud_assets.data.source import Export, FileRead, Skipped, read_source, times_needed
from fraud_assets.data.splits.days import demand_days
from fraud_assets.data.splits.windows import with_labels_at
from fraud_assets.data.typed import typed_rows
from fraud_assets.errors import DataError


@dataclass(frozen=True)
class RawTransactions:
    """Typed rows in time order, the quarantined ones as exported, and the week's T.

    `rows` holds the contract's raw columns and the roles of `fraud_assets.data.columns`;
    `quarantine` the rows as read plus `_rules`; `as_of` is None where there is no event time.
    `read` counts the rows up to `as_of`, quarantined ones included, `after_as_of` the later ones,
    `before_reach` those that lie further back than `source.reach` lets a week look.
    `superseded` holds the deliveries, as exported, in whose place a later one counts, with the
    reason in `_why`: "superseded", or "repeated_exactly" where they said nothing new.
    `tally` says what was kept and put aside in rows, frauds and amount; `notes` what was noticed
    on the way and refused nobody; `files` and `skipped` name what the source held; `spellings`
    how it writes the levels of each category.
    """

    rows: pd.DataFrame
    quarantine: pd.DataFrame
    as_of: np.datetime64 | None
    newest: np.datetime64 | None
    read: int
    tally: Tally
    superseded: pd.DataFrame
    after_as_of: int = 0
    before_reach: int = 0
    files: tuple[FileRead, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: Notes = ()
    spellings: Mapping[str, Spellings] = field(default_factory=dict)
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
    single values break, `arrivals` the order in which they were delivered; `notes` and
    `spellings` are what reading and typing noticed.
    """

    export: Export
    rows: pd.DataFrame
    failures: Failures
    arrivals: pd.DataFrame
    notes: Notes = ()
    spellings: Mapping[str, Spellings] = field(default_factory=dict)


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
    at = asked_instant(contract, as_of)
    return transactions_at(read_typed(contract, at), contract, at, now)


def read_typed(contract: Contract, at: np.datetime64 | None = None) -> TypedExport:
    """Read and type everything that a run at `at` needs; nothing is put aside yet."""
    export = read_source(contract, times_needed(contract, at))
    typed = typed_rows(export.frame, contract)
    rows, failures = typed.rows, typed.failures
    notes = each_once((*export.notes, *typed.notes))
    if (table := read_rates(contract)) is not None:
        exchanged = in_one_currency(rows, export.frame, contract, table)
        rows, notes = exchanged.rows, (*notes, *exchanged.notes)
        failures = {**failures, RATE_MISSING: exchanged.missing}
    rows[ROW] = export.position
    demand_days(rows, export, contract)
    column = delivery_column(contract)
    delivered = None if column is None else rows[column]
    arrivals = arrivals_of(delivered, export.file, [file.path for file in export.files])
    rows = with_earlier_values(rows, arrivals, contract)
    return TypedExport(export, rows, failures, arrivals, notes, typed.spellings)


def transactions_at(
    source: TypedExport, contract: Contract, at: np.datetime64 | None, now: datetime | None = None
) -> RawTransactions:
    """The transactions as a run at `at` (UTC) reads them; None: all that the source holds.

    `now` is the wall clock, beyond which no event time is believed. Raises as
    `read_transactions`.
    """
    export = source.export
    seen = seen_at(source.rows, source.arrivals, at)
    older = older_than_reach(source.rows, contract, at)
    seen &= ~older
    rows, exported = (_where(frame, seen) for frame in (source.rows, export.frame))
    failures = {name: mask[seen] for name, mask in source.failures.items()}
    failures |= time_failures(rows, wall(now))
    failures |= contract_failures(rows, contract)
    passed = broken_rules(failures, rows.index) == ""
    found = resolve(rows[passed], source.arrivals, contract)
    failures |= {name: _marked(rows, index) for name, index in found.failures.items()}
    ahead = tuple(ahead_note(rows[TIME], wall(now), contract)) if TIME in rows else ()
    late = tuple(later_reports(rows, wall(now), contract))
    if found.rows.empty:
        raise DataError(_nothing_left(contract, failures, len(rows), ahead))
    kept = found.rows if at is None else with_labels_at(found.rows, contract, at)
    kept = in_time_order(kept, contract)
    newest = kept[TIME].to_numpy()[-1] if TIME in kept else None
    broken = broken_rules(failures, rows.index)
    bad = (broken != "").to_numpy()
    failures = {name: mask[bad] for name, mask in failures.items()}
    words = exported[contract.label.column][bad]
    counted = tally(kept, rows[bad], words, failures, contract, as_of=at)
    quarantine = exported[bad].assign(**{ROW: rows[ROW][bad], "_rules": broken[bad]})
    return RawTransactions(
        kept,
        with_set_aside(quarantine, export.set_aside),
        newest if at is None else at,
        newest,
        len(exported) + len(export.set_aside),
        counted.with_lines(set_aside_counts(export.set_aside)),
        _superseded(exported, rows, found.aside),
        after_as_of=int((~seen & ~older).sum()),
        before_reach=int(older.sum()),
        files=export.files,
        skipped=export.skipped,
        notes=(
            *source.notes,
            *ahead,
            *late,
            *delivery_notes(found, source.arrivals, contract),
            *repeat_notes(kept, contract),
        ),
        spellings=source.spellings,
    )


def _where(frame: pd.DataFrame, mask: np.ndarray) -> pd.DataFrame:
    """The rows where the mask is true; all of them are no second copy in memory."""
    return frame.copy(deep=False) if mask.all() else frame[mask]


def _marked(rows: pd.DataFrame, index: pd.Index) -> pd.Series:
    return pd.Series(rows.index.isin(index), index=rows.index)


def _superseded(exported: pd.DataFrame, rows: pd.DataFrame, aside: pd.Series) -> pd.DataFrame:
    """The deliveries in whose place a later one counts, as exported, in the export's order."""
    order = aside.sort_index()
    found = exported.loc[order.index]
    return found.assign(**{ROW: rows.loc[order.index, ROW], "_why": order})


def in_time_order(rows: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Rows by event time, those of one instant by what they say, wherever they stood.

    So the same payments come in the same order from a file, from folders and from a database.
    Rows without a time keep the order of the export.
    """
    if TIME in rows:
        rows = rows.sort_values([TIME, ROW], kind="stable")
        at_once = np.flatnonzero(rows[TIME].duplicated(keep=False).to_numpy())
        tied = rows.iloc[at_once]
        order = np.arange(len(rows))
        # The label's own word is left out: 1, true and fraud may say the same.
        said = row_digests(tied.drop(columns=[ROW, contract.label.column]))
        order[at_once] = at_once[np.lexsort((said, tied[TIME].to_numpy()))]
        rows = rows.iloc[order]
    return rows.reset_index(drop=True)


def _nothing_left(contract: Contract, failures: Failures, read: int, notes: Notes) -> str:
    if read == 0:
        return f"The source of contract {contract.name} must hold rows, but holds none. Add some."
    worst = max(failures, key=lambda name: int(failures[name].sum()), default="none")
    sentence = (
        f"At least one of the {read:,} rows must pass the rules of contract {contract.name}; "
        f"most broke {worst!r}. Look at the contract's columns, units and rules."
    )
    told = [note.text for note in notes] if worst.startswith("time_") else []
    return " ".join([sentence, *told])
