"""What subcommands print: JSON, aligned tables, names beside values; nothing can forge a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fraud_assets.cli._wrapping import WIDTH, wrapped
from fraud_assets.store.texts import printable


def print_json(value: object) -> None:
    """Plain values as JSON."""
    print(json.dumps(value, indent=2))


def print_fields(fields: Mapping[str, object]) -> None:
    """A name and its value a line, None left out."""
    for name, value in fields.items():
        if value is not None:
            print(f"{name:<11} {printable(value)}")


def print_table(
    columns: Sequence[str], rows: Sequence[Mapping[str, Any]], below: Sequence[str] = ()
) -> None:
    """Rows under the columns' names, each column as wide as its widest cell.

    `below` names what may be long: it stands under its row, within 80 columns.
    """
    cells = [list(columns), *([_cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line, row in zip(cells, [{}, *rows], strict=True):
        padded = (f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True))
        print("  ".join(padded).rstrip())
        said = [f"{name} {_cell(row[name])}" for name in below if row.get(name) is not None]
        for words in wrapped("; ".join(said), WIDTH - 2):
            print(f"  {words}")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.4f}" if isinstance(value, float) else printable(value)
