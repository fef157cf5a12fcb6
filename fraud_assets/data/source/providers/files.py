"""Files in folders, here or behind a URL: what serves every source that no other does."""

from __future__ import annotations

from collections.abc import Sequence

from fraud_assets.contract import Contract
from fraud_assets.contract.sections.source import Source
from fraud_assets.data.provenance.sources import Witness
from fraud_assets.data.source.files import file_tables, located_files
from fraud_assets.data.source.table import SourceTables
from fraud_assets.data.source.times import EventTimes


class _Files:
    name = "files"
    is_living = False

    def serves(self, source: Source) -> bool:  # noqa: ARG002 - whatever is left
        """Everything that a path may name."""
        return True

    def tables(self, contract: Contract, times: EventTimes) -> SourceTables:
        """Every table of the files that these times need."""
        return file_tables(contract, times)

    def witnesses(self, contract: Contract, times: EventTimes) -> Sequence[Witness]:
        """Each of the files."""
        return located_files(contract, times)


PROVIDER = _Files()
