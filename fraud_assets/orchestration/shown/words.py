"""Each step's result in one line, for the terminal and at the head of its metadata."""

from collections.abc import Mapping
from typing import Any

from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.data.transactions import RawTransactions
from fraud_assets.modelling.search.candidates import Leaderboard
from fraud_assets.modelling.tuned import TunedPipeline
from fraud_assets.release.judgement import Judgement
from fraud_assets.release.publish import Published
from fraud_assets.report import numbers
from fraud_assets.values.counted import counted

SUMMARY = "summary"
"""Key of the metadata that holds the line."""


def summary_of_raw(raw: RawTransactions) -> str:
    """Rows, the share in quarantine, and the week."""
    week = "" if raw.as_of is None else f"as of {str(raw.as_of)[:16]}: "
    share = numbers.percent(raw.quarantine_share)
    return f"{week}{counted(len(raw.rows), 'row')}, {share} in quarantine"


def summary_of_cleaned(cleaned: CleanedFeatures) -> str:
    """Rows of the three windows and their frauds."""
    windows = [f"{w.name} {w.rows:,} ({counted(w.frauds, 'fraud')})" for w in cleaned.windows]
    return f"rows: {', '.join(windows)}"


def summary_of_leaderboard(leaderboard: Leaderboard) -> str:
    """Which family ranks best with its defaults; what is taken is decided after the search."""
    best, *others = leaderboard.candidates
    beside = f" of {len(others) + 1}" if others else ""
    return f"{best.family} leads{beside} by defaults: ROC-AUC {best.auc_mean:.4f}"


def summary_of_tuned(tuned: TunedPipeline) -> str:
    """The family taken, with its frozen threshold, and by which measured difference it was."""
    why = "" if tuned.search is None else f": {tuned.search.sentence}"
    return f"{tuned.family}, threshold {tuned.threshold.value:.6g}{why}"


def summary_of_judgement(judgement: Judgement) -> str:
    """The decision, with recall and precision."""
    metrics = judgement.report.metrics
    rates = [
        f"recall {numbers.rate_line(metrics.recall)}",
        f"precision {numbers.rate_line(metrics.precision)}",
    ]
    decision = judgement.verdict.decision.replace("_", " ")
    return f"{decision}: {'; '.join(rates)}"


def summary_of_published(published: Published) -> str:
    """The version that serves from now on, or waits in shadow."""
    if published.waits is not None:
        return (
            f"{published.version} waits in shadow for {counted(published.waits.waits_days, 'day')}"
        )
    return f"{published.version} serves from now on"


def headed(summary: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata with the line on top."""
    return {SUMMARY: summary, **metadata}
