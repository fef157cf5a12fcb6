"""Of which kind each raw column is, by the contract's use of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from fraud_assets.contract import Contract
from fraud_assets.terms.times import TimeColumn, column_name

ColumnKind = Literal["time", "number", "category", "identity"]


def raw_columns(contract: Contract) -> list[str]:
    """Columns of a payment that the contract uses, without label and delivery, in order."""
    names = map(column_name, _mentions(contract))
    told = {contract.label.column, column_name(contract.label.known_at)}
    told.add(column_name(contract.columns.delivered_at))
    return list(dict.fromkeys(name for name in names if name is not None and name not in told))


def kind_of(name: str, contract: Contract) -> ColumnKind:
    """How a column's values are read."""
    if name in contract.time_columns:
        return "time"
    if name in number_columns(contract):
        return "number"
    return "category" if name in contract.features.categorical else "identity"


def number_columns(contract: Contract) -> set[str]:
    """Raw columns that hold numbers."""
    bounded = {
        rule.column
        for rule in contract.rules.values()
        if rule.min is not None or rule.max is not None
    }
    of = {name for kind in contract.derived.values() for name in kind.names("number")}
    money = () if contract.rates is None else contract.rates.amounts
    names = {*contract.features.numeric, contract.columns.amount, *of, *bounded, *money}
    return {name for name in names if name is not None} - set(contract.features.categorical)


def _mentions(contract: Contract) -> Iterator[str | TimeColumn | None]:
    columns, time = contract.columns, contract.columns.event_time
    yield from (columns.id, time, time.time if time else None, columns.sender)
    yield from (*columns.entities, columns.amount)
    yield from (name for name in contract.features.names if name not in contract.derived)
    for derived in contract.derived.values():
        yield from (column for _, column in derived.columns.values())
    yield from (rule.column for rule in contract.rules.values())
