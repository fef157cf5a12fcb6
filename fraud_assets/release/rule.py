"""One rule of the gate with its evidence, and how rules read untrusted reports."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any


@dataclass(frozen=True)
class Rule:
    """A rule's outcome: `passed` is None where only the publisher can prove it.

    `interval` is {low, high, method} of the value, `n` the rows that the value rests on.
    """

    name: str
    bound: float | str | None
    value: float | str | None
    passed: bool | None
    sentence: str
    interval: dict[str, Any] | None = None
    n: int | None = None


def at(report: object, path: str) -> Any:
    """What lies at a dotted path of nested mappings; None where anything is missing."""
    value = report
    for key in path.split("."):
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    return value


def number(report: object, path: str) -> float | None:
    """The finite real number at a path; None for anything else, a bool or text included."""
    value = at(report, path)
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    return float(value) if math.isfinite(value) else None


def count(report: object, path: str) -> int | None:
    """The whole number >= 0 at a path; None for anything else."""
    value = at(report, path)
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 0:
        return None
    return int(value)


def text(report: object, path: str) -> str | None:
    """The non-empty text at a path; None for anything else."""
    value = at(report, path)
    return value if isinstance(value, str) and value else None


def interval(report: object, path: str) -> dict[str, Any] | None:
    """The interval {low, high, method} beside an estimate, where it has one."""
    low, high = number(report, f"{path}.low"), number(report, f"{path}.high")
    if low is None or high is None:
        return None
    return {"low": low, "high": high, "method": text(report, f"{path}.method")}


def show(value: float | None) -> str:
    """A number as sentences show it; six digits, so that 0.89999 does not read as 0.9."""
    return "nothing" if value is None else f"{value:.6g}"
