"""The job and schedule `weekly_retrain`: Monday morning, the week that has just ended.

Concept: https://docs.dagster.io/guides/automate/schedules
"""

import dagster as dg

from fraud_assets.errors import FraudAssetsError
from fraud_assets.orchestration.assets import GROUP
from fraud_assets.orchestration.naming import AnyJob, chain_name, said_by, step_of, within_chain
from fraud_assets.orchestration.settings import Settings

NAME = "weekly_retrain"
_MONDAY = "0 6 * * 1"


def run_config(as_of: str, chain: str | None = None) -> dict[str, object]:
    """Run config that sets the week: the same JSON that the CLI and the Launchpad take."""
    return {"ops": {step_of("raw_transactions", chain): {"config": {"as_of": as_of}}}}


def weekly_of(settings: Settings, chain: str | None = None) -> tuple[AnyJob, dg.ScheduleDefinition]:
    """Job and schedule; `chain` is the name of one chain among several."""
    job = dg.define_asset_job(
        chain_name(NAME, chain),
        selection=within_chain(dg.AssetSelection.groups(GROUP), chain),
        description="The whole chain for one week; refuses rather than publish a weak model."
        + said_by(settings),
    )

    @dg.schedule(
        name=job.name,
        job=job,
        cron_schedule=_MONDAY,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Each Monday at 06:00 UTC: the week that has just ended." + said_by(settings),
    )
    def schedule(
        context: dg.ScheduleEvaluationContext, settings: dg.ResourceParam[Settings]
    ) -> dg.RunRequest:
        as_of = context.scheduled_execution_time.date().isoformat()
        config = run_config(as_of, chain) if _has_event_time(settings) else {}
        return dg.RunRequest(run_key=as_of, run_config=config, tags={"as_of": as_of})

    return job, schedule


def _has_event_time(settings: Settings) -> bool:
    """Whether a week can be named at all; a faulty contract is left to the run to report."""
    try:
        return settings.contract().columns.event_time is not None
    except FraudAssetsError:
        return True
