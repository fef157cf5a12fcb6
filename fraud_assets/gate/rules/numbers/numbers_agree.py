"""Rates follow from their counts, counts from the confusion matrix, bounds from both."""

from __future__ import annotations

import math
from collections.abc import Iterator

from fraud_assets.documents.rates import Rate
from fraud_assets.documents.report.judged import RecallEvidence
from fraud_assets.documents.report.whole import Report
from fraud_assets.gate.grounds import Grounds
from fraud_assets.gate.rule import GateRule, RuleOutcome
from fraud_assets.gate.rules.lineage._identity import ADVICE
from fraud_assets.values.counted import counted

BOUND_TOLERANCE = 1e-6
"""Largest gap between a stated exact bound's binomial tail and the one it promises."""


def judge(grounds: Grounds) -> RuleOutcome:
    """Nothing in the report contradicts its own counts."""
    faults = list(_contradictions(grounds.report))
    sentence = (
        f"The report's numbers must follow from each other; these do not: {'; '.join(faults[:3])}."
        " Evaluate the model again, and find out who edited the report."
        if faults
        else "Rates, counts and bounds of the report follow from each other."
    )
    return RuleOutcome(not faults, len(faults), sentence)


def _contradictions(report: Report) -> Iterator[str]:
    metrics, cells = report.metrics, report.metrics.confusion
    tp, fp, fn, tn = cells.tp, cells.fp, cells.fn, cells.tn
    rows = tp + fp + fn + tn
    yield from _of_rate("recall", metrics.recall, tp, tp + fn)
    yield from _of_rate("precision", metrics.precision, tp, tp + fp)
    yield from _of_rate("alert_rate", metrics.alert_rate, tp + fp, rows)
    yield from _of_rate("false_positive_rate", metrics.false_positive_rate, fp, fp + tn)
    yield from _of_evidence(report.evidence, tp, tp + fn)
    for window in report.data.windows:
        if window.name == "judged" and (window.rows, window.frauds) != (rows, tp + fn):
            yield (
                f"data.windows judged has {counted(window.rows, 'row')} and "
                f"{counted(window.frauds, 'fraud')}"
            )


def _of_rate(name: str, rate: Rate, k: int, n: int) -> Iterator[str]:
    path = f"metrics.{name}"
    if (rate.k, rate.n) != (k, n):
        yield f"{path} counts {rate.k} of {rate.n}, the confusion matrix {k} of {n}"
    if n == 0 or rate.value is None:
        return
    if rate.value != k / n:
        yield f"{path}.value is {rate.value!r}, {k} of {n} are {k / n!r}"
    if not 0 <= rate.low <= rate.value <= rate.high <= 1:
        yield f"{path} lies outside its interval {rate.low!r} to {rate.high!r}"


def _of_evidence(told: RecallEvidence, tp: int, frauds: int) -> Iterator[str]:
    if told.frauds != frauds or told.fraud_senders > frauds:
        yield (
            f"evidence has {counted(told.frauds, 'fraud')} of "
            f"{counted(told.fraud_senders, 'sender')}, "
            f"the confusion matrix {frauds}"
        )
    exact, clustered = told.recall_low_exact, told.recall_low_clustered
    if not 0 <= clustered <= exact + BOUND_TOLERANCE:
        yield f"evidence.recall_low_clustered {clustered!r} lies above the exact {exact!r}"
    if not _is_exact_bound(exact, tp, frauds, told.confidence):
        yield f"evidence.recall_low_exact {exact!r} is not the bound of {tp} of {frauds}"


def _is_exact_bound(bound: float, k: int, n: int, confidence: float) -> bool:
    """Whether P(Binomial(n, bound) >= k) is 1 - confidence, as Clopper and Pearson define it."""
    if k == 0 or not 0 < bound < 1:
        return k == 0 and bound == 0
    log_p, log_q, head = math.log(bound), math.log1p(-bound), math.lgamma(n + 1)
    tail = math.fsum(
        math.exp(head - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * log_p + (n - i) * log_q)
        for i in range(k, n + 1)
    )
    return abs(tail - (1 - confidence)) < BOUND_TOLERANCE


RULE = GateRule(
    name="numbers_agree",
    order=200,
    bound=lambda _: 0,
    judge=judge,
    title="The numbers follow from each other",
    unit="count",
    advice=ADVICE,
    section="lineage",
)
