"""What the Dagster UI shows of each step: tables, pictures, and numbers that plot over time.

Everything is already computed; this module only names and wraps it.
Concept: https://docs.dagster.io/guides/build/assets/metadata-and-tags
"""

from typing import Any

import dagster as dg
import pandas as pd

from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.data.transactions import RawTransactions
from fraud_assets.documents.verdict import Verdict
from fraud_assets.modelling.search.candidates import Leaderboard
from fraud_assets.modelling.tuned import TunedPipeline
from fraud_assets.release.judgement import Judgement
from fraud_assets.release.publish import Published
from fraud_assets.release.quarantine import quarantine_section
from fraud_assets.report import tables
from fraud_assets.report.html import pictures

Shown = dict[str, Any]
"""Metadata of a step by its key, as Dagster takes it."""

PICTURES = ("verdict", "precision_recall", "reliability", "scores", "importances", "weekly")


def of_raw(raw: RawTransactions) -> Shown:
    """Rows, the week, and what was quarantined under which rule."""
    return {
        "dagster/row_count": len(raw.rows),
        "dagster/column_schema": _schema(raw.rows),
        "as_of": str(raw.as_of)[:19],
        "newest_transaction": str(raw.newest)[:19],
        "rows_read": raw.read,
        "rows_after_as_of": raw.after_as_of,
        "superseded": len(raw.superseded),
        "quarantined": len(raw.quarantine),
        "quarantine_share": raw.quarantine_share,
        "quarantined_frauds": raw.tally.quarantined.frauds,
        "quarantine": dg.MetadataValue.md(
            tables.quarantine_markdown(quarantine_section(raw.tally))
        ),
        "sample": _sample(raw.rows),
    }


def of_cleaned(cleaned: CleanedFeatures) -> Shown:
    """Rows and the three windows."""
    windows = pd.DataFrame([window.as_dict() for window in cleaned.windows])
    return {
        "dagster/row_count": len(cleaned.frame),
        "dagster/column_schema": _schema(cleaned.frame),
        "as_of": str(cleaned.as_of)[:19],
        "windows": dg.MetadataValue.md(_table(windows)),
        "fingerprint": cleaned.fingerprint,
        "sample": _sample(cleaned.frame),
        **{f"{window.name}_rows": window.rows for window in cleaned.windows},
        **{f"{window.name}_frauds": window.frauds for window in cleaned.windows},
    }


def of_leaderboard(leaderboard: Leaderboard) -> Shown:
    """The candidates beside each other."""
    best = leaderboard.candidates[0]
    return {
        "leaderboard": dg.MetadataValue.md(tables.leaderboard_markdown(leaderboard.candidates)),
        "best_family": best.family,
        "best_roc_auc": float(best.auc_mean),
        "rows": leaderboard.rows,
        "frauds": leaderboard.frauds,
        "seconds": float(leaderboard.seconds),
    }


def of_tuned(tuned: TunedPipeline) -> Shown:
    """The winner, its settings and its threshold."""
    shown = {
        "family": tuned.family,
        "parameters": dg.MetadataValue.json(tuned.parameters),
        "threshold": float(tuned.threshold.value),
        "threshold_rule": tuned.threshold.sentence,
        "digest": tuned.digest,
        "training_samples": tuned.training_samples,
    }
    if tuned.search is not None:
        shown["search"] = dg.MetadataValue.md(tables.search_markdown(tuned.search))
        shown["seconds"] = float(tuned.search.seconds)
    return shown


def of_judgement(judgement: Judgement) -> Shown:
    """The verdict, the rates with their intervals, and the pictures."""
    report, metrics = judgement.report, judgement.report.metrics
    drawn = pictures(report)
    values = {
        "recall": metrics.recall.value,
        "precision": metrics.precision.value,
        "alert_rate": metrics.alert_rate.value,
        "roc_auc": metrics.roc_auc.value,
        "average_precision": metrics.average_precision.value,
    }
    return {
        "verdict": dg.MetadataValue.md(tables.verdict_markdown(judgement.verdict)),
        "decision": judgement.verdict.decision,
        "rates": dg.MetadataValue.md(tables.rates_markdown(metrics)),
        "threshold": float(report.threshold.value),
        "judged_frauds": report.evidence.frauds,
        "refused_as": judgement.refused or "not refused",
        **{name: float(value) for name, value in values.items() if value is not None},
        **{
            f"picture_{name}": dg.MetadataValue.md(tables.picture_markdown(drawn[name]))
            for name in PICTURES
            if drawn[name]
        },
    }


def of_verdict(verdict: Verdict) -> Shown:
    """Every rule: bound, value, interval, n, passed."""
    return {
        "decision": verdict.decision,
        "rules": dg.MetadataValue.md(tables.verdict_markdown(verdict)),
        "failed": len(verdict.failed),
    }


def of_published(published: Published) -> Shown:
    """Where the artifact lies, and the proof of its service."""
    shown = {
        "version": published.version,
        "artifact": dg.MetadataValue.path(published.path),
        "report": dg.MetadataValue.path(f"{published.path}/report.html"),
        "digest": published.move.digest,
    }
    verdict, proof = published.report.verdict, published.report.proof
    if verdict is not None:
        shown["verdict"] = dg.MetadataValue.md(tables.verdict_markdown(verdict))
    if proof is not None and proof.p95_ms is not None:
        shown["served_p95_ms"] = proof.p95_ms
    return shown


def _schema(frame: pd.DataFrame) -> dg.TableSchema:
    return dg.TableSchema(
        columns=[dg.TableColumn(str(name), str(kind)) for name, kind in frame.dtypes.items()]
    )


def _sample(frame: pd.DataFrame) -> dg.MarkdownMetadataValue:
    return dg.MetadataValue.md(_table(frame.tail(5)))


def _table(frame: pd.DataFrame) -> str:
    heads = [tables.escaped(name) for name in frame.columns]
    rows = [[tables.escaped(value) for value in row] for row in frame.to_numpy().tolist()]
    return tables.markdown_table(heads, rows)
