"""Sources made for one test: files in a folder and a contract that names columns a and y."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from fraud_assets.contract import Contract, parse_contract
from fraud_assets.contract.sections.source import Source
from fraud_assets.data.source import Export, read_source
from fraud_assets.data.source.files import single_table
from fraud_assets.data.source.formats import open_table
from fraud_assets.data.source.table import RowBound, TableRows

CASES = Path(__file__).parents[4] / "shared" / "cases" / "make_cases.py"


def contract(path: str, base: Path, *more: str, numeric: str = "'a'", **source: object) -> Contract:
    """A contract of columns a and y; `more` are further lines of TOML."""
    keys = ", ".join(f"{key} = {value!r}" for key, value in {"path": path, **source}.items())
    lines = [
        "format = 1",
        "name = 't'",
        f"source = {{ {keys} }}",
        "label = { column = 'y' }",
        f"features = {{ numeric = [{numeric}] }}",
        "windows = { by = 'shares' }",
        *more,
    ]
    return parse_contract("\n".join(lines), base=base)


def read(base: Path, path: str = ".", *more: str, **options: Any) -> Export:
    """The export of a source below `base`."""
    return read_source(contract(path, base, *more, **options))


def records(export: Export) -> list[dict[str, object]]:
    """Rows as dictionaries, None where nothing stands."""
    frame = export.frame.astype(object)
    return frame.where(export.frame.notna(), None).to_dict("records")


def rows_of(file: Path, **source: object) -> TableRows:
    """All columns of one file, with its lines set aside."""
    settings = Source.model_validate({"path": str(file), **source})
    _, table = open_table(single_table(str(file)), settings)
    return table.read(range(len(table.names)), RowBound(settings.max_rows))


def cells(rows: TableRows) -> list[list[str]]:
    """Texts of all rows, "" where nothing stands."""
    return rows.frame.astype(object).where(rows.frame.notna(), "").to_numpy().tolist()


def rules(lines: pd.DataFrame) -> list[str]:
    """Names of the rules under which lines were set aside, without their common beginning."""
    return [name.removeprefix("malformed_") for name in lines["_rules"]]


def made_cases(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of exports as they really come; skips where they do not lie beside the project."""
    if not CASES.is_file():
        pytest.skip("../shared/cases does not lie beside the project")
    monkeypatch.setattr("sys.argv", ["make_cases.py", str(folder)])
    spec = importlib.util.spec_from_file_location("make_cases", CASES)
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    return folder
