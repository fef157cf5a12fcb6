"""JSON Schema of each document, for readers in other languages."""

from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec

from fraud_assets.documents.backtest.whole import Backtest
from fraud_assets.documents.check import CheckDocument
from fraud_assets.documents.decision import Decision, Gap, Label, Shadowed
from fraud_assets.documents.metadata import Metadata
from fraud_assets.documents.production import Production
from fraud_assets.documents.report.proof import Proof
from fraud_assets.documents.report.whole import Report
from fraud_assets.documents.signed.checkpoint import Checkpoint
from fraud_assets.documents.signed.move import Move
from fraud_assets.documents.signed.removal import Removal
from fraud_assets.documents.signed.shadow_naming import ShadowNaming
from fraud_assets.documents.signed.succession import Succession
from fraud_assets.documents.verdict import Verdict

DOCUMENTS: Mapping[str, type[msgspec.Struct]] = {
    "backtest": Backtest,
    "decision": Decision,
    "gap": Gap,
    "label": Label,
    "check": CheckDocument,
    "checkpoint": Checkpoint,
    "metadata": Metadata,
    "move": Move,
    "production": Production,
    "proof": Proof,
    "removal": Removal,
    "report": Report,
    "shadow": Shadowed,
    "shadow_naming": ShadowNaming,
    "succession": Succession,
    "verdict": Verdict,
}

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_files(documents: Mapping[str, type[msgspec.Struct]] = DOCUMENTS) -> dict[str, bytes]:
    """The schema of each document by its file's name, such as report.json."""
    return {f"{name}.json": _schema(kind) for name, kind in documents.items()}


def _schema(kind: type[msgspec.Struct]) -> bytes:
    schema = {"$schema": DIALECT, **msgspec.json.schema(kind)}
    return (json.dumps(schema, indent=1, sort_keys=True) + "\n").encode()
