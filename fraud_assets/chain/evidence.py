"""Binds each step's value to the contract, files, code and steps that it was made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from fraud_assets.contract import Contract
from fraud_assets.data.as_of import asked_instant
from fraud_assets.data.exchange import rates_source
from fraud_assets.data.provenance.content import digest_of_rows
from fraud_assets.data.provenance.made import (
    DATA,
    SEARCH,
    THRESHOLD,
    Made,
    Step,
    begin_record,
    follow,
    require_current,
)
from fraud_assets.data.provenance.sources import SourceFile, Witness, changed_files, look_at
from fraud_assets.data.source import EventTimes, is_living, times_needed, witnesses
from fraud_assets.data.source.files import relative_name
from fraud_assets.data.source.times import ALL_TIMES
from fraud_assets.data.transactions import RawTransactions
from fraud_assets.errors import EvidenceError

RAW = Step("raw_transactions", "fraud_assets.data.transactions", DATA)
CLEANED = Step("cleaned_features", "fraud_assets.data.cleaning", DATA)
CANDIDATES = Step("candidate_models", "fraud_assets.modelling.search.candidates", SEARCH)
TUNED = Step("tuned_pipeline", "fraud_assets.modelling.tuning", THRESHOLD)
REPORT = Step("evaluation_report", "fraud_assets.release.judgement", THRESHOLD)


class StepValue(Protocol):
    """A step's value that says what it was made of."""

    @property
    def made(self) -> Made | None:
        """None for a value that no step of the chain has made."""
        ...


Value = TypeVar("Value", bound=StepValue)


def witnessed(contract: Contract, as_of: str | None = None) -> tuple[SourceFile, ...]:
    """What a run at `as_of` reads, as it is now, with digests.

    Raises
    ------
    DataError
        If it cannot be read, or `as_of` is no instant or asked for where rows have no time.
    """
    return look_at(_parts(contract, times_needed(contract, asked_instant(contract, as_of))))


def begun(
    raw: RawTransactions, contract: Contract, before: Sequence[SourceFile]
) -> RawTransactions:
    """The first step's value, bound to the files that were witnessed before it read them.

    Raises
    ------
    EvidenceError
        If a file changed while it was read.
    """
    if faults := _changed(contract, before):
        raise EvidenceError(
            f"The source must stay as it is while it is read, but {', '.join(faults)}. Run "
            f"{RAW.name} again when its export is complete."
        )
    # Files, contract and code decide every row; the instant of the week is the rest. A source
    # that goes on living decides nothing later: its rows themselves count.
    content = f"{raw.as_of} {len(raw.rows)} {len(raw.quarantine)}"
    if is_living(contract):
        content += f" {digest_of_rows(raw.rows)}"
    made = begin_record(RAW, contract, _week(raw), before, content)
    return dataclasses.replace(raw, made=made)


def demand_current(contract: Contract, *upstream: StepValue) -> None:
    """Demand that all were made by the chain, of what holds now and of each other.

    Raises
    ------
    EvidenceError
        With the step to run again.
    """
    require_current(contract, [_made(value) for value in upstream], _changed)


def bind(value: Value, step: Step, contract: Contract, content: str, *upstream: StepValue) -> Value:
    """The value with the record of what it was made of; `content` is its digest."""
    made = follow(step, contract, [_made(part) for part in upstream], content)
    changed_value: Any = value
    return dataclasses.replace(changed_value, made=made)


def _made(value: StepValue) -> Made:
    if value.made is None:
        raise EvidenceError(
            f"A {type(value).__name__} must say what it was made of, but this one does not. "
            f"Run {RAW.name} and every step after it."
        )
    return value.made


def _changed(contract: Contract, before: Sequence[SourceFile]) -> list[str]:
    return changed_files(before, _parts(contract))


def _parts(contract: Contract, times: EventTimes = ALL_TIMES) -> list[Witness]:
    """All that rows are read from, by names that hold wherever contract and data lie together."""
    rates = rates_source(contract)
    parts: list[Any] = [*witnesses(contract, times), *([] if rates is None else witnesses(rates))]
    return [
        dataclasses.replace(part, shown=relative_name(part.shown, contract.base)) for part in parts
    ]


def _week(raw: RawTransactions) -> str:
    return "" if raw.as_of is None else str(raw.as_of)
