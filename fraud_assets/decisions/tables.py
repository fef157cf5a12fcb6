"""Outcomes as one Parquet file: each decision beside what was known of it at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from fraud_assets.decisions.outcomes import Outcome
from fraud_assets.store.files import flush_file, flush_folder, one_sentence

SCHEMA = pa.schema(
    {
        "decision_id": pa.string(),
        "payment_id": pa.string(),
        "event_time": pa.timestamp("us", "UTC"),
        "decided_at": pa.timestamp("us", "UTC"),
        "version": pa.string(),
        "probability": pa.float64(),
        "threshold": pa.float64(),
        "is_flagged": pa.bool_(),
        "released": pa.bool_(),
        "release_probability": pa.float64(),
        "is_fraud": pa.bool_(),
        "known_at": pa.timestamp("us", "UTC"),
        "said": pa.int64(),
        "turned": pa.int64(),
    }
)
"""Columns of the table; `is_fraud` and `known_at` are null where nothing is known yet."""

_OF_LABEL = ("is_fraud", "known_at")
_OF_OUTCOME = ("said", "turned")


class Counted(msgspec.Struct, frozen=True):
    """How many decisions, of these labelled, fraud, flagged, flagged frauds, and released."""

    decisions: int
    labelled: int
    frauds: int
    flagged: int
    caught: int
    released: int


def count_outcomes(found: Sequence[Outcome]) -> Counted:
    """The counts of outcomes."""
    frauds = [one for one in found if one.label is not None and one.label.is_fraud]
    return Counted(
        decisions=len(found),
        labelled=sum(one.label is not None for one in found),
        frauds=len(frauds),
        flagged=sum(one.decision.is_flagged for one in found),
        caught=sum(one.decision.is_flagged for one in frauds),
        released=sum(one.decision.released for one in found),
    )


def write_outcomes(path: Path, found: Sequence[Outcome]) -> None:
    """Put the table in place of the one before it, whole or not at all.

    Raises
    ------
    StoreError
        If the disk refuses.
    """
    columns = [
        pa.array([_value(one, name) for one in found], SCHEMA.field(name).type)
        for name in SCHEMA.names
    ]
    beside = path.with_name(f".{path.name}")
    with one_sentence("write outcomes to", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns, schema=SCHEMA), beside, compression="zstd")
        flush_file(beside)
        beside.replace(path)
        flush_folder(path.parent)


def _value(one: Outcome, name: str) -> object:
    if name in _OF_LABEL:
        return None if one.label is None else getattr(one.label, name)
    return getattr(one if name in _OF_OUTCOME else one.decision, name)
