"""Labels that stand in files: a file of labels alone, or those of the contract's own source."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.kinds.identity_column import identity_column
from fraud_assets.data.kinds.labels import parse_labels
from fraud_assets.data.kinds.time_column import time_column
from fraud_assets.data.source.read import read_columns
from fraud_assets.documents.decision import Label
from fraud_assets.errors import DataError
from fraud_assets.payments.words import number_words, text_words
from fraud_assets.terms.times import TimeColumn

NO_ID, NO_WORD, NO_TIME = "no_payment_id", "label_unknown", "known_at_unparsable"
"""The rules that a row of labels breaks."""


_DAY = 86_400_000_000


@dataclass(frozen=True)
class FiledLabels:
    """The labels of good rows in the order of the file, and how many rows broke which rule.

    Rows that have no label, or of which nobody can say since when it was known, say nothing and
    are counted in `silent`. `received_at` is `known_at`, microseconds since 1970, UTC.
    """

    labels: list[Label]
    broken: Mapping[str, int]
    silent: int


def labels_in(path: Path, contract: Contract, now: int) -> FiledLabels:
    """The labels in a file of the contract's columns: id, label, and when it became known.

    Where the contract names no `label.known_at`, all are known since `now` (microseconds). A label
    of a time after `now` breaks the rule of times.

    Raises
    ------
    DataError
        If the contract names no payment id, or the file cannot be read.
    """
    changes = {"path": str(path.absolute()), "decisions": False, "table": None, "query": None}
    source = contract.source.model_copy(update=changes)
    there = contract.model_copy(update={"source": source})
    known = contract.label.known_at
    frame = _read(there, [] if known is None else [known.column])
    nothing = pd.Series(False, index=frame.index)
    if known is None:
        return _labels(frame, contract, pd.Series(now, index=frame.index, dtype="Int64"), nothing)
    at, unparsable = _instants(frame, known, contract)
    late = (at > now).fillna(value=False).astype(bool)
    return _labels(frame, contract, at.mask(late), unparsable | late)


def source_labels(contract: Contract, payments: Collection[str]) -> list[Label]:
    """What the contract's own source says of the payments of these ids.

    Nothing where the source is the record itself, or payments have no id. Where the contract names
    no `label.known_at`, a label is known since its payment is as old as `label.maturity_days`.

    Raises
    ------
    DataError
        If the source cannot be read.
    """
    if contract.source.decisions or contract.columns.id is None:
        return []
    known, event = contract.label.known_at, contract.columns.event_time
    time = known or event
    if time is None:
        return []
    clock = [] if known or event is None or event.time is None else [event.time]
    frame = _read(contract, [time.column, *clock])
    ids = identity_column(frame[contract.columns.id], text_words(contract.source)).values
    frame = frame[ids.astype(str).isin(payments).to_numpy()]
    at, unparsable = _instants(frame, time, contract)
    if known is None:
        at += round(contract.label.maturity_days * _DAY)
    return _labels(frame, contract, at, unparsable).labels


def _read(contract: Contract, times: list[str]) -> pd.DataFrame:
    if contract.columns.id is None:
        raise DataError(
            f"columns.id of contract {contract.name} must name the payment's id: without it no "
            "label meets a decision."
        )
    return read_columns(contract, [contract.columns.id, contract.label.column, *times]).frame


def _instants(
    frame: pd.DataFrame, time: TimeColumn, contract: Contract
) -> tuple[pd.Series, pd.Series]:
    """Int64 microseconds, missing where there is none, and which do not read."""
    clock = getattr(time, "time", None)
    hours = None if clock is None else frame[clock]
    column = time_column(frame[time.column or ""], time, number_words(contract.source), hours)
    if column.faults:
        raise DataError("\n".join(column.faults))
    stamps = pd.Series(column.values, index=frame.index).astype("datetime64[us]")
    at = stamps.astype("int64").astype("Int64").mask(stamps.isna())
    return at, next(iter(column.broken.values())).astype(bool)


def _labels(
    frame: pd.DataFrame, contract: Contract, known: pd.Series, unparsable: pd.Series
) -> FiledLabels:
    source = contract.source
    ids = identity_column(frame[contract.columns.id], text_words(source)).values
    column = frame[contract.label.column]
    fraud, unknown = parse_labels(column, contract.label, source.decimal)
    bad = {NO_ID: ids.isna(), NO_WORD: unknown, NO_TIME: unparsable}
    broken = bad[NO_ID] | bad[NO_WORD] | bad[NO_TIME]
    silent = ~broken & (fraud.isna() | known.isna())
    good = ~broken & ~silent
    labels = [
        Label(payment_id=str(one), is_fraud=bool(said), known_at=int(at), received_at=int(at))
        for one, said, at in zip(ids[good], fraud[good], known[good], strict=True)
    ]
    counts = {rule: int(rows.sum()) for rule, rows in bad.items() if rows.any()}
    return FiledLabels(labels, counts, int(silent.sum()))
