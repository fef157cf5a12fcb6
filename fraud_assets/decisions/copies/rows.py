"""Decisions, labels and scores of shadows as rows of plain values; what is nested stands as JSON.

A column that comes later is added at the end, with the default of the entry's own field, and
raises FORMAT: copies of every older format are read for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

import msgspec

from fraud_assets.decisions.copies.pieces import Origin
from fraud_assets.documents.decision import Decision, Label, Shadowed
from fraud_assets.errors import RecordError

FORMAT = 1
"""Format of the rows; raise it when a reader of the previous one would misread them."""

CellType: TypeAlias = Literal["text", "time", "whole", "number", "truth", "json"]

DECISIONS: Mapping[str, CellType] = {
    "decision_id": "text",
    "payment_id": "text",
    "event_time": "time",
    "decided_at": "time",
    "contract": "text",
    "version": "text",
    "manifest": "text",
    "payment": "json",
    "features": "json",
    "state": "text",
    "late": "truth",
    "probability": "number",
    "threshold": "number",
    "is_flagged": "truth",
    "released": "truth",
    "release_probability": "number",
    "reasons": "json",
    "shadow": "json",
    "latency_us": "whole",
    "api_key": "text",
    "format": "whole",
    "recalled_at": "time",
}
"""Columns of a decision, and what they hold; times are microseconds since 1970, UTC."""

LATER = ("recalled_at",)
"""Those that tables of earlier releases lack."""

LABELS: Mapping[str, CellType] = {
    "payment_id": "text",
    "is_fraud": "truth",
    "known_at": "time",
    "received_at": "time",
    "api_key": "text",
    "format": "whole",
    "log": "text",
    "writer": "whole",
    "segment": "whole",
    "entry": "whole",
}
"""Columns of a label; the last four say where in the log it stands, and so which it is."""

SHADOWS: Mapping[str, CellType] = {
    "decision_id": "text",
    "version": "text",
    "manifest": "text",
    "probability": "number",
    "is_flagged": "truth",
    "scored_at": "time",
    "format": "whole",
    "log": "text",
    "writer": "whole",
    "segment": "whole",
    "entry": "whole",
}
"""Columns of what a shadow would have decided; the last four say where in the log it stands."""


def decision_row(decision: Decision) -> tuple[Any, ...]:
    """A decision's values in the order of `DECISIONS`."""
    return tuple(_value(kind, getattr(decision, name)) for name, kind in DECISIONS.items())


def label_row(label: Label, origin: Origin, entry: int) -> tuple[Any, ...]:
    """A label's values in the order of `LABELS`."""
    own = (label.payment_id, label.is_fraud, label.known_at, label.received_at, label.api_key)
    return (*own, label.format, origin.log, origin.writer, origin.number, entry)


def shadow_row(entry: Shadowed, origin: Origin, at: int) -> tuple[Any, ...]:
    """A shadow's values in the order of `SHADOWS`."""
    one = entry.shadow
    own = (entry.decision, one.version, one.manifest, one.probability, one.is_flagged)
    return (*own, entry.scored_at, entry.format, origin.log, origin.writer, origin.number, at)


def decisions_of(rows: Iterator[Mapping[str, Any]]) -> Iterator[Decision]:
    """Rows back as decisions; a column that an older copy lacks has its field's default.

    Raises
    ------
    RecordError
        If a row is none.
    """
    for row in rows:
        plain = {
            name: msgspec.json.decode(value) if DECISIONS[name] == "json" else value
            for name, value in row.items()
            if name in DECISIONS
        }
        try:
            yield msgspec.convert({"kind": "decision", **plain}, Decision)
        except msgspec.ValidationError as error:
            raise RecordError(f"A copied row is no decision ({error}): copy it anew.") from error


def _value(kind: CellType, value: Any) -> Any:
    return msgspec.json.encode(value).decode() if kind == "json" else value
