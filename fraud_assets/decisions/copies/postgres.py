"""The record as tables in PostgreSQL: one transaction a piece, rows and progress together.

Schema `fraud_assets`: tables `decisions`, `labels`, `shadows` (what a shadow would have decided, by
`decision_id`), and `copied`, which says up to which byte each segment is copied; the view
`decisions_once` has the first decision on each payment, which counts where a payment stands on
record twice (`fraud_assets.decisions.once`). A copy that is killed rolls back whole; two at once
take turns at a segment.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

from fraud_assets.decisions.copies.pieces import Copied, Origin, Piece, pieces
from fraud_assets.decisions.copies.rows import (
    DECISIONS,
    FORMAT,
    LABELS,
    LATER,
    SHADOWS,
    CellType,
    decision_row,
    label_row,
    shadow_row,
)
from fraud_assets.errors import RecordError
from fraud_assets.masking import Secrets

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql

_TYPES: dict[CellType, LiteralString] = {
    "text": "text",
    "time": "bigint",
    "whole": "bigint",
    "number": "double precision",
    "truth": "boolean",
    "json": "json",
}
_SETUP = """
SELECT pg_advisory_xact_lock(7262004021);
CREATE SCHEMA IF NOT EXISTS fraud_assets;
CREATE TABLE IF NOT EXISTS fraud_assets.format (format integer PRIMARY KEY);
INSERT INTO fraud_assets.format SELECT {format} WHERE NOT EXISTS
  (SELECT 1 FROM fraud_assets.format);
CREATE TABLE IF NOT EXISTS fraud_assets.decisions ({decisions}, PRIMARY KEY (decision_id));
ALTER TABLE fraud_assets.decisions {later};
CREATE TABLE IF NOT EXISTS fraud_assets.labels ({labels},
  PRIMARY KEY (log, writer, segment, entry));
CREATE TABLE IF NOT EXISTS fraud_assets.shadows ({shadows},
  PRIMARY KEY (log, writer, segment, entry));
CREATE INDEX IF NOT EXISTS shadows_decision_id ON fraud_assets.shadows (decision_id);
CREATE INDEX IF NOT EXISTS decisions_decided_at ON fraud_assets.decisions (decided_at);
CREATE OR REPLACE VIEW fraud_assets.decisions_once AS
  SELECT DISTINCT ON (coalesce(nullif(payment_id, ''), decision_id)) * FROM fraud_assets.decisions
  ORDER BY coalesce(nullif(payment_id, ''), decision_id), decided_at, decision_id;
CREATE INDEX IF NOT EXISTS labels_payment_id ON fraud_assets.labels (payment_id);
CREATE TABLE IF NOT EXISTS fraud_assets.copied (log text, writer integer, segment integer,
  up_to bigint NOT NULL, digest text NOT NULL, PRIMARY KEY (log, writer, segment));
"""
_CLAIM = """
INSERT INTO fraud_assets.copied VALUES (%s, %s, %s, 0, '') ON CONFLICT DO NOTHING
"""
_UP_TO = """
SELECT up_to FROM fraud_assets.copied WHERE log = %s AND writer = %s AND segment = %s FOR UPDATE
"""
_ADVANCE = """
UPDATE fraud_assets.copied SET up_to = %s, digest = %s
WHERE log = %s AND writer = %s AND segment = %s
"""


def database_url() -> str | None:
    """The database named by `FRAUD_ASSETS_DATABASE`, None where none is."""
    return os.environ.get("FRAUD_ASSETS_DATABASE") or None


def demand_database() -> str:
    """The database named by `FRAUD_ASSETS_DATABASE`.

    Raises
    ------
    RecordError
        If none is named, or none of PostgreSQL's.
    """
    url = database_url()
    what = "is not set" if url is None else "holds another text, which is not shown"
    if url is None or not url.startswith(("postgresql://", "postgres://")):
        raise RecordError(
            f"FRAUD_ASSETS_DATABASE must name a database as postgresql://..., but {what}: set it."
        )
    return url


def copy_to_postgres(log: Path, url: str) -> Copied:
    """Copy what is new in the log at `log` to the database at `url`.

    Raises
    ------
    RecordError
        If there is no log or it does not hold, the database refuses, or psycopg is missing.
    """
    decisions = labels = 0
    with connected(url) as connection:
        _set_up(connection)
        before = _progress(connection)
        for piece in pieces(log, lambda origin: before.get(origin, 0)):
            done = _copy(connection, piece)
            decisions, labels = decisions + done.decisions, labels + done.labels
    return Copied(decisions, labels)


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection that commits each statement; the database's own errors become RecordError."""
    try:
        import psycopg  # noqa: PLC0415 - an extra of its own
    except ImportError as error:
        raise RecordError(
            'Copying to PostgreSQL needs psycopg: pip install "fraud-assets[postgres]".'
        ) from error
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection
    except psycopg.Error as error:
        # The driver may quote a piece of the URL, and so would its own error behind ours.
        said = Secrets.of(url).mask(" ".join(str(error).split()))
        raise RecordError(
            f"The database of FRAUD_ASSETS_DATABASE does not take the decisions: {said}. What was "
            "copied before stays; run it again once that is mended."
        ) from None


