"""SQLite of an instance is held open while a run writes to it, and whole when the run has ended."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import dagster as dg
import sqlalchemy

from fraud_assets.orchestration.instance.held import holding_sqlite


def _logs(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.db-wal"))


def test_the_log_of_a_file_stays_while_it_is_held_and_is_gone_afterwards(tmp_path: Path) -> None:
    """No event waits for a checkpoint; after the run every event is in the files themselves."""
    during: list[Path] = []

    @dg.op
    def look() -> None:
        during.extend(_logs(tmp_path))

    @dg.job(executor_def=dg.in_process_executor)
    def looking() -> None:
        look()

    with holding_sqlite(), dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        run = looking.execute_in_process(instance=instance).run_id

    assert any(path.name.startswith(run) for path in during)
    assert _logs(tmp_path) == []
    with dg.DagsterInstance.local_temp(str(tmp_path)) as again:
        assert again.get_run_by_id(run).status is dg.DagsterRunStatus.SUCCESS
        kinds = [entry.dagster_event_type for entry in again.all_logs(run)]
    assert kinds[-1] is dg.DagsterEventType.RUN_SUCCESS


def test_nothing_outside_is_held(tmp_path: Path) -> None:
    """Connections before and after sync each commit, as SQLite does by itself."""
    address = f"sqlite:///{tmp_path}/one.db"

    def synced() -> int:
        engine = sqlalchemy.create_engine(address, poolclass=sqlalchemy.pool.NullPool)
        with engine.connect() as connection:
            return int(connection.execute(sqlalchemy.text("PRAGMA synchronous")).scalar_one())

    usual = synced()
    with holding_sqlite():
        inside = synced()

    assert (usual, inside, synced()) == (2, 1, 2)


def test_a_file_without_a_log_is_left_alone(tmp_path: Path) -> None:
    """A file that is held could not be turned to a write-ahead log any more."""
    engine = sqlalchemy.create_engine(
        f"sqlite:///{tmp_path}/one.db", poolclass=sqlalchemy.pool.NullPool
    )

    with holding_sqlite():
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text("CREATE TABLE one (a INTEGER)"))
            connection.commit()
        with engine.connect() as connection:
            mode = connection.execute(sqlalchemy.text("PRAGMA journal_mode=WAL")).scalar_one()

    assert mode == "wal"
    assert sqlite3.connect(tmp_path / "one.db").execute("SELECT count(*) FROM one").fetchone()
