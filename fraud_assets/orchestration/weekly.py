"""The job and schedule `weekly_retrain`: Monday morning, the week that has just ended.

Concept: https://docs.dagster.io/guides/automate/schedules
"""

import dagster as dg

weekly_job = dg.define_asset_job(
    "weekly_retrain",
    selection=dg.AssetSelection.all(),
    description="The whole chain for one week; refuses rather than publish a weak model.",
)


def run_config(as_of: str) -> dict[str, object]:
    """Run config that sets the week: the same JSON that the CLI and the Launchpad take."""
    return {"ops": {"raw_transactions": {"config": {"as_of": as_of}}}}


@dg.schedule(
    name="weekly_retrain",
    job=weekly_job,
    cron_schedule="0 6 * * 1",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def weekly_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """One run a week, as of the day on which it is due."""
    as_of = context.scheduled_execution_time.date().isoformat()
    return dg.RunRequest(run_key=as_of, run_config=run_config(as_of), tags={"as_of": as_of})