def _set_up(connection: psycopg.Connection[Any]) -> None:
    """Make the tables unless they are there, and demand a format that this release writes."""
    from psycopg import sql  # noqa: PLC0415 - an extra of its own

    setup = sql.SQL(_SETUP).format(
        format=sql.Literal(FORMAT),
        decisions=_columns(DECISIONS),
        later=sql.SQL(", ").join(map(_added, LATER)),
        labels=_columns(LABELS),
        shadows=_columns(SHADOWS),
    )
    with connection.transaction():
        connection.execute(setup)
        row = connection.execute("SELECT max(format) FROM fraud_assets.format").fetchone()
    written = row[0] if row else FORMAT
    if written != FORMAT:
        raise RecordError(
            f"The tables of schema fraud_assets have format {written}, this release writes "
            f"{FORMAT}: use the release that made them, or move the schema aside."
        )


def _added(name: str) -> sql.Composed:
    from psycopg import sql  # noqa: PLC0415 - an extra of its own

    return sql.SQL("ADD COLUMN IF NOT EXISTS {}").format(_columns({name: DECISIONS[name]}))


def _columns(kinds: Mapping[str, CellType]) -> sql.Composed:
    from psycopg import sql  # noqa: PLC0415 - an extra of its own

    columns = [
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(_TYPES[kind]))
        for name, kind in kinds.items()
    ]
    return sql.SQL(", ").join(columns)


def _progress(connection: psycopg.Connection[Any]) -> dict[Origin, int]:
    rows = connection.execute("SELECT log, writer, segment, up_to FROM fraud_assets.copied")
    return {Origin(log, writer, segment): up_to for log, writer, segment, up_to in rows}


def _copy(connection: psycopg.Connection[Any], piece: Piece) -> Copied:
    """Copy one piece, unless somebody else has gone further meanwhile."""
    key = (piece.origin.log, piece.origin.writer, piece.origin.number)
    with connection.transaction():
        connection.execute(_CLAIM, key)
        row = connection.execute(_UP_TO, key).fetchone()
        if row is None or row[0] != piece.start:
            return Copied(0, 0)
        _write(connection, "decisions", DECISIONS, map(decision_row, piece.decisions))
        labels = (label_row(label, piece.origin, at) for at, label in piece.labels)
        _write(connection, "labels", LABELS, labels)
        shadows = (shadow_row(one, piece.origin, at) for at, one in piece.shadows)
        _write(connection, "shadows", SHADOWS, shadows)
        connection.execute(_ADVANCE, (piece.end, piece.digest, *key))
    return Copied(len(piece.decisions), len(piece.labels))


def _write(
    connection: psycopg.Connection[Any],
    table: str,
    kinds: Mapping[str, CellType],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    from psycopg import sql  # noqa: PLC0415 - an extra of its own

    names = sql.SQL(", ").join(map(sql.Identifier, kinds))
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier("fraud_assets", table), names
    )
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row([_text(value) for value in row])


def _text(value: Any) -> Any:
    """PostgreSQL's texts hold no NUL; its picture stands for it."""
    return value.replace("\x00", "\N{SYMBOL FOR NULL}") if isinstance(value, str) else value
