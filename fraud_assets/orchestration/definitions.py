"""What Dagster loads: one chain, or one for each contract of a folder.

`build_definitions(settings)` makes the same graph over another contract and store, for tests;
`code_location()` is what the environment asks for.
Concept: https://docs.dagster.io/guides/build/projects
"""

import dagster as dg

from fraud_assets.contract.load import default_contract_path
from fraud_assets.orchestration.chain import parts_of
from fraud_assets.orchestration.settings import Settings
from fraud_assets.orchestration.several import repository_of, settings_of


def build_definitions(
    settings: Settings | None = None, terminal: dg.LoggerDefinition | None = None
) -> dg.Definitions:
    """The whole code location of one chain; `terminal` as in `parts_of`."""
    return dg.Definitions(**parts_of(settings or Settings(), terminal=terminal))


def code_location() -> dict[str, dg.Definitions | dg.RepositoryDefinition]:
    """What `dagster -m fraud_assets.definitions` loads, by name: one chain, or each contract's."""
    path = default_contract_path()
    if not path.is_dir():
        return {"defs": build_definitions()}
    return {
        name: repository_of(name, chain, is_first=at == 0)
        for at, (name, chain) in enumerate(settings_of(path).items())
    }
