"""Reads every table of a contract's source and says which row came from which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.contract.sections.source import Source
from fraud_assets.data.columns import ROW
from fraud_assets.data.kinds.exact import joined_frames
from fraud_assets.data.source.columns import Picked, contract_columns, pick
from fraud_assets.data.source.export import Export, FileRead, Skipped, no_lines
from fraud_assets.data.source.files import relative_name, single_table
from fraud_assets.data.source.folders.hive import require_agreement
from fraud_assets.data.source.formats import open_table
from fraud_assets.data.source.noticed import (
    WATCHED,
    copies,
    currency_notes,
    currency_place,
    secret_notes,
    taken_out,
)
from fraud_assets.data.source.providers import provider_of
from fraud_assets.data.source.table import EmptyTableError, RowBound, Table, TableRows, Unopened
from fraud_assets.data.source.times import ALL_TIMES, EventTimes
from fraud_assets.errors import DataError

MOST_FAULTS = 20
"""How many files' faults one sentence tells; the others are counted."""


@dataclass(frozen=True)
class _Part:
    """One table that was looked into, and where it has the contract's columns."""

    unopened: Unopened
    kind: str
    table: Table
    picked: Picked
    watched: int | None = None


def read_source(contract: Contract, times: EventTimes = ALL_TIMES) -> Export:
    """Every row of the contract's source, only the columns that the contract names.

    Rows whose event time lies outside of `times` may be missing.

    Raises
    ------
    DataError
        If nothing is found, files cannot be read, or named columns are missing (all listed).
    """
    return read_columns(contract, contract_columns(contract), times)


def read_columns(
    contract: Contract, wanted: Sequence[str], times: EventTimes = ALL_TIMES
) -> Export:
    """The same of the wanted columns alone. Raises as `read_source`."""
    found = provider_of(contract.source).tables(contract, times)
    parts, empty = _looked_into(found.tables, contract, wanted)
    bound = RowBound(contract.source.max_rows)
    read: list[TableRows] = []
    for part in parts:
        read.append(_rows(part, wanted, bound))
        bound = replace(bound, taken=bound.taken + read[-1].records)
    names = [relative_name(part.unopened.shown, contract.base) for part in parts]
    frames = [rows.frame for rows in read]
    codes = taken_out(frames)
    notes = (
        *secret_notes(contract),
        *copies(names, frames),
        *currency_notes(codes, "A column that the contract does not name", contract),
    )
    return replace(_export(contract, names, parts, read, (*found.skipped, *empty)), notes=notes)


@dataclass(frozen=True)
class ExportPart:
    """Some rows of a source in order, as `Export` holds them; `file` is the place of their file."""

    frame: pd.DataFrame
    position: np.ndarray
    file: int


@dataclass(frozen=True)
class ExportParts:
    """The names of a source's files, and its rows in parts."""

    names: list[str]
    parts: Iterator[ExportPart]


def read_source_parts(contract: Contract) -> ExportParts:
    """The rows of `read_source` in parts, in memory that does not grow with them.

    Raises
    ------
    DataError
        As `read_source`; what a file's rows are at fault with, once they are reached.
    """
    wanted = contract_columns(contract)
    found = provider_of(contract.source).tables(contract, ALL_TIMES)
    parts, _ = _looked_into(found.tables, contract, wanted)
    names = [relative_name(part.unopened.shown, contract.base) for part in parts]
    return ExportParts(names, _parts_of(parts, wanted, RowBound(contract.source.max_rows)))


def _parts_of(
    parts: Sequence[_Part], wanted: Sequence[str], bound: RowBound
) -> Iterator[ExportPart]:
    for file, part in enumerate(parts):
        records = 0
        for rows in part.table.parts(part.picked.places, bound):
            frame = _named(part, rows.frame.set_axis([*part.picked.held], axis=1))
            yield ExportPart(frame[list(wanted)], rows.position + bound.taken, file)
            records += rows.records
        bound = replace(bound, taken=bound.taken + records)


@dataclass(frozen=True)
class WholeTable:
    """All columns of one file under the names of its header, text unparsed.

    A name that stands twice in the header stands twice in `frame` (n); `lines` are those of the
    file that are no rows, with the columns of `fraud_assets.data.source.export.SET_ASIDE`.
    """

    frame: pd.DataFrame
    lines: pd.DataFrame


