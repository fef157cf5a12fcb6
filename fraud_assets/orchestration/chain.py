"""One chain, whole: its assets, checks, jobs, schedules, sensors and resources.

Concept: https://docs.dagster.io/guides/build/projects
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from fraud_assets.orchestration import assets, checks
from fraud_assets.orchestration.backtesting import backtest_of
from fraud_assets.orchestration.failures import tell_failures
from fraud_assets.orchestration.handover import handover
from fraud_assets.orchestration.instance.tidying import each_sunday, tidy_runs
from fraud_assets.orchestration.naming import asset_key_of, owners_of, said_by, source_of
from fraud_assets.orchestration.production import daily, health, record
from fraud_assets.orchestration.settings import Settings, SettingsResource
from fraud_assets.orchestration.weekly import weekly_of


def parts_of(
    settings: Settings,
    chain: str | None = None,
    terminal: dg.LoggerDefinition | None = None,
    *,
    is_first: bool = True,
) -> dict[str, Any]:
    """What `Definitions` and a named repository are made of, by the names of their arguments.

    `chain` is the name of one chain among several, of which the first tidies the instance. The
    chain is linear, so one process by default; `terminal` is the logger of a run that a person
    watches in a terminal.
    """
    weekly, monday = weekly_of(settings, chain)
    looks, each_day = daily.daily_of(settings, chain)
    loggers: Mapping[str, dg.LoggerDefinition] = {"console": dg.colored_console_logger}
    return {
        "assets": _assets(settings, chain),
        "asset_checks": dg.load_asset_checks_from_modules([checks], asset_key_prefix=chain),
        "jobs": [weekly, looks, backtest_of(settings, chain), *([tidy_runs] if is_first else [])],
        "schedules": [monday, each_day, *([each_sunday] if is_first else [])],
        "sensors": [daily.retraining_of(weekly, chain), tell_failures],
        "resources": {"settings": SettingsResource(fixed=settings), "io_manager": handover},
        "loggers": {**loggers, **({"terminal": terminal} if terminal else {})},
        "executor": dg.in_process_executor,
    }


def _assets(settings: Settings, chain: str | None) -> list[dg.AssetsDefinition]:
    """The assets, each with what the contract says of itself behind its own sentence."""
    said, source, owners = said_by(settings), source_of(settings), owners_of(settings)
    first = asset_key_of("raw_transactions", chain)

    def described(spec: dg.AssetSpec) -> dg.AssetSpec:
        more = said + (source if spec.key == first else "")
        text = f"{spec.description}\n\n{more.strip()}" if more else spec.description
        return spec.replace_attributes(description=text, owners=owners or spec.owners)

    loaded = dg.load_assets_from_modules([assets, record, health], key_prefix=chain)
    made = [one for one in loaded if isinstance(one, dg.AssetsDefinition)]
    return [one.map_asset_specs(described) for one in made]
