"""The factory's own record as a source: the payments that were decided, and what was said of them.

A payment stands there as it was sent, once for each of its labels in the order of knowing, so
that deliveries and labels are read by the rules that hold for files; one of which nobody said
anything is no fraud as far as is known, and counts so after `label.maturity_days`, but for those
that were stopped, of which nothing can be known. Values whose subject was forgotten are missing.
Nothing is written to disk.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from fraud_assets.contract import Contract
from fraud_assets.contract.sections.source import Source
from fraud_assets.data.provenance.sources import Witness
from fraud_assets.data.source.export import Skipped
from fraud_assets.data.source.files import to_open
from fraud_assets.data.source.stored import Stored
from fraud_assets.data.source.table import SourceTables
from fraud_assets.data.source.times import EventTimes
from fraud_assets.decisions.erasure import DecisionOpener, keys_folder
from fraud_assets.decisions.erasure.tokens import key_id_of
from fraud_assets.decisions.once import CountedOnce, counted_once
from fraud_assets.decisions.outcomes import known_labels
from fraud_assets.decisions.places import places_of
from fraud_assets.decisions.reading import read_decisions, read_labels
from fraud_assets.documents.decision import Decision, JsonValue, Label
from fraud_assets.errors import DataError, RecordError
from fraud_assets.values.counted import counted
from fraud_assets.values.identity import written

NAME = "decisions on record.parquet"
"""How sentences and reports name it."""

Said: TypeAlias = tuple[Decision, Label | None]
"""A decision and one thing that was said of its payment, None where nobody said anything."""

_STAMP = pa.timestamp("us", "UTC")


class _Record:
    name = "record"
    is_living = False
    """It is appended to alone: what was read of it stays true."""

    def serves(self, source: Source) -> bool:
        """Whether the contract names the record."""
        return source.decisions

    def tables(self, contract: Contract, times: EventTimes) -> SourceTables:  # noqa: ARG002
        """The record as one table."""
        table, aside = record_table(contract)
        return SourceTables((to_open(table, contract.source),), aside)

    def witnesses(self, contract: Contract, times: EventTimes) -> Sequence[Witness]:  # noqa: ARG002
        """None: what was read of it stays true."""
        return ()


PROVIDER = _Record()


def record_table(contract: Contract) -> tuple[Stored, tuple[Skipped, ...]]:
    """The record of the contract's decisions as one table, and what of it does not count.

    Raises
    ------
    DataError
        If there is no record, it does not hold, or it has no decision.
    """
    once = _once(contract)
    try:
        labels = known_labels(read_labels(places_of(contract.name).record))
    except RecordError as error:
        raise _unusable(contract, error) from error
    data = _written(once.decisions, labels, contract)
    said = (once.sentence, _stopped_sentence(once.decisions, labels))
    aside = tuple(Skipped(NAME, sentence) for sentence in said if sentence)
    return Stored(NAME, NAME, len(data), lambda: io.BytesIO(data)), aside


def decided(contract: Contract) -> list[Decision]:
    """The first decision on each payment of the record, in order of time.

    Opened where a subject's key is there.

    Raises
    ------
    DataError
        If there is no record, it does not hold, or it has no decision.
    """
    return _once(contract).decisions


def _once(contract: Contract) -> CountedOnce:
    folder = places_of(contract.name).record
    try:
        opener = DecisionOpener(keys_folder(folder))
        decisions = [opener.open(one) for one in read_decisions(folder)]
    except RecordError as error:
        raise _unusable(contract, error) from error
    if not decisions:
        raise DataError(
            f"source.decisions of contract {contract.name} needs decisions on record, and {folder} "
            "has none yet: let the service decide payments first."
        )
    return counted_once(decisions)


def _stopped_sentence(decisions: Sequence[Decision], labels: dict[str, list[Label]]) -> str:
    """What rates on this record lack: the gate's are of payments with a label, not weighted."""
    stopped = sum(one.was_stopped and one.payment_id not in labels for one in decisions)
    if not stopped:
        return ""
    return (
        f"{stopped:,} of {counted(len(decisions), 'payment')} were stopped, so nobody will say "
        "what they "
        "were: recall and alert rate measured on this record leave them out and are lower than "
        "in truth; `fraud-assets monitor` weights what live.release_share let through"
    )


def _unusable(contract: Contract, error: RecordError) -> DataError:
    return DataError(f"source.decisions of contract {contract.name}: {error}")


def _written(
    decisions: Sequence[Decision], labels: dict[str, list[Label]], contract: Contract
) -> bytes:
    said: list[Said] = []
    for decision in decisions:
        told: Sequence[Label | None] = labels.get(decision.payment_id) or (None,)
        said += [(decision, label) for label in told]
    names = dict.fromkeys(name for decision in decisions for name in decision.payment)
    decimal = contract.source.decimal
    columns = {
        name: _column([_clear(one.payment.get(name)) for one, _ in said], decimal) for name in names
    }
    columns |= _label_columns(said, contract)
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def _label_columns(said: Sequence[Said], contract: Contract) -> dict[str, pa.Array]:
    told, known_at = contract.label, contract.label.known_at
    words = {True: written(told.positive[0]), False: written(told.negative[0]), None: None}
    values = [words[_fraud(*one)] for one in said]
    times = [None if label is None else label.known_at for _, label in said]
    columns = {told.column: pa.array(values, pa.string())}
    if known_at is not None:
        columns[known_at.column] = pa.array(times, _STAMP)
    return columns


def _fraud(decision: Decision, label: Label | None) -> bool | None:
    """What is known: nothing of a stopped payment, no fraud of one that nobody reported."""
    if label is not None:
        return label.is_fraud
    return None if decision.was_stopped else False


def _clear(value: JsonValue) -> JsonValue:
    """A value, missing where its subject was forgotten."""
    return None if key_id_of(value) is not None else value


def _column(values: Sequence[JsonValue], decimal: str) -> pa.Array:
    """Numbers as such; where some value is text, all are, as the contract's files write them."""
    present = [value for value in values if value is not None]
    if all(type(value) is int for value in present):
        return pa.array(values, pa.int64() if present else pa.string())
    if all(type(value) in {int, float} for value in present):
        return pa.array([None if v is None else float(v) for v in values], pa.float64())
    return pa.array([_text(value, decimal) for value in values], pa.string())


def _text(value: JsonValue, decimal: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    text = written(value)
    return text.lower() if isinstance(value, bool) else text.replace(".", decimal)
