"""The schedule's tick runs the week that its day names, by Dagster's own scheduler."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster._core.test_utils import (
    create_test_daemon_workspace_context,
    freeze_time,
    instance_for_test,
    wait_for_runs_to_finish,
)
from dagster._core.workspace.load_target import ModuleTarget
from dagster._scheduler.scheduler import launch_scheduled_runs

from tests.weeks import Week


def tick(
    week: Week, monday: datetime, monkeypatch: pytest.MonkeyPatch
) -> tuple[dg.DagsterRun, str]:
    """Let the scheduler pass the hour at which the week is due; the run and its failures."""
    for name, value in week.environment.items():
        monkeypatch.setenv(name, value)
    target = ModuleTarget("fraud_assets.definitions", None, str(week.folder), "factory")
    due, times = monday.replace(hour=6, tzinfo=UTC), {}
    with instance_for_test(synchronous_run_launcher=True, synchronous_run_coordinator=True) as ours:
        with create_test_daemon_workspace_context(target, ours) as workspace:
            for now in (due - timedelta(hours=1), due + timedelta(seconds=5)):
                with freeze_time(now):
                    logger = logging.getLogger("scheduler")
                    list(launch_scheduled_runs(workspace, logger, now, times))
            wait_for_runs_to_finish(ours, timeout=240)
        run = ours.get_runs()[0]
        records = ours.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
        return run, " ".join(str(record.message) + str(record.dagster_event) for record in records)


@pytest.mark.slow
def test_a_real_tick_runs_the_week_of_its_day(week, monkeypatch):
    """On a Monday in the data's time the tick publishes, with that Monday as its week."""
    run, failures = tick(week, datetime(2025, 6, 30), monkeypatch)

    assert run.tags["as_of"] == "2025-06-30"
    assert run.status == dg.DagsterRunStatus.SUCCESS, failures
    assert week.settings.store().current().as_of.startswith("2025-06-30")


@pytest.mark.slow
def test_a_tick_long_after_the_data_ended_ends_in_stale_data(week, monkeypatch):
    """The run fails in that sentence and the store stays empty."""
    run, failures = tick(week, datetime(2026, 3, 2), monkeypatch)

    assert run.status == dg.DagsterRunStatus.FAILURE
    assert "stale data" in failures
    assert week.settings.store().versions() == []
