"""From columns as exported to typed ones, and which values would not be understood."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.contract.names import TOO_LARGE, UNPARSABLE
from fraud_assets.contract.schema import EventTime
from fraud_assets.data.columns import AMOUNT, KNOWN_AT, LABEL, ROW, SENDER, TIME
from fraud_assets.data.deliveries.column import parse_deliveries
from fraud_assets.data.instants import parse_times
from fraud_assets.data.parsing import LARGEST_NUMBER, parse_labels, parse_numbers, parse_text
from fraud_assets.data.quarantine import Failures
from fraud_assets.data.source import contract_columns


def typed_rows(exported: pd.DataFrame, contract: Contract) -> tuple[pd.DataFrame, Failures]:
    """The contract's columns and roles (see `data.columns`), and rules broken by single values.

    Raises
    ------
    DataError
        If a column of dates does not say whether day or month comes first.
    """
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
    time, delivered = contract.columns.event_time, contract.columns.delivered_at
    if delivered is not None and name == delivered.column:
        parsed, bad = parse_deliveries(values, delivered)
    elif (time is not None and name == time.column) or name in _time_columns(contract):
        parsed, bad = parse_times(values, time or _STAMP)
    elif name in _number_columns(contract):
        parsed, bad = parse_numbers(values, contract.source.decimal)
        failures[f"{TOO_LARGE}{name}"] = parsed.abs() > LARGEST_NUMBER
    elif pd.api.types.is_integer_dtype(values.dtype) and name not in contract.features.categorical:
        return values  # ids of entities; as numbers they are compared fast and take no room
    else:
        case = contract.features.case if name in contract.features.categorical else "keep"
        return parse_text(values, case)
    failures[f"{UNPARSABLE}{name}"] = bad
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
