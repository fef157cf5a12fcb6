"""How the values of the gate's rules read, by the unit that each rule states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fraud_assets.gate.registry import known_rule
from fraud_assets.gate.rule import ValueUnit
from fraud_assets.report import numbers

Written = Callable[[object, object], str]
"""A value as text, with enough digits not to look like a bound that it does not equal."""


def _milliseconds(value: object, bound: object) -> str:
    words = numbers.unusable(value)
    return words or f"{numbers.number_apart(value, bound)}{numbers.SPACE}ms"


TEXTS: Mapping[ValueUnit, Written] = {
    "share": numbers.percent_apart,
    "count": lambda value, _bound: numbers.count(value),
    "number": numbers.number_apart,
    "milliseconds": _milliseconds,
}


@dataclass(frozen=True)
class ShownRule:
    """How a rule is shown, and the next step when it fails, with the section that helps."""

    title: str
    text: Written
    advice: str
    section: str


def shown_rule(name: str) -> ShownRule:
    """A rule by its name in the verdict.

    One that this release does not have is shown under its own name with plain numbers.
    """
    rule = known_rule(name)
    if rule is not None:
        return ShownRule(rule.title, TEXTS[rule.unit], rule.advice, rule.section)
    title = name.replace("_", " ").strip() or "unnamed rule"
    title = title[0].upper() + title[1:]
    return ShownRule(title, TEXTS["number"], "Read the rule's sentence.", "rules")
