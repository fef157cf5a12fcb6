"""The real report, and what else a page may have to show, varied from it and judged by the gate."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from msgspec.structs import asdict, replace

from fraud_assets.contract.sections.policy import Policy
from fraud_assets.documents.formats import to_plain
from fraud_assets.documents.report.champion import (
    Change,
    NoChampion,
    ScoredChampion,
    ScoredModel,
    UnscorableModel,
)
from fraud_assets.documents.report.whole import Report
from fraud_assets.gate.decide import decide
from fraud_assets.modelling.statistics.intervals import rate
from tests.real import real_report
from tests.release.reports import changed

POLICY = Policy(min_precision=0.05)
ATTACK = '<script>alert("x")</script><img src="http://example.org/x.png" onerror=alert(1)>'


def as_json(report: Report) -> dict[str, Any]:
    """report.json as whoever opens the file finds it; NaN stays what it is."""
    return json.loads(json.dumps(to_plain(report)))


def promoted() -> Report:
    """A week in which all holds, beside a champion and two of the last promoted."""
    report = real_report()
    champion = report.champion
    assert isinstance(champion, ScoredChampion)
    kept = {name: asdict(champion)[name] for name in ScoredModel.__struct_fields__}
    earlier = (
        ScoredModel(**kept | {"version": "fraud_detector_20250601_060109"}),
        UnscorableModel("fraud_detector_20250525_060104", "Its contract needs the columns memo."),
    )
    changes = (
        Change("new", "none", "a feature that was not there before", "features"),
        Change("recall", "90.0 % (80.0 % to 95.0 %, n 100)", "91.0 %", "numbers"),
    )
    return replace(report, champion=replace(champion, best_of_last=earlier), changes=changes)


def refused() -> Report:
    """A week that misses the recall by a hair and flags too many."""
    return judged(changed(promoted(), tp=5507, fn=613, fp=3493, tn=48_651))


def insufficient() -> Report:
    """A week with too few matured frauds."""
    return judged(changed(promoted(), tp=39, fn=2, fp=20, tn=4000))


def unmeasured() -> Report:
    """A report of which nothing is measured beyond what the gate reads."""
    names = (
        "search", "proof", "lineage", "cost", "curves", "slices", "importances", "naive",
        "examples", "champion", "verdict",
    )  # fmt: skip
    return replace(promoted(), precision_at_k=(), **dict.fromkeys(names))


def awkward() -> Report:
    """Names that are long or hold spaces, no amount, nothing in production, scores near one."""
    report = promoted()
    assert report.importances is not None
    assert report.cost is not None
    assert report.operating
    assert report.data.histograms
    names = ("total_value_of_all_transfers_of_the_sender_in_the_last_ninety_days", "Kontostand vor")
    ranked = zip(names, report.importances.permutation, strict=False)
    moved = zip(names, report.data.histograms, strict=False)
    nothing = {"amount_caught": None, "amount_missed": None}
    points = (
        replace(point, **nothing, caught_interval=None, missed_interval=None)
        for point in report.operating
    )
    return replace(
        report,
        champion=NoChampion(),
        changes=(),
        cost=replace(report.cost, **nothing, share_of_amount_caught=None),
        operating=tuple(points),
        metrics=replace(report.metrics, recall=rate(122, 123), precision=rate(9999, 10_000)),
        importances=replace(
            report.importances,
            permutation=tuple(replace(row, feature=name) for name, row in ranked),
        ),
        data=replace(
            report.data, histograms=tuple(replace(row, feature=name) for name, row in moved)
        ),
    )


def without_time() -> Report:
    """A contract without an event time: random split, no weeks, no champion."""
    report = promoted()
    assert report.curves is not None
    windows = tuple(replace(window, start=None, end=None) for window in report.data.windows)
    return replace(
        report,
        data=replace(report.data, time_respected=False, newest=None, windows=windows),
        curves=replace(report.curves, weekly=()),
        champion=NoChampion(),
    )


def hostile() -> Report:
    """Names and levels that try to be markup, and numbers that are none."""
    report = promoted()
    curves, ranks, examples, lineage = (
        report.curves, report.importances, report.examples, report.lineage
    )  # fmt: skip
    assert curves is not None
    assert ranks is not None
    assert examples is not None
    assert lineage is not None
    assert report.slices
    assert report.verdict is not None
    first, second, *others = ranks.permutation
    flagged = examples.flagged[0]
    reason = replace(flagged.reasons[0], text=ATTACK)
    payment = replace(flagged, values={ATTACK: ATTACK}, reasons=(reason, *flagged.reasons[1:]))
    point = replace(curves.precision_recall[3], precision=math.inf)
    week = replace(curves.weekly[0], week="</svg>" + ATTACK)
    rule = replace(report.verdict.rules[0], name=ATTACK)
    return replace(
        report,
        contract=replace(report.contract, description=ATTACK, owner='"><svg onload=alert(1)>'),
        slices=(replace(report.slices[0], level=ATTACK), *report.slices[1:]),
        importances=replace(
            ranks,
            permutation=(replace(first, feature=ATTACK), replace(second, mean=math.nan), *others),
        ),
        curves=replace(
            curves,
            weekly=(week, *curves.weekly[1:]),
            precision_recall=(*curves.precision_recall[:3], point, *curves.precision_recall[4:]),
        ),
        examples=replace(examples, flagged=(payment, *examples.flagged[1:])),
        metrics=replace(report.metrics, brier=replace(report.metrics.brier, value=math.nan)),
        verdict=replace(report.verdict, rules=(rule, *report.verdict.rules[1:])),
        lineage=replace(lineage, libraries=lineage.libraries | {ATTACK: ATTACK}),
    )


def judged(report: Report) -> Report:
    """The report with the gate's verdict on it."""
    return replace(report, verdict=decide(report, POLICY))


VARIANTS: dict[str, Callable[[], Report]] = {
    "promoted": promoted,
    "refused": refused,
    "insufficient": insufficient,
    "unmeasured": unmeasured,
    "without_time": without_time,
    "awkward": awkward,
    "hostile": hostile,
}
