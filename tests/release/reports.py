"""A real report whose counts are changed, so that its numbers follow from each other."""

from __future__ import annotations

import copy
import dataclasses
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from fraud_assets.documents.rates import Estimate
from fraud_assets.documents.report.champion import NoChampion, ScoredChampion, ScoredModel
from fraud_assets.documents.report.judged import Confusion
from fraud_assets.documents.report.whole import Report
from fraud_assets.gate.grounds import Expected
from fraud_assets.modelling.statistics.intervals import lower_bound, rate
from tests.real import real_report

AS_OF = "2026-06-01"


@cache
def good_report() -> Report:
    """The real report under a policy at its defaults: frauds well apart, and no champion yet."""
    whole = real_report()
    # What no rule reads is left out, as a backtest leaves it out.
    left_out = dict.fromkeys(("curves", "slices", "search", "importances", "naive", "examples"))
    return changed(replace(whole, **left_out, as_of=AS_OF, champion=NoChampion(), verdict=None))


def changed(report: Report, tp: int = 470, fp: int = 30, fn: int = 30, tn: int = 49_470) -> Report:
    """The report of another confusion matrix, with all that follows from it."""
    frauds, rows = tp + fn, tp + fp + fn + tn
    low = lower_bound(tp, frauds)
    metrics = replace(
        report.metrics,
        recall=rate(tp, frauds),
        precision=rate(tp, tp + fp),
        alert_rate=rate(tp + fp, rows),
        false_positive_rate=rate(fp, fp + tn),
        confusion=Confusion(tp, fp, fn, tn),
    )
    evidence = replace(
        report.evidence,
        recall_low_exact=low,
        recall_low_clustered=low * 0.99,
        frauds=frauds,
        fraud_senders=frauds // 5,
    )
    windows = tuple(
        replace(window, rows=rows, frauds=frauds) if window.name == "judged" else window
        for window in report.data.windows
    )
    data = replace(report.data, windows=windows)
    return replace(report, metrics=metrics, evidence=evidence, data=data)


def make_report(tp: int = 470, fp: int = 30, fn: int = 30, tn: int = 49_470) -> dict[str, Any]:
    """report.json of the given confusion matrix; at its defaults it passes every rule."""
    return plain(changed(good_report(), tp, fp, fn, tn))


def plain(part: object) -> Any:
    """A part of a report as it stands in report.json."""
    return copy.deepcopy(msgspec.to_builtins(part))


def expected() -> Expected:
    """What the good report describes."""
    report = good_report()
    return Expected(
        model_digest=report.model.digest,
        data_fingerprint=report.data.fingerprint,
        contract_digest=report.contract.digest,
    )


@dataclass(frozen=True)
class Serving:
    """What serves now."""

    version: str
    as_of: str


def production(**changes: str) -> Serving:
    """What the real report was compared with, of the same week."""
    return dataclasses.replace(Serving(scored_champion().version, AS_OF), **changes)


def proof(**changes: object) -> dict[str, Any]:
    """The real proof, with values put in its place."""
    return plain(real_report().proof) | changes


def scored_champion(difference: float = 0.0, half: float = 0.01) -> ScoredChampion:
    """The real champion, as much worse than the challenger as asked."""
    champion = real_report().champion
    assert isinstance(champion, ScoredChampion)
    return replace(
        champion,
        difference=replace(
            champion.difference, value=difference, low=difference - half, high=difference + half
        ),
        curves=msgspec.UNSET,
    )


def earlier(version: str, average_precision: float, difference: float) -> ScoredModel:
    """An earlier model of that average precision, which the challenger exceeds by that much."""
    found = asdict(scored_champion(difference))
    del found["curves"], found["best_of_last"]
    n, method = found["average_precision"].n, found["average_precision"].method
    value = Estimate(average_precision, average_precision, average_precision, n, method)
    return ScoredModel(**found | {"version": version, "average_precision": value})
