"""The job and schedule `daily_health`, and the sensor that asks for a retraining on an alarm.

Concept: https://docs.dagster.io/guides/automate/sensors
"""

import dagster as dg

from fraud_assets.orchestration.naming import (
    AnyJob,
    asset_key_of,
    chain_name,
    said_by,
    within_chain,
)
from fraud_assets.orchestration.production.health import ALARM
from fraud_assets.orchestration.production.record import GROUP
from fraud_assets.orchestration.settings import Settings

NAME = "daily_health"
SENSOR = "retrain_on_alarm"
_GLANCE_SECONDS = 300
"""From one look of the sensor to the next; the daemon logs each, so that more often is noise."""


def daily_of(settings: Settings, chain: str | None = None) -> tuple[AnyJob, dg.ScheduleDefinition]:
    """Job and schedule; `chain` is the name of one chain among several."""
    job = dg.define_asset_job(
        chain_name(NAME, chain),
        selection=within_chain(dg.AssetSelection.groups(GROUP), chain),
        description="The record copied, labels joined, the promise of what serves looked at."
        + said_by(settings),
    )

    @dg.schedule(
        name=job.name,
        job=job,
        cron_schedule="0 5 * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Each day at 05:00 UTC: whether the promise of what serves still holds."
        + said_by(settings),
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        """One look a day; looking more often costs the alarm nothing."""
        return dg.RunRequest(run_key=context.scheduled_execution_time.date().isoformat())

    return job, schedule


def retraining_of(weekly: AnyJob, chain: str | None = None) -> dg.SensorDefinition:
    """The sensor that launches the weekly job when `production_health` raises an alarm."""

    @dg.asset_sensor(
        asset_key=asset_key_of("production_health", chain),
        job=weekly,
        name=chain_name(SENSOR, chain),
        minimum_interval_seconds=_GLANCE_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="An alarm requests a retraining within five minutes, once for each version "
        "called bad.",
    )
    def sensor(
        _: dg.SensorEvaluationContext, event: dg.EventLogEntry
    ) -> dg.RunRequest | dg.SkipReason:
        """The weekly chain on the newest week; its key names the version that it is to replace."""
        made = event.asset_materialization
        accused = None if made is None else made.metadata.get(ALARM)
        version = "" if accused is None else str(accused.value)
        if not version:
            return dg.SkipReason("No alarm.")
        return dg.RunRequest(
            run_key=f"alarm-{version}", tags={"requested_by": f"alarm on {version}"}
        )

    return sensor
