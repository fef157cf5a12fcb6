"""The job `tidy_runs`: old runs go, with their events, so that the database does not grow forever.

Dagster's own `retention` reaches ticks of schedules and sensors alone.
Concept: https://docs.dagster.io/deployment/dagster-instance-configuration#data-retention
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg
from pydantic import Field

KEPT_DAYS = 180
"""Half a year of weeks to look back on in the UI; what was published is on record elsewhere."""

ALWAYS_KEPT = 10
"""The newest runs of each job stay however old they are, so that its last state is in sight."""

NAME = "tidy_runs"
_AT_ONCE = 500


class TidyOptions(dg.Config):
    """How old a finished run has to be to go."""

    days: int = Field(default=KEPT_DAYS, ge=7, description="Days that a run is kept.")


def runs_to_go(runs: Iterable[tuple[str, str, datetime]], before: datetime) -> list[str]:
    """The ids of those created before an instant, but for the newest of each job.

    `runs` are id, job and time of creation.
    """
    newest = sorted(runs, key=lambda run: run[2], reverse=True)
    seen: dict[str, int] = {}
    going = []
    for run_id, job, created in newest:
        seen[job] = seen.get(job, 0) + 1
        if seen[job] > ALWAYS_KEPT and created < before:
            going.append(run_id)
    return going


@dg.op
def delete_old_runs(context: dg.OpExecutionContext, config: TidyOptions) -> int:
    """How many finished runs were deleted, with all their events."""
    before = datetime.now(UTC) - timedelta(days=config.days)
    going = runs_to_go(_finished(context.instance), before)
    for run_id in going:
        context.instance.delete_run(run_id)
    context.log.info("Deleted %s runs from before %s.", len(going), f"{before:%Y-%m-%d}")
    return len(going)


@dg.job(
    name=NAME,
    executor_def=dg.in_process_executor,
    description=f"Deletes runs older than {KEPT_DAYS} days, with their events; the newest "
    f"{ALWAYS_KEPT} of each job stay.",
)
def tidy_runs() -> None:
    """One step."""
    delete_old_runs()


each_sunday = dg.ScheduleDefinition(
    name=NAME,
    job=tidy_runs,
    cron_schedule="30 3 * * 0",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Each Sunday at 03:30 UTC.",
)


def _finished(instance: dg.DagsterInstance) -> list[tuple[str, str, datetime]]:
    """Id, job and time of creation of each finished run."""
    ended = [
        *(dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED),
    ]
    found: list[tuple[str, str, datetime]] = []
    cursor: str | None = None
    while page := _page(instance, ended, cursor):
        found += [
            (one.dagster_run.run_id, one.dagster_run.job_name, one.create_timestamp) for one in page
        ]
        cursor = page[-1].dagster_run.run_id
    return found


def _page(
    instance: dg.DagsterInstance, statuses: list[dg.DagsterRunStatus], cursor: str | None
) -> Sequence[dg.RunRecord]:
    return instance.get_run_records(dg.RunsFilter(statuses=statuses), limit=_AT_ONCE, cursor=cursor)
