"""The job and schedule `weekly_retrain`: Monday morning, the week that has just ended.

Concept: https://docs.dagster.io/guides/automate/schedules
"""

import functools
from typing import Any

import dagster as dg

from fraud_assets.errors import FraudAssetsError
from fraud_assets.orchestration.assets import GROUP
from fraud_assets.orchestration.settings import Settings

_NAME = "weekly_retrain"
STEP = "raw_transactions"
_job = functools.partial(
    dg.define_asset_job,
    description="The whole chain for one week; refuses rather than publish a weak model.",
)
_monday = functools.partial(
    dg.schedule,
    cron_schedule="0 6 * * 1",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Each Monday at 06:00 UTC: the week that has just ended.",
)
weekly_job = _job(_NAME, selection=dg.AssetSelection.groups(GROUP))


def run_config(as_of: str, step: str = STEP) -> dict[str, object]:
    """Run config that sets the week: the same JSON that the CLI and the Launchpad take."""
    return {"ops": {step: {"config": {"as_of": as_of}}}}


@_monday(name=_NAME, job=weekly_job)
def weekly_schedule(
    context: dg.ScheduleEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.RunRequest:
    """One run a week, as of the day on which it is due."""
    return _request(context, settings, STEP)


def step_of(chain: str) -> str:
    """The step that takes the week in one chain among several."""
    return f"{chain}__{STEP}"


def job_of(chain: str) -> str:
    """The job of one chain among several."""
    return f"{_NAME}_{chain}"


def weekly_of(chain: str, settings: Settings) -> tuple[Any, dg.ScheduleDefinition]:
    """Job and schedule of one chain among several: that whose assets bear the prefix `chain`."""
    chosen = dg.AssetSelection.key_prefixes(chain) & dg.AssetSelection.groups(GROUP)
    job = _job(job_of(chain), selection=chosen)

    @_monday(name=job.name, job=job)
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return _request(context, settings, step_of(chain))

    return job, schedule


def _request(context: dg.ScheduleEvaluationContext, settings: Settings, step: str) -> dg.RunRequest:
    as_of = context.scheduled_execution_time.date().isoformat()
    config = run_config(as_of, step) if _has_event_time(settings) else {}
    return dg.RunRequest(run_key=as_of, run_config=config, tags={"as_of": as_of})


def _has_event_time(settings: Settings) -> bool:
    """Whether a week can be named at all; a faulty contract is the run's to tell."""
    try:
        return settings.contract().columns.event_time is not None
    except FraudAssetsError:
        return True
