"""Rules about the report itself: its numbers are numbers, and they do not contradict each other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from numbers import Real
from typing import Any

from fraud_assets.release.rule import Rule, at, count, number

RATES = ("recall", "precision", "alert_rate", "false_positive_rate")

REQUIRED = (
    "threshold.value",
    *(f"metrics.{rate}.{part}" for rate in RATES for part in ("value", "low", "high")),
    "metrics.roc_auc.value",
    "metrics.average_precision.value",
    "metrics.brier.value",
    "evidence.recall_low_exact",
    "evidence.recall_low_clustered",
    "evidence.confidence",
    "data.quarantine.share",
)
REQUIRED_COUNTS = (
    *(f"metrics.{rate}.{part}" for rate in RATES for part in ("n", "k")),
    *(f"metrics.confusion.{cell}" for cell in ("tp", "fp", "fn", "tn")),
    "evidence.frauds",
    "evidence.fraud_senders",
)

BOUND_TOLERANCE = 1e-6
"""Largest gap between a stated exact bound's binomial tail and the one it promises."""


def finite_numbers(report: Mapping[str, Any]) -> Rule:
    """Every number that the gate rests on is there, and none anywhere is NaN or infinite."""
    missing = [path for path in REQUIRED if number(report, path) is None]
    missing += [path for path in REQUIRED_COUNTS if count(report, path) is None]
    faults = [*missing, *(path for path in _non_finite(report, "") if path not in missing)]
    shown = ", ".join(faults[:5]) + (f" and {len(faults) - 5} more" if len(faults) > 5 else "")
    sentence = (
        f"All numbers of the report must be present and finite; these are not: {shown}. "
        "Evaluate the model again and look at its scores."
        if faults
        else "All numbers of the report are present and finite."
    )
    return Rule("finite_numbers", 0, len(faults), not faults, sentence)


def numbers_agree(report: Mapping[str, Any]) -> Rule:
    """Rates follow from their counts, counts from the confusion matrix, bounds from both."""
    faults = list(_contradictions(report))
    sentence = (
        f"The report's numbers must follow from each other; these do not: {'; '.join(faults[:3])}."
        " Evaluate the model again, and find out who edited the report."
        if faults
        else "Rates, counts and bounds of the report follow from each other."
    )
    return Rule("numbers_agree", 0, len(faults), not faults, sentence)


def _non_finite(value: object, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _non_finite(part, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        for index, part in enumerate(value):
            yield from _non_finite(part, f"{path}[{index}]")
    elif isinstance(value, Real) and not math.isfinite(value):
        yield path


def _contradictions(report: Mapping[str, Any]) -> Iterator[str]:
    cells = [count(report, f"metrics.confusion.{cell}") for cell in ("tp", "fp", "fn", "tn")]
    if None in cells:
        yield "metrics.confusion is not four counts"
        return
    tp, fp, fn, tn = (cell or 0 for cell in cells)
    parts = {
        "recall": (tp, tp + fn),
        "precision": (tp, tp + fp),
        "alert_rate": (tp + fp, tp + fp + fn + tn),
        "false_positive_rate": (fp, fp + tn),
    }
    for name, (k, n) in parts.items():
        yield from _rate_contradictions(report, f"metrics.{name}", k, n)
    yield from _evidence_contradictions(report, tp, tp + fn)
    for window in at(report, "data.windows") or ():
        if at(window, "name") == "judged":
            found = (count(window, "rows"), count(window, "frauds"))
            if found != (tp + fp + fn + tn, tp + fn):
                yield f"data.windows judged has {found[0]} rows and {found[1]} frauds"


def _rate_contradictions(report: object, path: str, k: int, n: int) -> Iterator[str]:
    found = (count(report, f"{path}.k"), count(report, f"{path}.n"))
    if found != (k, n):
        yield f"{path} counts {found[0]} of {found[1]}, the confusion matrix {k} of {n}"
    value = number(report, f"{path}.value")
    low, high = number(report, f"{path}.low"), number(report, f"{path}.high")
    if n == 0 or value is None or low is None or high is None:
        return
    if value != k / n:
        yield f"{path}.value is {value!r}, {k} of {n} are {k / n!r}"
    if not 0 <= low <= value <= high <= 1:
        yield f"{path} lies outside its interval {low!r} to {high!r}"


def _evidence_contradictions(report: object, tp: int, frauds: int) -> Iterator[str]:
    stated, senders = count(report, "evidence.frauds"), count(report, "evidence.fraud_senders")
    if stated != frauds or senders is None or senders > frauds:
        yield f"evidence has {stated} frauds of {senders} senders, the confusion matrix {frauds}"
    exact = number(report, "evidence.recall_low_exact")
    clustered = number(report, "evidence.recall_low_clustered")
    confidence = number(report, "evidence.confidence")
    if exact is None or clustered is None or confidence is None:
        yield "evidence lacks a lower bound of the recall"
        return
    if not 0 <= clustered <= exact + BOUND_TOLERANCE:
        yield f"evidence.recall_low_clustered {clustered!r} lies above the exact {exact!r}"
    if not _is_exact_bound(exact, tp, frauds, confidence):
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
