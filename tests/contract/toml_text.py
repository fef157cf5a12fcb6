"""A contract that uses every kind of setting, as tables, and how to write tables as TOML."""

from __future__ import annotations

import copy
import json
import math
from datetime import datetime
from typing import Any

RICH: dict[str, Any] = {
    "format": 1,
    "name": "team",
    "source": {"path": "x.csv", "separator": ";"},
    "columns": {
        "id": "id",
        "event_time": "when",
        "sender": "who",
        "entities": ["shop"],
        "amount": "paid",
    },
    "label": {
        "column": "label",
        "positive": ["yes"],
        "negative": ["no"],
        "known_at": "label_time",
        "maturity_days": 7,
    },
    "rules": {
        "low": {"column": "paid", "min": 0, "max": 9, "required": True},
        "words": {"column": "word", "one_of": ["a", "b"]},
    },
    "features": {
        "numeric": ["paid", "usual", "partners", "age", "share"],
        "categorical": ["word"],
    },
    "derived": {
        "usual": {"kind": "mean", "of": "paid", "entity": "who", "window": "7d", "delay": "1d"},
        "partners": {"kind": "distinct", "of": "shop", "entity": "who", "window": "7d"},
        "age": {"kind": "age", "since": "born"},
        "share": {"kind": "label_share", "entity": "who", "window": "7d", "delay": "7d"},
    },
    "windows": {"by": "days", "fit_days": 30},
    "policy": {"min_recall": 0.92, "threshold": {"rule": "aim", "aim": 0.95}},
    "evaluation": {"k": [10], "k_entity": "who", "slices": ["word"]},
    "search": {"families": ["adaboost"], "folds": 3},
    "reasons": {"paid": {"code": "PAID", "text": "x", "levels": {"a": "b"}}},
}


def leaves(table: dict[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Paths of all settings, sections included."""
    found = [(*above, key) for key in table]
    for key, value in table.items():
        if isinstance(value, dict):
            found += leaves(value, (*above, key))
    return found


def replaced(table: dict[str, Any], path: tuple[str, ...], value: object) -> dict[str, Any]:
    """A copy with the setting at `path` set to `value`."""
    whole = copy.deepcopy(table)
    inner = whole
    for key in path[:-1]:
        inner = inner.setdefault(key, {})
    inner[path[-1]] = value
    return whole


def to_toml(table: dict[str, Any]) -> str:
    """Tables as TOML, one line for each section."""
    return "\n".join(f"{json.dumps(key)} = {_value(value)}" for key, value in table.items())


def _value(value: object) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(key)} = {_value(item)}" for key, item in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else json.dumps(value)
