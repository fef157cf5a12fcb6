"""Where a run finds its contract, store and keys: from the environment, never from run config.

Run config would make the policy a bypass: whoever launches could relax what must be shown.
Concept: https://docs.dagster.io/guides/build/external-resources
"""

from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.decisions.log.settings import DEFAULT
from fraud_assets.decisions.places import RecordPlaces, places_of
from fraud_assets.modelling.tuned import TunedPipeline
from fraud_assets.preflight import Workplace
from fraud_assets.release.case import Case
from fraud_assets.store.keys import Keys
from fraud_assets.store.storage.registry import Address
from fraud_assets.store.store import Store, default_root
from fraud_assets.work.cores import cores
from fraud_assets.work.executor import Executor
from fraud_assets.work.registry import chosen_executor


@dataclass(frozen=True)
class Settings:
    """Paths, None for the environment's value or the default; `workers` None for all cores.

    `record` is the folder in which the contract's own is found. `one_of_several` is the name under
    which it is one of several contracts that are kept together, None where it is alone.
    """

    contract_path: Path | None = None
    models: Address | None = None
    keys: Path | None = None
    workers: int | None = None
    record: Path | None = None
    one_of_several: str | None = None

    def contract(self) -> Contract:
        """Read the contract anew, so that a corrected file counts at once."""
        return load_contract(self.contract_path)

    def store(self) -> Store:
        """Open the model store with its keys."""
        keys = Keys.default() if self.keys is None else Keys(self.keys)
        return Store(self.models or default_root(), keys)

    def decisions(self) -> Path:
        """The folder of the record: as set, or beside a store that is set, or the default."""
        return self._places().record

    def page(self) -> Path:
        """The folder of the page about production."""
        return self._places().page

    def copies(self) -> Path:
        """The folder of its copies for analysis."""
        log = self.decisions()
        return log.with_name(f"{log.name}.parquet")

    def _places(self) -> RecordPlaces:
        name, base = self.one_of_several, self.record
        if base is None and name is None and isinstance(self.models, Path):
            base = self.models.parent / DEFAULT
        own = name or self.contract().name
        return places_of(own, base, is_one_of_several=name is not None)

    def place(self) -> Workplace:
        """Where this run works, for a look at it before anything is read."""
        return Workplace(self.contract(), str(self.models or default_root()), self.keys)

    def case(self, cleaned: CleanedFeatures, tuned: TunedPipeline) -> Case:
        """Put a candidate before its judge, under the contract and store of this run."""
        return Case(self.contract(), cleaned, tuned, self.store())

    def processes(self) -> int:
        """Processes of this host to keep busy: as set, else all cores that this process may use."""
        return cores() if self.workers is None else self.workers

    def executor(self) -> Executor:
        """Where the units of the search and of a backtest are done; open, to be closed."""
        return chosen_executor(self.processes())


class SettingsResource(dg.ConfigurableResource[Settings]):
    """The one resource `settings` of assets, checks and schedules: gives them `Settings`.

    It is configured where the code location is built. It has no field that run config could set,
    so that a launch cannot choose another contract, policy or store.
    """

    fixed: dg.ResourceDependency[Settings]

    def create_resource(self, context: dg.InitResourceContext) -> Settings:  # noqa: ARG002
        """What the code location was built with."""
        return self.fixed
