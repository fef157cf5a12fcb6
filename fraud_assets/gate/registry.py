"""Finds the gate's rules: every module below `rules/` that states a RULE, by its order."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from fraud_assets.gate import rules
from fraud_assets.gate.rule import GateRule


def gate_rules() -> tuple[GateRule, ...]:
    """All rules, gravest first.

    Raises
    ------
    TypeError
        If two rules share a name or a place in the order, or one has not its file's name.
    """
    found = sorted(_found(rules), key=lambda rule: rule.order)
    for part in ("name", "order"):
        stated = [getattr(rule, part) for rule in found]
        if twice := sorted({str(value) for value in stated if stated.count(value) > 1}):
            raise TypeError(f"Each rule of the gate needs its own {part}, got twice: {twice}.")
    return tuple(found)


def known_rule(name: str) -> GateRule | None:
    """The rule of that name, or None where this release has none."""
    return next((rule for rule in gate_rules() if rule.name == name), None)


def _found(package: ModuleType) -> Iterator[GateRule]:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        name = module.name.rpartition(".")[2]
        if module.ispkg or name.startswith("_"):
            continue
        rule = importlib.import_module(module.name).RULE
        if not isinstance(rule, GateRule) or rule.name != name:
            raise TypeError(f"{module.name} must state a GateRule named {name} as RULE.")
        yield rule
