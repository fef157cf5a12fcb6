"""A rule of the gate as its one file states it, and what it says of a candidate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.documents.rates import Interval
from fraud_assets.documents.report.whole import Report
from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.past import PastWeek

Bound: TypeAlias = int | float | str | None
ValueUnit = Literal["share", "count", "number", "milliseconds"]
FraudsNeeded = Literal["independent", "rests", "demands"]
PageSection = Literal[
    "rules",
    "cost",
    "curves",
    "slices",
    "calibration",
    "naive",
    "importances",
    "payments",
    "data",
    "search",
    "lineage",
]
"""Places on the report's page where a reader looks next."""


@dataclass(frozen=True)
class RuleOutcome:
    """What a rule finds: `passed` is None where only the publisher can prove it.

    `interval` is that of the value, `n` the rows that the value rests on; the sentence says the
    rule, the bound, the value and, where it fails, what to do next.
    """

    passed: bool | None
    value: int | float | str | None
    sentence: str
    interval: Interval | None = None
    n: int | None = None


def always(_policy: Policy) -> bool:
    """A rule that every policy has."""
    return True


@dataclass(frozen=True, kw_only=True)
class GateRule:
    """One rule, complete: its file gives nothing else to the house.

    Attributes
    ----------
    name
        Public: it stands in verdicts, and is the name of the rule's file.
    order
        Where it stands in a verdict; the first that fails opens the verdict's sentence.
    bound
        What the value is held against, out of the policy or of what is known.
    judge
        Reads the grounds by attributes; parts that cannot be read fail the rule by themselves.
    title, unit, advice, section
        How the report shows it, and where a reader looks next when it fails.
    frauds
        "rests": its failure says little where the judged frauds are too few; "demands": its
        failure says that they are.
    answers_for
        Parts of the report whose faults this rule tells; of all others the rule that demands
        finite numbers does.
    applies
        Whether a policy has the rule at all.
    fill
        How a backtest makes the part of the report that the rule reads and a past week lacks.
    closes_a_promotion
        Whether its sentence ends that of a promotion.
    """

    name: str
    order: int
    bound: Callable[[Grounds], Bound]
    judge: Callable[[Grounds], RuleOutcome]
    title: str
    unit: ValueUnit
    advice: str
    section: PageSection
    frauds: FraudsNeeded = "independent"
    answers_for: tuple[str, ...] = ()
    applies: Callable[[Policy], bool] = always
    fill: Callable[[Report, PastWeek], Report] | None = None
    closes_a_promotion: bool = False


def show(value: float | None) -> str:
    """A number as sentences show it; six digits, so that 0.89999 does not read as 0.9."""
    return "nothing" if value is None else f"{value:.6g}"
