"""Retention in the copies: what the record may not keep any longer goes from them as well.

The notes of what is copied stay, so that nothing of it is copied again.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from fraud_assets.decisions.copies.parquet import DAY, date_of
from fraud_assets.decisions.copies.postgres import connected
from fraud_assets.store.files import flush_folder, one_sentence
from fraud_assets.store.lock import exclusive

_TIMES = {"labels": "received_at", "shadows": "scored_at"}
"""Folders of files that are of no day, and the column that says how old a row is."""

_DROP = {
    "decisions": "DELETE FROM fraud_assets.decisions WHERE decided_at < %s",
    "labels": "DELETE FROM fraud_assets.labels WHERE received_at < %s",
    "shadows": "DELETE FROM fraud_assets.shadows WHERE scored_at < %s",
}


def drop_from_parquet(out: Path, before: int) -> int:
    """Remove each day's decisions, and each file of labels or shadows, wholly from before.

    Returns how many files.

    Raises
    ------
    StoreError
        If the disk refuses, or another process copies there.
    """
    if not out.is_dir():
        return 0
    with exclusive(out / ".lock"), one_sentence("drop old decisions in", out):
        first = f"day={date_of(before // DAY)}"
        days = (out / "decisions").glob("day=*/*.parquet")
        old = [path for path in days if path.parent.name < first]
        for name, column in _TIMES.items():
            files = (out / name).glob("*.parquet")
            old += [path for path in files if _newest(path, column) < before]
        for path in old:
            path.unlink()
        for folder in {path.parent for path in old}:
            flush_folder(folder)
            if folder.name.startswith("day=") and not any(folder.iterdir()):
                folder.rmdir()
    return len(old)


def drop_from_postgres(url: str, before: int) -> int:
    """Remove each decision, label and shadow from before; how many rows.

    Raises
    ------
    RecordError
        If the database refuses, or psycopg is missing.
    """
    with connected(url) as connection, connection.transaction():
        return sum(
            max(connection.execute(command, (before,)).rowcount, 0) for command in _DROP.values()
        )


def _newest(path: Path, column: str) -> int:
    """The newest time in a column of a file, microseconds."""
    times = pq.ParquetFile(path).read(columns=[column])[column]
    return max((int(value) for value in times.cast("int64").to_pylist()), default=0)
