"""The columns of a step's table for Dagster, each with what the contract says of it.

Concept: https://docs.dagster.io/guides/build/assets/metadata-and-tags/table-metadata
"""

from collections.abc import Iterator

import dagster as dg
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data import columns

_OURS = {
    columns.ROW: "Position in the source; joins a row to its quarantine entry.",
    columns.TIME: "When the payment was made, UTC.",
    columns.SENDER: "Who paid, as text.",
    columns.AMOUNT: "The amount, in the contract's currency.",
    columns.LABEL: "1 fraud, 0 legitimate, missing where nobody knows yet.",
    columns.KNOWN_AT: "When the label became known, UTC.",
}
"""Columns that every table between steps has, whatever the contract calls their sources."""


def table_schema(frame: pd.DataFrame, contract: Contract) -> dg.TableSchema:
    """Name, type, meaning and rules of each column."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                str(name), str(kind), _meaning(str(name), contract), _rules(str(name), contract)
            )
            for name, kind in frame.dtypes.items()
        ]
    )


def _meaning(name: str, contract: Contract) -> str | None:
    if name in _OURS:
        return _OURS[name]
    if name in contract.derived:
        return contract.derived[name].definition
    said = [*_roles(name, contract)]
    if name in contract.features.names:
        kind = "number" if name in contract.features.numeric else "word"
        said.append(f"A feature of the model, a {kind}.")
    return " ".join(said) or None


def _roles(name: str, contract: Contract) -> Iterator[str]:
    """What the sections [columns] and [label] say of a column."""
    named, label = contract.columns, contract.label
    roles = {"id": named.id, "sender": named.sender, "amount": named.amount}
    roles |= {
        role: None if time is None else time.column
        for role, time in (("event_time", named.event_time), ("delivered_at", named.delivered_at))
    }
    for role, column in roles.items():
        if column == name:
            yield f"{type(named).model_fields[role].description}"
    if name in named.entities:
        yield "Payments with the same value belong together."
    if name == label.column:
        yield "The label, as exported."
    if label.known_at is not None and label.known_at.column == name:
        yield "The time at which the label became known, as exported."


def _rules(name: str, contract: Contract) -> dg.TableColumnConstraints | None:
    rules = [rule for rule in contract.rules.values() if rule.column == name]
    if not rules:
        return None
    return dg.TableColumnConstraints(
        nullable=not any(rule.required for rule in rules),
        other=[words for rule in rules for words in rule.bounds()],
    )