def read_table(file: Path | str, source: Source | None = None) -> WholeTable:
    """One file, and which of its lines are no rows.

    Raises
    ------
    DataError
        If the file cannot be read, or is neither CSV nor Parquet.
    """
    source = source or Source(path=str(file))
    _, table = open_table(single_table(str(file)), source)
    rows = table.read(range(len(table.names)), RowBound(source.max_rows))
    return WholeTable(rows.frame.set_axis(list(table.names), axis=1), rows.lines)


def _looked_into(
    tables: Sequence[Unopened], contract: Contract, wanted: Sequence[str]
) -> tuple[list[_Part], list[Skipped]]:
    """Every table's columns; tells the faults of all tables at once."""
    parts, empty, faults = [], [], []
    for one in tables:
        try:
            kind, table = one.open(wanted)
            picked = pick(table.names, wanted, one.told, one.shown)
            _refuse_nested(one.shown, picked, table)
            plain = ["" if name in table.nested else name for name in table.names]
            watched = currency_place(plain, wanted, contract)
            parts.append(_Part(one, kind, table, picked, watched))
        except EmptyTableError as error:
            empty.append(Skipped(one.shown, "empty: neither a header nor rows"))
            last = str(error)
        except DataError as error:
            faults.append(str(error))
    if faults or not parts:
        shown = faults[:MOST_FAULTS] or [last]
        more = len(faults) - len(shown)
        raise DataError(" ".join([*shown, *([f"And {more:,} more."] if more > 0 else [])]))
    return parts, empty


def _refuse_nested(shown: str, picked: Picked, table: Table) -> None:
    nested = [table.names[place] for place in picked.places if table.names[place] in table.nested]
    if nested:
        raise DataError(
            f"{shown} must hold one value in each cell, but these columns hold lists or records: "
            f"{', '.join(map(repr, nested))}. Export their parts as columns."
        )


def _rows(part: _Part, wanted: Sequence[str], bound: RowBound) -> TableRows:
    """One table's rows under the contract's names, what its folders tell included."""
    beside = [] if part.watched is None else [part.watched]
    rows = part.table.read([*part.picked.places, *beside], bound)
    names = [*part.picked.held, *([WATCHED] if beside else [])]
    frame = _named(part, rows.frame.set_axis(names, axis=1))
    kept = [*wanted, *([WATCHED] if beside else [])]
    return TableRows(frame[kept], rows.position, rows.records, rows.lines)


def _named(part: _Part, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of a table with what the names of its folders tell of each."""
    for name, value in part.picked.told.items():
        if name in frame:
            require_agreement(frame[name], value, part.unopened.shown, name)
        else:
            frame[name] = pd.Series([value] * len(frame), index=frame.index, dtype="str")
    return frame


def _export(
    contract: Contract,
    names: Sequence[str],
    parts: Sequence[_Part],
    read: Sequence[TableRows],
    skipped: Sequence[Skipped],
) -> Export:
    starts = np.cumsum([0, *(rows.records for rows in read)])[:-1]
    files = [_file_read(*one) for one in zip(names, parts, read, strict=True)]
    lines = [
        rows.lines.assign(**{ROW: rows.lines[ROW] + start, "_file": name})
        for name, rows, start in zip(names, read, starts, strict=True)
        if len(rows.lines)
    ]
    positions = [rows.position + start for rows, start in zip(read, starts, strict=True)]
    return Export(
        frame=joined_frames([rows.frame for rows in read]),
        position=np.concatenate(positions),
        file=np.repeat(np.arange(len(read), dtype=np.int32), [len(rows.frame) for rows in read]),
        files=tuple(files),
        skipped=tuple(Skipped(relative_name(s.path, contract.base), s.why) for s in skipped),
        set_aside=pd.concat(lines, ignore_index=True) if lines else no_lines(),
    )


def _file_read(name: str, part: _Part, rows: TableRows) -> FileRead:
    return FileRead(
        path=name,
        rows=len(rows.frame),
        bytes=part.unopened.size or 0,
        kind=part.kind,
        note=part.table.note,
        set_aside=len(rows.lines),
        latest=part.unopened.latest,
    )
