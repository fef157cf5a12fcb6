"""A table, view or query as something to select from, and the columns that it has."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import pyarrow as pa

from fraud_assets.contract.sections.source import Source
from fraud_assets.data.source.database.connection import Connection
from fraud_assets.errors import DataError

_TABLES = (
    "SELECT CASE WHEN pg_table_is_visible(c.oid) THEN '' ELSE n.nspname || '.' END || c.relname "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') "
    "AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
)
_MOST_NAMED = 5


@dataclass(frozen=True)
class DatabaseColumn:
    """One column: its name, and the server's own name of its type, such as "numeric"."""

    name: str
    type: str
    is_nested: bool = False


@dataclass(frozen=True)
class Relation:
    """What stands behind FROM, with its columns in order."""

    source: str
    columns: tuple[DatabaseColumn, ...]


def look_at_relation(connection: Connection, source: Source) -> Relation:
    """The contract's table or query and its columns; nothing of it is executed.

    Raises
    ------
    DataError
        If there is no such table; names those that are alike.
    """
    if source.table is not None:
        _demand_table(connection, source.table)
    behind_from = _behind_from(source)
    with connection.cursor() as cursor:
        schema = cursor.adbc_execute_schema(f"SELECT * FROM {behind_from}")  # noqa: S608
    return Relation(behind_from, tuple(map(_column, schema)))


def sql_name(name: str) -> str:
    """A name as SQL writes it, whatever letters it has."""
    return '"' + name.replace('"', '""') + '"'


def _named(table: str) -> str:
    return ".".join(map(sql_name, table.split(".", 1)))


def _behind_from(source: Source) -> str:
    if source.table is not None:
        return _named(source.table)
    # On lines of its own: a query may end in a comment.
    return f"(\n{(source.query or '').strip().rstrip(';')}\n) AS payments"


def _column(field: pa.Field) -> DatabaseColumn:
    told = field.metadata or {}
    kind = told.get(b"POSTGRESQL:type", b"").decode().strip("'")
    return DatabaseColumn(field.name, kind, pa.types.is_nested(field.type))


def _demand_table(connection: Connection, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass($1) IS NOT NULL", (_named(table),))
        if cursor.fetchone()[0]:
            return
        cursor.execute(_TABLES)
        names = sorted(name for (name,) in cursor.fetchall())
    close = get_close_matches(table.lower(), [name.lower() for name in names], n=1)
    alike = next((name for name in names if name.lower() in close), None)
    hint = "" if alike is None else f" (did you mean {alike!r}?)"
    shown = ", ".join(names[:_MOST_NAMED])
    has = f"It has {len(names):,}, such as {shown}" if names else "None can be seen there"
    raise DataError(
        f"source.table must be a table or view of the database, but there is no {table!r}{hint}. "
        f"{has}. Correct source.table; a table of another schema is named as schema.table."
    )
