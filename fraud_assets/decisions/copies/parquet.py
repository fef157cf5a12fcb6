"""The record as Parquet files by day, for whoever reads many decisions at once.

    decisions/day=2026-11-26/<segment>-<start>.parquet
    labels/<segment>-<start>.parquet
    shadows/<segment>-<start>.parquet
    copied/<segment>-<start>.json              which bytes of which segment are copied

A piece's files are written first, its note last. A piece without a note is written again under
the same names, so nothing is lost and nothing is there twice.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from fraud_assets.decisions.copies.pieces import Copied, Origin, Piece, pieces
from fraud_assets.decisions.copies.rows import (
    DECISIONS,
    FORMAT,
    LABELS,
    SHADOWS,
    CellType,
    decision_row,
    decisions_of,
    label_row,
    shadow_row,
)
from fraud_assets.decisions.reading import beside_of
from fraud_assets.documents.decision import Decision, Shadow
from fraud_assets.errors import RecordError
from fraud_assets.store.files import flush_file, flush_folder, one_sentence, write_over
from fraud_assets.store.lock import exclusive

_TYPES: dict[CellType, pa.DataType] = {
    "text": pa.string(),
    "time": pa.timestamp("us", "UTC"),
    "whole": pa.int64(),
    "number": pa.float64(),
    "truth": pa.bool_(),
    "json": pa.string(),
}
_FORMAT = b"fraud_assets.format"
_NOTE = re.compile(r"[^.].*-[0-9]{12}\.json")
DAY = 86_400_000_000
"""A day in microseconds."""


class CopiedPiece(msgspec.Struct, frozen=True):
    """A piece that is copied, and the segment's chain up to there."""

    origin: Origin
    start: int
    end: int
    digest: str


def copy_to_parquet(log: Path, out: Path) -> Copied:
    """Copy what is new in the log at `log` to the folder `out`.

    Raises
    ------
    RecordError
        If there is no log, or it does not hold.
    StoreError
        If the disk refuses, or another process copies there.
    """
    with one_sentence("copy decisions to", out):
        (out / "copied").mkdir(parents=True, exist_ok=True)
    decisions = labels = 0
    with exclusive(out / ".lock"):
        done = {note.origin: note.end for note in sorted(_notes(out), key=lambda n: n.start)}
        for piece in pieces(log, lambda origin: done.get(origin, 0)):
            with one_sentence("copy decisions to", out):
                _write(out, piece)
            decisions, labels = decisions + len(piece.decisions), labels + len(piece.labels)
    return Copied(decisions, labels)


def read_copied(out: Path) -> Iterator[Decision]:
    """Every decision that is copied to `out`, by day, each with what shadows would have decided.

    Raises
    ------
    RecordError
        If a file is of a format to come.
    """
    whole = {f"{note.origin.name}-{note.start:012d}" for note in _notes(out)}
    beside: dict[str, list[Shadow]] = defaultdict(list)
    for row in _rows(out, "shadows/*.parquet", whole):
        values = (row[name] for name in Shadow.__struct_fields__)
        beside[row["decision_id"]].append(Shadow(*values))
    for one in decisions_of(_rows(out, "decisions/day=*/*.parquet", whole)):
        yield beside_of(one, beside.get(one.decision_id, ()))


def demand_readable(path: Path, schema: pa.Schema) -> None:
    """Demand a format that this release reads.

    Raises
    ------
    RecordError
        If it is a later one.
    """
    written = int((schema.metadata or {}).get(_FORMAT, b"1"))
    if written > FORMAT:
        raise RecordError(
            f"{path} has format {written}, this release reads 1 to {FORMAT}: use a newer release."
        )


def date_of(day: int) -> str:
    """A day since 1970 as an ISO date."""
    return datetime.fromtimestamp(day * DAY // 1_000_000, UTC).date().isoformat()


def _rows(out: Path, pattern: str, whole: set[str]) -> Iterator[dict[str, Any]]:
    """The rows of each file whose piece is wholly copied."""
    for path in sorted(out.glob(pattern)):
        if path.stem in whole:
            table = pq.ParquetFile(path).read()
            demand_readable(path, table.schema)
            yield from _plain(table)


def _plain(table: pa.Table) -> list[dict[str, Any]]:
    """Rows with times as whole microseconds."""
    columns = [
        column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names).to_pylist()


def _write(out: Path, piece: Piece) -> None:
    name = f"{piece.origin.name}-{piece.start:012d}"
    days: dict[int, list[Decision]] = defaultdict(list)
    for decision in piece.decisions:
        days[decision.decided_at // DAY].append(decision)
    for day, decisions in days.items():
        folder = out / "decisions" / f"day={date_of(day)}"
        _write_table(folder / f"{name}.parquet", DECISIONS, [decision_row(d) for d in decisions])
    if piece.labels:
        rows = [label_row(label, piece.origin, at) for at, label in piece.labels]
        _write_table(out / "labels" / f"{name}.parquet", LABELS, rows)
    if piece.shadows:
        rows = [shadow_row(one, piece.origin, at) for at, one in piece.shadows]
        _write_table(out / "shadows" / f"{name}.parquet", SHADOWS, rows)
    note = CopiedPiece(piece.origin, piece.start, piece.end, piece.digest)
    beside = out / "copied" / f".{name}"
    write_over(beside, msgspec.json.encode(note))
    beside.replace(out / "copied" / f"{name}.json")
    flush_folder(out / "copied")


def _write_table(path: Path, kinds: Any, rows: Sequence[tuple[Any, ...]]) -> None:
    """A file that is there whole and flushed, or not at all."""
    metadata = {_FORMAT: str(FORMAT).encode()}
    schema = pa.schema([(name, _TYPES[kind]) for name, kind in kinds.items()], metadata)
    columns = [
        pa.array(values, _TYPES[kind])
        for values, kind in zip(zip(*rows, strict=True), kinds.values(), strict=True)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}")
    pq.write_table(pa.table(columns, schema=schema), beside, compression="zstd")
    flush_file(beside)
    beside.replace(path)
    flush_folder(path.parent)


def _notes(out: Path) -> list[CopiedPiece]:
    with one_sentence("read the copy in", out):
        notes = [path for path in (out / "copied").glob("*.json") if _NOTE.fullmatch(path.name)]
        return [msgspec.json.decode(path.read_bytes(), type=CopiedPiece) for path in sorted(notes)]
