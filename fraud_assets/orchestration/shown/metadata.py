"""What the Dagster UI shows of each step: tables, pictures, and numbers that plot over time.

Everything is already computed; this module only names and wraps it.
Concept: https://docs.dagster.io/guides/build/assets/metadata-and-tags
"""

import itertools
import math
import re
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.cleaning import CleanedFeatures
from fraud_assets.data.transactions import RawTransactions
from fraud_assets.documents.report.judged import Metrics
from fraud_assets.documents.verdict import Verdict
from fraud_assets.masking import public
from fraud_assets.modelling.search.candidates import Leaderboard
from fraud_assets.modelling.tuned import TunedPipeline
from fraud_assets.orchestration.shown.columns import table_schema
from fraud_assets.release.judgement import Judgement
from fraud_assets.release.publish import Published
from fraud_assets.release.quarantine import quarantine_section
from fraud_assets.report import tables
from fraud_assets.report.html import pictures

Shown = dict[str, Any]
"""Metadata of a step by its key, as Dagster takes it."""

DIGEST_SHOWN = 12
"""Letters of a digest; the whole of it is in the version's metadata."""

FILES_SHOWN = 20
"""Files read that are named one by one; a source may have thousands."""

_INLINE_LETTERS, _BETWEEN = 40, 2
"""Letters of the narrowest column of values on a page of 1,400 pixels; between two cells."""
_WINDOW_FROM = 1000
"""Letters from which Dagster shows markdown in a window of its own, behind a link."""

PICTURES = ("verdict", "precision_recall", "reliability", "scores", "importances", "weekly")


def fitted(markdown: str) -> dg.MarkdownMetadataValue:
    """Markdown that keeps to the page: a table that is too wide opens in a window of its own."""
    cells = [line.split("|")[1:-1] for line in markdown.splitlines() if line.startswith("|")]
    columns = itertools.zip_longest(*cells, fillvalue="")
    widths = [max(_unbroken(cell) for cell in column) + _BETWEEN for column in columns]
    if sum(widths) > _INLINE_LETTERS:
        markdown = markdown.ljust(_WINDOW_FROM)
    return dg.MetadataValue.md(markdown)


def _unbroken(cell: str) -> int:
    """Letters of the longest part of a cell that a line cannot break."""
    return max(map(len, re.split("[ \u200b]", cell.replace("\\", ""))))


def of_raw(raw: RawTransactions, contract: Contract) -> Shown:
    """Rows, the week, what was quarantined under which rule, and which files held it."""
    return {
        "dagster/row_count": len(raw.rows),
        "dagster/column_schema": table_schema(raw.rows, contract),
        "as_of": str(raw.as_of)[:19],
        "newest_transaction": str(raw.newest)[:19],
        "rows_read": raw.read,
        "rows_after_as_of": raw.after_as_of,
        "superseded": len(raw.superseded),
        "quarantined": len(raw.quarantine),
        "quarantine_share": raw.quarantine_share,
        "quarantined_frauds": raw.tally.quarantined.frauds,
        "quarantine": fitted(tables.quarantine_markdown(quarantine_section(raw.tally))),
        "contract": contract.name,
        "described_as": contract.description or "not described",
        "source": public(contract.source.path),
        "files_read": len(raw.files),
        "files_skipped": len(raw.skipped),
        "files": fitted(_files(raw)),
        "sample": _sample(raw.rows),
    }


def of_cleaned(cleaned: CleanedFeatures, contract: Contract) -> Shown:
    """Rows and the three windows."""
    windows = pd.DataFrame([window.as_dict() for window in cleaned.windows])
    return {
        "dagster/row_count": len(cleaned.frame),
        "dagster/column_schema": table_schema(cleaned.frame, contract),
        "as_of": str(cleaned.as_of)[:19],
        "windows": fitted(_table(windows)),
        "fingerprint": cleaned.fingerprint[:DIGEST_SHOWN],
        "sample": _sample(cleaned.frame),
        **{f"{window.name}_rows": window.rows for window in cleaned.windows},
        **{f"{window.name}_frauds": window.frauds for window in cleaned.windows},
    }


def of_leaderboard(leaderboard: Leaderboard, choice: dg.AssetKey) -> Shown:
    """The candidates beside each other, and the asset that says which was taken and why."""
    best = leaderboard.candidates[0]
    return {
        "leaderboard": fitted(tables.families_markdown(leaderboard.candidates)),
        "details": fitted(tables.leaderboard_markdown(leaderboard.candidates)),
        "taken_and_why": dg.MetadataValue.asset(choice),
        "best_family": best.family,
        "best_roc_auc": float(best.auc_mean),
        "rows": leaderboard.rows,
        "frauds": leaderboard.frauds,
        "seconds": float(leaderboard.seconds),
    }


