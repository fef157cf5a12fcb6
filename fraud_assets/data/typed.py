"""From columns as exported to typed ones: which column is of which kind, and what they told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.data.columns import AMOUNT, KNOWN_AT, LABEL, ROW, SENDER, TIME
from fraud_assets.data.deliveries.column import delivery_times
from fraud_assets.data.kinds.category_column import category_column
from fraud_assets.data.kinds.column import Column, Spellings
from fraud_assets.data.kinds.identity_column import identity_column
from fraud_assets.data.kinds.labels import parse_labels
from fraud_assets.data.kinds.number_column import number_column, without_currencies
from fraud_assets.data.kinds.time_column import time_column
from fraud_assets.data.kinds.time_notes import time_notes
from fraud_assets.data.notes import Notes
from fraud_assets.data.quarantine import Failures
from fraud_assets.data.source import contract_columns
from fraud_assets.data.source.noticed import named_currencies
from fraud_assets.errors import DataError
from fraud_assets.payments.roles import number_columns
from fraud_assets.payments.words import number_words, text_words


@dataclass(frozen=True)
class Typed:
    """Typed rows, the rules that single values break, and what was noticed.

    `rows` holds the contract's columns and roles (see `data.columns`); `spellings` say for each
    category how the export writes its levels.
    """

    rows: pd.DataFrame
    failures: Failures
    notes: Notes
    spellings: Mapping[str, Spellings]


def typed_rows(
    exported: pd.DataFrame, contract: Contract, first: pd.DataFrame | None = None
) -> Typed:
    """Type every column that the contract names.

    `first` are the first rows of the whole export where these are a part of it.

    Raises
    ------
    DataError
        If a column can be read in two ways, such as dates that do not say whether the day or the
        month comes first; all such columns at once.
    """
    columns = {
        name: _column(exported[name], exported, contract, first)
        for name in contract_columns(contract)
    }
    faults = [fault for column in columns.values() for fault in column.faults]
    if faults:
        raise DataError("\n".join(faults))
    failures = {rule: bad for c in columns.values() for rule, bad in c.broken.items()}
    rows = {name: column.values for name, column in columns.items()}
    rows[ROW] = pd.Series(np.arange(len(exported)), index=exported.index)
    column, label = exported[contract.label.column], contract.label
    rows[LABEL], failures["label_unknown"] = parse_labels(column, label, contract.source.decimal)
    rows |= {role: rows[name] for role, name in _roles(contract).items() if name is not None}
    return Typed(
        pd.DataFrame(rows),
        failures,
        (
            *(note for c in columns.values() for note in c.notes),
            *time_notes(rows, contract),
            *named_currencies(exported, contract),
        ),
        {name: column.spellings for name, column in columns.items() if column.spellings},
    )


def _roles(contract: Contract) -> dict[str, str | None]:
    time, known = contract.columns.event_time, contract.label.known_at
    return {
        TIME: time.column if time else None,
        SENDER: contract.columns.sender,
        AMOUNT: contract.columns.amount,
        KNOWN_AT: known.column if known else None,
    }


def _column(
    values: pd.Series, exported: pd.DataFrame, contract: Contract, first: pd.DataFrame | None
) -> Column:
    """The column as the kind that the contract's use of it makes it."""
    name, source = str(values.name), contract.source
    delivered, event = contract.columns.delivered_at, contract.columns.event_time
    if delivered is not None and name == delivered.column:
        return delivery_times(values, delivered, number_words(source))
    if event is not None and name == event.column and event.time is not None:
        return time_column(values, event, number_words(source), exported[event.time])
    if name in contract.time_columns:
        return time_column(values, contract.time_columns[name], number_words(source))
    if name in number_columns(contract):
        is_amount = name == contract.columns.amount
        found = number_column(values, source, contract.columns.currency if is_amount else None)
        return found if contract.rates is None else without_currencies(found)
    if name in contract.features.categorical:
        return category_column(values, contract.features.case, text_words(source))
    return identity_column(values, text_words(source), None if first is None else first[name])
