"""The model of a raw payment, from the contract's columns: what the OpenAPI document says of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, Field, create_model

from fraud_assets.contract import Contract
from fraud_assets.contract.sections.rules import Rule
from fraud_assets.payments.instants import MICROS
from fraud_assets.payments.roles import kind_of, raw_columns
from fraud_assets.scoring.spec import Categorical, Numeric, Spec
from fraud_assets.service.settings import MAX_BATCH

_PRESENT: Any = str | float | bool | list[Any] | dict[str, object]
_WHEN = datetime(2026, 1, 2, 10)


def raw_payment_model(contract: Contract, spec: Spec) -> type[BaseModel]:
    """A model with the contract's raw columns, without its label, under their own names."""
    fields: Any = {
        f"f{i}": (
            _type(name, contract),
            Field(
                alias=name,
                description=raw_description(name, contract),
                examples=[_example(name, contract, spec)],
            ),
        )
        for i, name in enumerate(raw_columns(contract))
    }
    return create_model("RawPayment", **fields)


def raw_batch_model(payment: type[BaseModel]) -> type[BaseModel]:
    """Many raw payments, in the order in which they are decided."""
    kind = Annotated[list[payment], Field(max_length=MAX_BATCH)]  # type: ignore[valid-type]
    return create_model("RawPayments", payments=(kind, ...))


def raw_example(contract: Contract, spec: Spec) -> dict[str, object]:
    """A raw payment that keeps the contract's rules."""
    return {name: _example(name, contract, spec) for name in raw_columns(contract)}


def _type(name: str, contract: Contract) -> Any:
    columns, kind = contract.columns, kind_of(name, contract)
    needed = name == columns.id or any(rule.required for rule in _rules(name, contract))
    if kind not in {"time", "number"} and not _is_hour(name, contract):
        return _PRESENT if needed else Any
    event_time = columns.event_time is not None and name == columns.event_time.column
    number: Any = float | str | bool if kind == "number" else float | str
    return number if needed or event_time or _is_hour(name, contract) else number | None


def raw_description(name: str, contract: Contract) -> str:
    """What a raw column holds, with its rules."""
    columns, kind = contract.columns, kind_of(name, contract)
    said = {
        "time": "A time, as the export writes it or in ISO 8601.",
        "number": f"A number, or its text with the decimal sign {contract.source.decimal!r}.",
    }.get(kind, "A text; what is none counts by its text.")
    if name == columns.id:
        said = "The payment's id: the same again gets the first answer. Needed."
    elif _is_hour(name, contract):
        said = "The time of day, beside its date."
    rules = "; ".join(filter(None, (_said(rule) for rule in _rules(name, contract))))
    return f"{said}{' Rules: ' + rules + '.' if rules else ''} null means missing."


def _said(rule: Rule) -> str:
    return ", ".join([*rule.bounds(), *(["never missing"] if rule.required else [])])


def _example(name: str, contract: Contract, spec: Spec) -> Any:
    rules = _rules(name, contract)
    listed: list[Any] = [word for rule in rules for word in rule.one_of or ()]
    if listed:
        return listed[0]
    feature = next((f for f in spec.features if f.name == name), None)
    kind = kind_of(name, contract)
    if _is_hour(name, contract):
        return "10:00:00"
    if kind == "time":
        return _time_example(name, contract)
    if kind == "number":
        usual = feature.median if isinstance(feature, Numeric) else 1.0
        low = max((rule.min for rule in rules if rule.min is not None), default=usual)
        high = min((rule.max for rule in rules if rule.max is not None), default=usual)
        return min(max(usual, low), max(high, low))
    if isinstance(feature, Categorical) and feature.levels:
        return next(iter(feature.levels))
    return f"{name}-1"


def _time_example(name: str, contract: Contract) -> Any:
    """A morning in 2026, as the column writes times."""
    time = contract.time_columns[name]
    if time.format is not None:
        return _WHEN.strftime(time.format)
    if time.unit == "excel_days":
        return (_WHEN - datetime(1899, 12, 30)) / timedelta(days=1)
    if time.unit != "timestamp":
        return round((_WHEN - time.origin) // timedelta(microseconds=1) / MICROS[time.unit])
    return f"{_WHEN:%Y-%m-%d}" if getattr(time, "time", None) else f"{_WHEN:%Y-%m-%dT%H:%M:%SZ}"


def _is_hour(name: str, contract: Contract) -> bool:
    time = contract.columns.event_time
    return time is not None and name == time.time


def _rules(name: str, contract: Contract) -> list[Rule]:
    return [rule for rule in contract.rules.values() if rule.column == name]