def of_tuned(tuned: TunedPipeline) -> Shown:
    """The winner, its settings and its threshold."""
    shown: Shown = {"family": tuned.family}
    if tuned.search is not None:
        shown["why"] = tuned.search.sentence
        shown["leaderboard"] = fitted(tables.families_markdown(tuned.search.leaderboard))
    shown |= {
        "parameters": dg.MetadataValue.json(tuned.parameters),
        "threshold": float(tuned.threshold.value),
        "threshold_rule": tuned.threshold.sentence,
        "digest": tuned.digest[:DIGEST_SHOWN],
        "training_samples": tuned.training_samples,
    }
    if tuned.search is not None:
        shown["search"] = fitted(tables.search_markdown(tuned.search))
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
        "verdict": judgement.verdict.sentence,
        "rules": fitted(tables.rules_markdown(judgement.verdict)),
        "decision": judgement.verdict.decision,
        "rates": fitted(tables.rates_markdown(metrics)),
        "threshold": float(report.threshold.value),
        "judged_frauds": report.evidence.frauds,
        "refused_as": judgement.refused or "not refused",
        **{name: float(value) for name, value in values.items() if value is not None},
        **{
            f"picture_{name}": fitted(tables.picture_markdown(drawn[name]))
            for name in PICTURES
            if drawn[name]
        },
    }


def plotted(metrics: Metrics) -> Shown:
    """Each rate at the threshold with its ends and its n, as numbers that plot from run to run."""
    rates = {
        "recall": metrics.recall,
        "precision": metrics.precision,
        "alert_rate": metrics.alert_rate,
        "false_positive_rate": metrics.false_positive_rate,
    }
    shown: Shown = {}
    for name, rate in rates.items():
        if rate.value is not None:
            shown[name] = float(rate.value)
        shown |= {f"{name}_low": rate.low, f"{name}_high": rate.high, f"{name}_n": rate.n}
    return shown


def of_verdict(verdict: Verdict) -> Shown:
    """Every rule: bound, value, interval, n, passed."""
    return {
        "decision": verdict.decision,
        **_compared(verdict),
        "rules": fitted(tables.rules_markdown(verdict)),
        "failed": len(verdict.failed),
    }


def _compared(verdict: Verdict) -> Shown:
    """Value, bound, n and interval of each rule that compares numbers, each under its own key."""
    shown: Shown = {}
    for rule in verdict.rules:
        ends = (
            {} if rule.interval is None else {"low": rule.interval.low, "high": rule.interval.high}
        )
        parts = {"value": rule.value, "bound": rule.bound, "n": rule.n, **ends}
        shown |= {
            f"{rule.name}_{part}": float(number)
            for part, number in parts.items()
            if isinstance(number, int | float) and math.isfinite(number)
        }
    return shown


def of_published(published: Published) -> Shown:
    """Where the artifact lies, and the proof of its service."""
    shown = {
        "version": published.version,
        "artifact": dg.MetadataValue.path(_near(published.path)),
        "report": dg.MetadataValue.path(f"{_near(published.path)}/report.html"),
    }
    if published.move is not None:
        shown["digest"] = published.move.digest[:DIGEST_SHOWN]
    if published.waiting:
        shown["waits_in_shadow"] = published.waiting.strip()
    verdict, proof = published.report.verdict, published.report.proof
    if verdict is not None:
        shown["verdict"] = verdict.sentence
        shown["rules"] = fitted(tables.rules_markdown(verdict))
    if proof is not None and proof.p95_ms is not None:
        shown["served_p95_ms"] = proof.p95_ms
    return shown


def _near(path: str) -> str:
    """A path below the working directory without what goes before, so that it fits the page."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


def _files(raw: RawTransactions) -> str:
    """The first files read, and every one that was not, with the reason."""
    read = [[tables.escaped(f.path), f"{f.rows:,}", tables.escaped(f.note)] for f in raw.files]
    if len(read) > FILES_SHOWN:
        read = [*read[:FILES_SHOWN], [f"and {len(read) - FILES_SHOWN:,} more", "", ""]]
    parts = [tables.markdown_table(["file read", "rows", "note"], read)]
    if raw.skipped:
        rest = [[tables.escaped(one.path), tables.escaped(one.why)] for one in raw.skipped]
        parts.append(tables.markdown_table(["not read", "why"], rest))
    return "\n\n".join(parts)


def _sample(frame: pd.DataFrame) -> dg.MarkdownMetadataValue:
    return fitted(_table(frame.tail(5)))


def _table(frame: pd.DataFrame) -> str:
    heads = [tables.escaped(name) for name in frame.columns]
    rows = [[tables.escaped(value) for value in row] for row in frame.to_numpy().tolist()]
    return tables.markdown_table(heads, rows)
