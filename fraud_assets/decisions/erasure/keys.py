"""The subjects' keys, in a folder of their own: a database whose deleted bytes are overwritten.

A process draws a key for each subject that it meets, so a subject may have several; forgetting
destroys them all. The subject itself is not in there, only its HMAC under a secret of the folder.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from fraud_assets.errors import RecordError
from fraud_assets.store.files import flush_folder, one_sentence

_FILE, _FORGOTTEN = "subjects.db", "forgotten"
_WAIT_SECONDS = 10.0
_TABLES = """
CREATE TABLE IF NOT EXISTS secret (only INTEGER PRIMARY KEY CHECK (only = 1), secret BLOB);
CREATE TABLE IF NOT EXISTS keys (id BLOB PRIMARY KEY, subject BLOB, key BLOB) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_subject ON keys (subject);
CREATE TABLE IF NOT EXISTS forgotten (subject BLOB, keys INTEGER, at TEXT);
"""
_ADD = """
INSERT OR IGNORE INTO keys SELECT :id, :subject, :key
WHERE NOT EXISTS (SELECT 1 FROM forgotten WHERE subject = :subject AND rowid > :stamp)
"""
"""A key that was drawn before its subject was forgotten is not kept: what it covers is erased."""


class SubjectKey(NamedTuple):
    """A key with its id and its subject's mark, and the stamp when it was drawn."""

    id: bytes
    subject: bytes
    key: bytes
    stamp: int


def keys_folder(log: Path) -> Path:
    """Where the keys of the log at `log` lie: beside it, so that a copy of it holds none."""
    return log.with_name(f"{log.name}.keys")


@dataclass(frozen=True)
class SubjectKeys:
    """The keys in `folder`."""

    folder: Path

    @property
    def path(self) -> Path:
        """The database."""
        return self.folder / _FILE

    def ensure(self) -> bytes:
        """Make the folder and its database unless they are there; the secret of the marks.

        Raises
        ------
        StoreError, RecordError
            If it cannot be made or read.
        """
        with one_sentence("keep the subjects' keys in", self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            flush_folder(self.folder)
        with self._open() as database:
            database.executescript(_TABLES)
            drawn = os.urandom(32)
            with database:
                database.execute("INSERT OR IGNORE INTO secret VALUES (1, ?)", (drawn,))
            (secret,) = database.execute("SELECT secret FROM secret").fetchone()
            self._note(database)
        return bytes(secret)

    def add(self, keys: Iterable[SubjectKey]) -> None:
        """Put keys on disk before what they cover; raises like `ensure`."""
        with self._open() as database, database:
            database.executemany(_ADD, [key._asdict() for key in keys])

    def get(self, ids: Iterable[bytes]) -> dict[bytes, bytes]:
        """Those of the keys that are there, by their ids; raises like `ensure`."""
        if not self.path.exists():
            return {}
        found = {}
        with self._open() as database:
            for key_id in ids:
                row = database.execute("SELECT key FROM keys WHERE id = ?", (key_id,)).fetchone()
                if row is not None:
                    found[key_id] = bytes(row[0])
        return found

    def forget(self, subject: str, at: str) -> int:
        """Destroy a subject's keys, and note when; how many there were. Raises like `ensure`."""
        mark = mark_of(self.ensure(), subject)
        with self._open() as database:
            with database:
                gone = database.execute("DELETE FROM keys WHERE subject = ?", (mark,)).rowcount
                database.execute("INSERT INTO forgotten VALUES (?, ?, ?)", (mark, gone, at))
            self._note(database)
            database.execute("VACUUM")
        return gone

    @property
    def stamp(self) -> int:
        """How many acts of forgetting there were; one stat call."""
        try:
            return os.stat(self._noted).st_size  # noqa: PTH116 - called for each decision
        except OSError:
            return 0

    @cached_property
    def _noted(self) -> str:
        return str(self.folder / _FORGOTTEN)

    def _note(self, database: sqlite3.Connection) -> None:
        """A byte for each act, where a service sees them without opening the database."""
        (acts,) = database.execute("SELECT COUNT(*) FROM forgotten").fetchone()
        with one_sentence("note it in", self.folder), (self.folder / _FORGOTTEN).open("ab") as file:
            file.write(b"\n" * (acts - file.tell()))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT_SECONDS)) as database:
                database.execute("PRAGMA secure_delete = ON")
                database.execute("PRAGMA synchronous = FULL")
                yield database
        except sqlite3.Error as error:
            raise RecordError(
                f"The subjects' keys in {self.folder} cannot be used ({error}): see to the disk, "
                "or put the folder back from a backup."
            ) from error


def mark_of(secret: bytes, subject: str) -> bytes:
    """What stands for a subject beside its keys."""
    return hmac.digest(secret, subject.encode(), hashlib.sha256)
