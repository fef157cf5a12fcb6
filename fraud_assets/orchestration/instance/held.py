"""SQLite of an instance that one run writes much to: its files are held open while it lasts.

Dagster opens a connection for each event and closes it. Whoever closes the last one of a file
moves its write-ahead log into it and syncs both, and each commit syncs the log: on a disk that is
some 20 ms an event, five seconds a run. With one more connection open the log stays, and is synced
when it is moved. A power cut in the middle of a run may take the run's last events, never a whole
file; when the run has ended all of them are on the disk.
Concept: https://www.sqlite.org/wal.html
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy
from sqlalchemy import event


@contextmanager
def holding_sqlite() -> Iterator[None]:
    """While it lasts every SQLite file in WAL mode that SQLAlchemy connects to is held open."""
    held: dict[str, sqlite3.Connection] = {}

    def connected(connection: Any, _: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous=NORMAL")
            _hold(connection, held)

    event.listen(sqlalchemy.Engine, "connect", connected)
    try:
        yield
    finally:
        event.remove(sqlalchemy.Engine, "connect", connected)
        for one in held.values():
            one.close()


def _hold(connection: sqlite3.Connection, held: dict[str, sqlite3.Connection]) -> None:
    """Open the file once more, unless it is held already or has no write-ahead log yet."""
    path = next(row[2] for row in connection.execute("PRAGMA database_list") if row[1] == "main")
    if not path or path in held or connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        return
    # Dagster connects on threads of its own too; the log counts as open after a first read.
    one = sqlite3.connect(path, check_same_thread=False)
    one.execute("SELECT count(*) FROM sqlite_master").fetchone()
    held[path] = one
