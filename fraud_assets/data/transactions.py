"""raw_transactions: reads and types what a contract names; loses nothing.

A row that breaks a rule goes to the quarantine table with its rules' names; the rest flow on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.contract.schema import EventTime
from fraud_assets.data.columns import AMOUNT, KNOWN_AT, LABEL, ROW, SENDER, TIME
from fraud_assets.data.parsing import parse_labels, parse_numbers, parse_text, parse_times
from fraud_assets.data.quarantine import (
    Failures,
    broken_rules,
    contract_failures,
    duplicate_failures,
    time_failures,
)
from fraud_assets.data.source import contract_columns, read_source
from fraud_assets.errors import DataError


@dataclass(frozen=True)
class RawTransactions:
    """Typed rows in time order, the quarantined ones as exported, and the week's T.

    `rows` holds the contract's raw columns and the roles of `fraud_assets.data.columns`;
    `quarantine` the rows as read plus `_rules`; `as_of` is None where there is no event time.
    """

    rows: pd.DataFrame
    quarantine: pd.DataFrame
    as_of: np.datetime64 | None
    newest: np.datetime64 | None
    read: int
    rule_counts: dict[str, int] = field(default_factory=dict)
    after_as_of: int = 0

    @property
    def quarantine_share(self) -> float:
        """Share of the rows read that were put aside."""
        return len(self.quarantine) / max(self.read, 1)


def read_transactions(
    contract: Contract, as_of: str | None = None, now: datetime | None = None
) -> RawTransactions:
    """Read the contract's transactions as they were known at `as_of` (ISO date or time, UTC).

    Raises
    ------
    DataError
        If the source cannot be read, no row survives, or `as_of` is no date.
    """
    exported = read_source(contract)
    rows, failures = _typed(exported, contract)
    wall = np.datetime64((now or datetime.now(UTC)).replace(tzinfo=None), "us")
    failures |= time_failures(rows, wall)
    failures |= contract_failures(rows, contract)
    failures |= duplicate_failures(rows, contract)
    broken = broken_rules(failures, rows.index)
    good = (broken == "").to_numpy()
    if not good.any():
        raise DataError(_nothing_left(contract, failures, len(rows)))
    quarantine = exported[~good].assign(**{ROW: np.flatnonzero(~good), "_rules": broken[~good]})
    counts = {name: int(mask.sum()) for name, mask in failures.items() if mask.any()}
    return _at(rows[good], quarantine, as_of, len(exported), counts)


def parse_as_of(text: str) -> np.datetime64:
    """An ISO date (the instant at which that day begins, UTC) or time as datetime64[us]."""
    try:
        stamp = datetime.fromisoformat(text)
    except ValueError as error:
        raise DataError(f'as_of must be an ISO date such as "2025-06-02", got {text!r}.') from error
    if stamp.tzinfo is not None:
        stamp = stamp.astimezone(UTC).replace(tzinfo=None)
    return np.datetime64(stamp, "us")


def _at(
    rows: pd.DataFrame,
    quarantine: pd.DataFrame,
    as_of: str | None,
    read: int,
    counts: dict[str, int],
) -> RawTransactions:
    if TIME not in rows:
        return RawTransactions(rows.reset_index(drop=True), quarantine, None, None, read, counts)
    rows = rows.sort_values([TIME, ROW], kind="stable")
    at: np.datetime64 = rows[TIME].to_numpy()[-1] if as_of is None else parse_as_of(as_of)
    seen = rows[rows[TIME] <= at].reset_index(drop=True)
    if seen.empty:
        first = rows[TIME].to_numpy()[0]
        raise DataError(f"as_of {at} must not lie before the first transaction, {first}.")
    newest: np.datetime64 = seen[TIME].to_numpy()[-1]
    return RawTransactions(seen, quarantine, at, newest, read, counts, len(rows) - len(seen))


def _typed(exported: pd.DataFrame, contract: Contract) -> tuple[pd.DataFrame, Failures]:
    columns, failures = contract.columns, Failures()
    typed: dict[str, pd.Series] = {}
    for name in contract_columns(contract):
        typed[name] = _column(name, exported[name], contract, failures)
    typed[ROW] = pd.Series(np.arange(len(exported)), index=exported.index)
    label, unknown = parse_labels(exported[contract.label.column], contract.label)
    typed[LABEL], failures["label_unknown"] = label, unknown
    if columns.event_time is not None:
        typed[TIME] = typed[columns.event_time.column]
    if columns.sender is not None:
        typed[SENDER] = typed[columns.sender]
    if columns.amount is not None:
        typed[AMOUNT] = typed[columns.amount]
    if contract.label.known_at is not None:
        typed[KNOWN_AT] = typed[contract.label.known_at]
    return pd.DataFrame(typed), failures


def _column(name: str, values: pd.Series, contract: Contract, failures: Failures) -> pd.Series:
    time = contract.columns.event_time
    if time is not None and name == time.column:
        parsed, bad = parse_times(values, time)
    elif name in _time_columns(contract):
        parsed, bad = parse_times(values, time if time and time.unit != "timestamp" else _STAMP)
    elif name in _number_columns(contract):
        parsed, bad = parse_numbers(values, contract.source.decimal)
    elif pd.api.types.is_integer_dtype(values.dtype) and name not in contract.features.categorical:
        return values  # ids of entities; as numbers they are compared fast and take no room
    else:
        case = contract.features.case if name in contract.features.categorical else "keep"
        return parse_text(values, case)
    if bad.any():
        failures[f"unparsable_{name}"] = bad
    return parsed


_STAMP = EventTime(column="")


def _time_columns(contract: Contract) -> set[str]:
    since = {getattr(derived, "since", None) for derived in contract.derived.values()}
    return {name for name in {contract.label.known_at, *since} if name is not None}


def _number_columns(contract: Contract) -> set[str]:
    bounded = {
        rule.column
        for rule in contract.rules.values()
        if rule.min is not None or rule.max is not None
    }
    of = {d.of for d in contract.derived.values() if d.kind in ("mean", "sum", "ratio")}
    names = {*contract.features.numeric, contract.columns.amount, *of, *bounded}
    return {name for name in names if name is not None} - set(contract.features.categorical)


def _nothing_left(contract: Contract, failures: Failures, read: int) -> str:
    worst = max(failures, key=lambda name: int(failures[name].sum()), default="none")
    return (
        f"At least one of the {read:,} rows must pass the rules of contract {contract.name}; "
        f"most broke {worst!r}. Look at the contract's columns and rules."
    )
