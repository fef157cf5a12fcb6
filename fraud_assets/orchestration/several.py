"""Several contracts in one code location: each chain a repository with its own store and schedule.

Where `FRAUD_ASSETS_CONTRACT` is a folder, each contract file in it has the assets `<name>/...`,
the job and schedule `weekly_retrain_<name>`, and the store `<models>/<name>/`.
Concept: https://docs.dagster.io/api/dagster/repositories
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from fraud_assets.contract.load import contracts_in
from fraud_assets.decisions.log.settings import default_log_folder
from fraud_assets.orchestration import assets, checks
from fraud_assets.orchestration.handover import handover
from fraud_assets.orchestration.production import health, record
from fraud_assets.orchestration.settings import Settings
from fraud_assets.orchestration.weekly import weekly_of
from fraud_assets.store.storage.registry import within
from fraud_assets.store.store import default_root


def settings_of(folder: Path) -> Mapping[str, Settings]:
    """Each contract of a folder by its file's name, with the store of that name.

    Raises
    ------
    ContractError
        If the folder holds no contract, or a file whose name cannot be an asset's prefix.
    """
    return {
        name: Settings(
            contract_path=file,
            models=within(default_root(), name),
            record=default_log_folder() / name,
        )
        for name, file in contracts_in(folder).items()
    }


def repository_of(
    name: str, settings: Settings, logger: Mapping[str, dg.LoggerDefinition] | None = None
) -> dg.RepositoryDefinition:
    """One chain of several: a repository of its own, so that its resources are its own too."""
    bound = {
        "settings": dg.ResourceDefinition.hardcoded_resource(settings),
        "io_manager": handover,
    }
    loaded = dg.load_assets_from_modules([assets, record, health], key_prefix=name)
    chain = [asset for asset in loaded if isinstance(asset, dg.AssetsDefinition)]
    checked = dg.load_asset_checks_from_modules([checks], asset_key_prefix=name)
    job, schedule = weekly_of(name, settings)

    @dg.repository(
        name=name, default_executor_def=dg.in_process_executor, default_logger_defs=logger
    )
    def repository() -> list[Any]:
        return [*dg.with_resources([*chain, *checked], bound), job, schedule]

    return repository
