"""A further kind of source is one file that the registry finds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fraud_assets.contract.sections.source import Source
from fraud_assets.data.source import providers as folder
from fraud_assets.data.source import read_source, source_files, witnesses
from fraud_assets.data.source.providers import provider_of, providers
from tests.data.source.support import contract, records

FURTHER = """
import numpy as np
import pandas as pd

from fraud_assets.data.source.table import SourceTables, Table, TableRows, Unopened


class _Ledger:
    name = "ledger"
    is_living = False

    def serves(self, source):
        return source.path.startswith("ledger:")

    def tables(self, contract, times):
        frame = pd.DataFrame({"a": [1.5, 2.5], "y": [0, 1]})

        def read(places, bound):
            bound.require("the ledger", len(frame))
            chosen = frame.iloc[:, list(places)].set_axis(range(len(places)), axis=1)
            return TableRows(chosen, np.arange(len(frame)), len(frame))

        table = Table(("a", "y"), read, lambda places, bound: iter([read(places, bound)]))
        return SourceTables((Unopened("the ledger", lambda wanted: ("ledger", table)),))

    def witnesses(self, contract, times):
        return ()


PROVIDER = _Ledger()
"""


@pytest.fixture
def further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The file of a further kind beside the shipped ones."""
    (tmp_path / "ledger.py").write_text(FURTHER)
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    providers.cache_clear()
    yield
    sys.modules.pop(f"{folder.__name__}.ledger", None)
    providers.cache_clear()


def test_every_kind_is_found_and_files_come_last() -> None:
    """What no other serves is files."""
    assert list(providers()) == ["postgresql", "record", "files"]
    named = {
        "files": Source(path="s3://bucket/x"),
        "record": Source.model_validate({"decisions": True}),
        "postgresql": Source.model_validate({"table": "payments"}),
    }
    assert {name: provider_of(source).name for name, source in named.items()} == {
        name: name for name in named
    }


def test_a_further_kind_is_one_file(further: None, tmp_path: Path) -> None:
    """It is read like every other: its rows, its name, its bound, nothing that is watched."""
    found = contract("ledger:2026", tmp_path)

    export = read_source(found)

    assert records(export) == [{"y": 0, "a": 1.5}, {"y": 1, "a": 2.5}]
    assert [(one.path, one.kind) for one in export.files] == [("the ledger", "ledger")]
    assert list(witnesses(found)) == source_files(found) == []
