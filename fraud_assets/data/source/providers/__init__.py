"""One file for each kind of source, each with its `PROVIDER`; what no other serves, files do.

Here: which tables a source has, and what later steps look at to notice a change. Not here: what a
value means (`data.kinds`).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from fraud_assets.contract import Contract
from fraud_assets.contract.sections.source import Source
from fraud_assets.data.provenance.sources import Witness
from fraud_assets.data.source.files import LocatedFile
from fraud_assets.data.source.table import SourceTables
from fraud_assets.data.source.times import ALL_TIMES, EventTimes


class Provider(Protocol):
    """A kind of source.

    `is_living` where rows may change or come in another order between two readings, so that what
    was read counts by its content and a row is found again by its id.
    """

    name: str
    is_living: bool

    def serves(self, source: Source) -> bool:
        """Whether a contract's [source] is of this kind."""
        ...

    def tables(self, contract: Contract, times: EventTimes) -> SourceTables:
        """Its tables, with every row of these event times at least.

        Raises
        ------
        DataError
            If there are none or they cannot be reached, in a sentence that says what to do.
        """
        ...

    def witnesses(self, contract: Contract, times: EventTimes) -> Sequence[Witness]:
        """What must stay as it is while the steps of a run work on what was read of `times`."""
        ...


_FILES = "files"


@cache
def providers() -> dict[str, Provider]:
    """Every kind of source by its name, that of files last."""
    modules = sorted((found.name for found in pkgutil.iter_modules(__path__)), key=_files_last)
    found: list[Provider] = [importlib.import_module(f"{__name__}.{m}").PROVIDER for m in modules]
    return {one.name: one for one in found}


def provider_of(source: Source) -> Provider:
    """The kind of a contract's source."""
    return next(one for one in providers().values() if one.serves(source))


def witnesses(contract: Contract, times: EventTimes = ALL_TIMES) -> Sequence[Witness]:
    """What later steps look at to notice a change of the contract's source."""
    return provider_of(contract.source).witnesses(contract, times)


def is_living(contract: Contract) -> bool:
    """Whether rows of the contract's source may change or move between two readings."""
    return provider_of(contract.source).is_living


def source_files(contract: Contract) -> list[str]:
    """Paths or URLs of the source's files, which may hold passwords; none of another source's.

    Raises
    ------
    DataError
        As `fraud_assets.data.source.files.located_files`.
    """
    return [one.location for one in witnesses(contract) if isinstance(one, LocatedFile)]


def _files_last(name: str) -> tuple[bool, str]:
    return name == _FILES, name
