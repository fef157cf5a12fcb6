"""The page on what reading says has each code, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ELSEWHERE = {"files_skipped"}
FAULTS = {"day_or_month", "serial_days_suspected", "unit_suspected"}
"""Refused, so that they are sentences and no notes."""


def codes() -> Iterator[str]:
    """First arguments of all notes that reading makes; names of constants give their values."""
    for file in (ROOT / "fraud_assets" / "data").rglob("*.py"):
        tree = ast.parse(file.read_text())
        named = {
            node.targets[0].id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                continue
            first = node.args[0]
            if node.func.id == "Note" and isinstance(first, ast.Constant):
                yield str(first.value)
            elif node.func.id == "Note" and isinstance(first, ast.Name) and first.id in named:
                yield str(named[first.id])


def test_each_code_of_a_note_is_explained() -> None:
    """And each explained code is one that is said."""
    page = (ROOT / "docs" / "reading.md").read_text()
    explained = {
        code
        for line in page.splitlines()
        if line.startswith("| `")
        for code in re.findall(r"`([a-z_]+)`", line.split("|")[1])
    }

    assert set(codes()) - explained - FAULTS == set()
    assert explained - set(codes()) - ELSEWHERE == {"clock_gap", "clock_repeat"}
