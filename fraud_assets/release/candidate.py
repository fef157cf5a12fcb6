"""A candidate as the files and metadata of a version, complete but for the store's own part."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata as packages
from typing import Any

import msgspec
import numpy as np

from fraud_assets import __version__
from fraud_assets.contract.load import contract_digest
from fraud_assets.data.rows import Rows
from fraud_assets.documents.formats import to_plain
from fraud_assets.modelling.tuned import unpickle_unverified
from fraud_assets.release.case import Case
from fraud_assets.release.gate import Verdict
from fraud_assets.report.html import render_report
from fraud_assets.scoring.export import export_scorer
from fraud_assets.store import texts
from fraud_assets.store.trust import pickling_libraries

Files = dict[str, bytes]
_TOLD = ("dagster", "onnx", "onnxruntime", "polars", "pyarrow")


@dataclass(frozen=True)
class Candidate:
    """What would be published: the case's pipeline and contract, and the service's own files."""

    case: Case
    service: Files

    def files(self, report: Mapping[str, Any]) -> Files:
        """Every file of a version except metadata.json and the signature."""
        return {
            "pipeline.joblib": self.case.tuned.payload,
            "report.json": (json.dumps(report, indent=1, allow_nan=False) + "\n").encode(),
            "report.html": render_report(report).encode(),
            "contract.toml": self.case.contract.text.encode(),
            **self.service,
        }

    def metadata(self, report: Mapping[str, Any]) -> dict[str, Any]:
        """metadata.json without what the store fills in."""
        return version_metadata(self.case, report)

    def keep_refused(self, report: Mapping[str, Any], verdict: Verdict) -> str:
        """Keep the candidate under `refused/`, signed with the reason; returns its name."""
        store = self.case.need_store()
        reason = texts.one_line(verdict.sentence)
        return store.refuse(self.files(report), self.metadata(report), reason=reason)


def make_candidate(case: Case, judged: Rows) -> Candidate:
    """Convert the tuned pipeline into the scorer's tables, reasons and golden rows."""
    tuned, legitimate = case.tuned, judged.take(judged.label == 0)
    pipeline = unpickle_unverified(tuned.payload)
    threshold, spellings = tuned.threshold.value, case.cleaned.spellings
    service = export_scorer(
        pipeline, case.contract, legitimate, threshold, judged, spellings=spellings
    )
    return Candidate(case, service)


def version_metadata(case: Case, report: Mapping[str, Any]) -> dict[str, Any]:
    """metadata.json without what the store fills in."""
    contract, tuned, metrics = case.contract, case.tuned, report["metrics"]
    return {
        "digest": tuned.digest,
        "as_of": report["as_of"],
        "contract": {"name": contract.name, "digest": contract_digest(contract)},
        "model": {"family": tuned.family, "parameters": tuned.parameters},
        "auc": metrics["roc_auc"]["value"],
        "average_precision": metrics["average_precision"]["value"],
        "threshold": tuned.threshold.value,
        "recall": metrics["recall"]["value"],
        "recall_interval": _interval(metrics["recall"]),
        "precision": metrics["precision"]["value"],
        "precision_interval": _interval(metrics["precision"]),
        "alert_rate": metrics["alert_rate"]["value"],
        "features": list(tuned.features),
        "input_features": list(contract.features.names),
        "training_samples": tuned.training_samples,
        "data_fingerprint": report["data"]["fingerprint"],
        "code_version": report["lineage"]["code_version"],
        "libraries": report["lineage"]["libraries"],
        "run_id": report["lineage"]["run_id"],
        "verdict": report["verdict"],
    }


def lineage(run_id: str, as_of: str, *, replayable: bool) -> dict[str, Any]:
    """Section `lineage` of report.json: how to make this very candidate again."""
    week = json.dumps({"ops": {"raw_transactions": {"config": {"as_of": as_of}}}})
    setting = f" --config-json '{week}'" if replayable else ""
    return {
        "command": "dagster asset materialize --select '*' -m fraud_assets.definitions" + setting,
        "code_version": __version__,
        "libraries": pickling_libraries() | _installed(),
        "run_id": run_id,
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
    }


def plain(value: Any) -> Any:
    """JSON-able copy of a report: numpy scalars as Python's, non-finite numbers as null."""
    if isinstance(value, msgspec.Struct):
        value = to_plain(value)
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def _interval(rate: Mapping[str, Any]) -> dict[str, Any]:
    return {key: rate[key] for key in ("low", "high", "n", "method")}


def _installed() -> dict[str, str]:
    return {name: version for name in _TOLD if (version := _version(name)) is not None}


def _version(name: str) -> str | None:
    try:
        return packages.version(name)
    except packages.PackageNotFoundError:
        return None
