"""Several contracts in one code location: each chain a repository with its own store and schedule.

Where `FRAUD_ASSETS_CONTRACT` is a folder, each contract file in it has the assets `<name>/...`,
the jobs and schedules `weekly_retrain_<name>` and `daily_health_<name>`, and the store
`<models>/<name>/`.
Concept: https://docs.dagster.io/api/dagster/repositories
"""

from collections.abc import Mapping
from pathlib import Path

import dagster as dg

from fraud_assets.contract.load import contracts_in
from fraud_assets.orchestration.chain import parts_of
from fraud_assets.orchestration.settings import Settings
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
            one_of_several=name,
        )
        for name, file in contracts_in(folder).items()
    }


def repository_of(
    name: str,
    settings: Settings,
    terminal: dg.LoggerDefinition | None = None,
    *,
    is_first: bool = False,
) -> dg.RepositoryDefinition:
    """One chain of several: a repository of its own, so that its resources are its own too."""
    return dg.create_repository_using_definitions_args(
        name, **parts_of(settings, name, terminal=terminal, is_first=is_first)
    )
