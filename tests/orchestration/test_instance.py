"""Dagster on PostgreSQL as several processes: a restart loses nothing, a lost worker is noticed."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.launcher import WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._core.test_utils import create_run_for_test
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.orchestration.instance import watched
from fraud_assets.orchestration.instance.tidying import ALWAYS_KEPT, runs_to_go, tidy_runs
from fraud_assets.orchestration.instance.watched import WatchedLauncher
from tests.decisions.databases import Server, postgres_server
from tests.service.stores import free_port
from tests.waiting import wait_until

SETTINGS = """
telemetry: {enabled: false}
storage:
  custom:
    module: fraud_assets.orchestration.instance.patience
    class: PatientPostgres
    config: {postgres_url: {env: DAGSTER_POSTGRES_URL}}
run_launcher:
  module: fraud_assets.orchestration.instance.watched
  class: WatchedLauncher
run_monitoring: {enabled: true}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL that can be stopped and started."""
    pytest.importorskip("dagster_postgres", reason="needs dagster-postgres: the extra stack")
    with postgres_server() as running:
        yield running


@pytest.fixture
def instance(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dg.DagsterInstance]:
    """An instance whose runs and events lie in that server."""
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", server.url)
    (tmp_path / "dagster.yaml").write_text(SETTINGS)
    with dg.DagsterInstance.from_config(str(tmp_path)) as made:
        yield made


@dg.op
def rests(context: dg.OpExecutionContext) -> None:
    """Says something over and over, for as long as it takes to restart a server."""
    for number in range(20):
        context.log.info("still here, %s", number)
        time.sleep(0.1)


@dg.job(executor_def=dg.in_process_executor)
def work() -> None:
    rests()


def test_a_run_outlives_a_restart_of_its_database(
    instance: dg.DagsterInstance, server: Server
) -> None:
    """Whatever is written meanwhile waits, and every event is there afterwards."""

    def restart() -> None:
        time.sleep(0.5)
        server.stop()
        time.sleep(3)  # longer than Dagster's own patience
        server.start()

    restarting = threading.Thread(target=restart)
    restarting.start()

    result = work.execute_in_process(instance=instance, raise_on_error=False)
    restarting.join()

    assert result.success, [event.message for event in result.all_events if event.is_failure]
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    assert run.status == dg.DagsterRunStatus.SUCCESS
    said = [entry.user_message for entry in instance.all_logs(result.run_id)]
    here = [text for text in said if "still here" in text]
    assert list(dict.fromkeys(here)) == [f"still here, {number}" for number in range(20)]


def test_an_operation_whose_connection_is_cut_is_done_again(
    instance: dg.DagsterInstance, server: Server
) -> None:
    """In the midst of it, as a server that ends at once cuts it."""
    import psycopg

    held = psycopg.connect(server.url)
    held.execute("LOCK TABLE runs IN ACCESS EXCLUSIVE MODE")
    found: list[int] = []
    asking = threading.Thread(target=lambda: found.append(instance.get_runs_count()))
    asking.start()
    wait_until(lambda: waiting_for_locks(server.url) > 0)

    server.stop()
    server.start()
    asking.join(60)
    held.close()

    assert len(found) == 1


def waiting_for_locks(url: str) -> int:
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return int(row[0]) if row else 0


def test_the_password_is_not_what_an_instance_says_of_itself(
    instance: dg.DagsterInstance, server: Server
) -> None:
    """Workers are told the variable's name, never what it holds."""
    assert server.url not in str(instance.get_ref())
    assert server.url not in instance.info_str()


def test_nobody_waits_for_what_will_not_change(tmp_path: Path, server: Server) -> None:
    """A user or database that does not exist is said at once."""
    from fraud_assets.orchestration.instance.patience import PatientPostgres

    started = time.monotonic()
    with pytest.raises(Exception, match="too many retries"):
        PatientPostgres.from_config_value(
            None, {"postgres_url": server.url.replace("/postgres?", "/nowhere?")}
        )
    assert time.monotonic() - started < 60


def launched(instance: dg.DagsterInstance, port: int) -> dg.DagsterRun:
    info = json.dumps({"host": "127.0.0.1", "port": port})
    return create_run_for_test(
        instance, "work", status=dg.DagsterRunStatus.STARTED, tags={GRPC_INFO_TAG: info}
    )


def test_a_run_that_its_code_server_does_not_know_is_lost(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that was started anew has forgotten it; one that knows it is left alone."""
    launcher, run = instance.run_launcher, launched(instance, 1)
    assert isinstance(launcher, WatchedLauncher)
    assert launcher.supports_check_run_worker_health

    monkeypatch.setattr(watched, "_current_runs", lambda _: [run.run_id])
    assert launcher.check_run_worker_health(run).status == WorkerStatus.RUNNING
    monkeypatch.setattr(watched, "_current_runs", lambda _: ["another"])
    assert launcher.check_run_worker_health(run).status == WorkerStatus.NOT_FOUND


def test_a_code_server_that_does_not_answer_is_given_time(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be restarting; only when that lasts its runs are lost."""
    launcher, run = instance.run_launcher, launched(instance, free_port())
    assert isinstance(launcher, WatchedLauncher)

    assert launcher.check_run_worker_health(run).status == WorkerStatus.RUNNING
    monkeypatch.setattr(watched, "UNREACHABLE", 0.0)
    found = launcher.check_run_worker_health(run)

    assert found.status == WorkerStatus.NOT_FOUND
    assert "has not answered" in str(found.msg)


NOW = datetime(2026, 11, 26, tzinfo=UTC)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 400)), max_size=60))
def test_only_old_runs_go_and_the_newest_of_each_job_stay(ages: list[tuple[str, int]]) -> None:
    """Whatever the runs are."""
    runs = [(f"{n}", job, NOW - timedelta(days=age)) for n, (job, age) in enumerate(ages)]
    before = NOW - timedelta(days=180)

    going = set(runs_to_go(runs, before))

    for job in "ab":
        own = [run for run in runs if run[1] == job]
        kept = [run for run in own if run[0] not in going]
        assert len(kept) >= min(len(own), ALWAYS_KEPT)
        assert all(run[2] < before for run in own if run[0] in going)
        if len(kept) > ALWAYS_KEPT:
            assert all(run[2] >= before for run in kept)


def test_the_job_deletes_them_with_their_events() -> None:
    """And says how many."""
    with dg.DagsterInstance.ephemeral() as instance:
        old = [create_run_for_test(instance, "work") for _ in range(ALWAYS_KEPT + 3)]
        for run in old:
            instance.report_run_failed(run)
        result = tidy_runs.execute_in_process(instance=instance)
        assert result.output_for_node("delete_old_runs") == 0
        assert len(instance.get_runs()) == len(old) + 1
