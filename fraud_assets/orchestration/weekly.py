"""The job and schedule `weekly_retrain`: Monday morning, the week that has just ended.

Concept: https://docs.dagster.io/guides/automate/schedules
"""

import dagster as dg

from fraud_assets.errors import FraudAssetsError
from fraud_assets.orchestration.settings import Settings

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
    description="Each Monday at 06:00 UTC: the week that has just ended.",
)
def weekly_schedule(
    context: dg.ScheduleEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.RunRequest:
    """One run a week, as of the day on which it is due."""
    as_of = context.scheduled_execution_time.date().isoformat()
    config = run_config(as_of) if _has_event_time(settings) else {}
    return dg.RunRequest(run_key=as_of, run_config=config, tags={"as_of": as_of})


def _has_event_time(settings: Settings) -> bool:
    """Whether a week can be named at all; a faulty contract is the run's to tell."""
    try:
        return settings.contract().columns.event_time is not None
    except FraudAssetsError:
        return True
