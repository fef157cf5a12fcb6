"""Puts assets, checks, job, schedule and resources together.

`build_definitions(settings)` makes the same graph over another contract and store, for tests;
`code_location()` is what the environment asks for: one chain, or one for each contract.
Concept: https://docs.dagster.io/guides/build/projects
"""

import dagster as dg

from fraud_assets.contract.load import default_contract_path
from fraud_assets.orchestration import assets, checks
from fraud_assets.orchestration.backtesting import backtest_job
from fraud_assets.orchestration.failures import tell_failures
from fraud_assets.orchestration.handover import handover
from fraud_assets.orchestration.production import health, record
from fraud_assets.orchestration.settings import Settings
from fraud_assets.orchestration.several import repository_of, settings_of
from fraud_assets.orchestration.weekly import weekly_job, weekly_schedule


def build_definitions(
    settings: Settings | None = None, terminal: dg.LoggerDefinition | None = None
) -> dg.Definitions:
    """The whole code location; the chain is linear, so one process by default.

    `terminal` is the logger of a run that a person watches in a terminal.
    """
    return dg.Definitions(
        assets=dg.load_assets_from_modules([assets, record, health]),
        asset_checks=checks.ALL,
        jobs=[weekly_job, health.health_job, backtest_job],
        schedules=[weekly_schedule, health.daily_health],
        sensors=[health.retrain_on_alarm, tell_failures],
        resources={
            "settings": dg.ResourceDefinition.hardcoded_resource(settings or Settings()),
            "io_manager": handover,
        },
        loggers={"console": dg.colored_console_logger}
        | ({"terminal": terminal} if terminal else {}),
        executor=dg.in_process_executor,
    )


def code_location() -> dict[str, dg.Definitions | dg.RepositoryDefinition]:
    """What `dagster -m fraud_assets.definitions` loads, by name: one chain, or each contract's."""
    path = default_contract_path()
    if not path.is_dir():
        return {"defs": build_definitions()}
    return {name: repository_of(name, chain) for name, chain in settings_of(path).items()}
