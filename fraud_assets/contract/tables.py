"""Looks into a contract's raw tables, whose types nobody has checked yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from fraud_assets.features import kind_named, kinds

RawTable = Mapping[str, Any]
Sources = Iterator[tuple[str, str, object]]
"""Key, use and value of each place in which a derived feature names a column."""


def section(raw: RawTable, name: str) -> RawTable:
    """The table of that name, empty where it is none."""
    value = raw.get(name, {})
    return value if isinstance(value, Mapping) else {}


def tables(raw: RawTable, name: str) -> Iterator[tuple[str, RawTable]]:
    """The tables inside a section, such as each derived column."""
    for key, value in section(raw, name).items():
        if isinstance(value, Mapping):
            yield key, value


def derived_sources(raw: RawTable) -> Sources:
    """Where derived features name columns; of an unknown kind, where any kind would."""
    every = {role: use for kind in kinds().values() for role, use in kind.ROLES.items()}
    for name, table in tables(raw, "derived"):
        kind = kind_named(table.get("kind"))
        for role, use in (kind.ROLES if kind else every).items():
            yield f"derived.{name}.{role}", use, table.get(role)


def looks_back_for_ever(table: RawTable) -> bool:
    """Whether a derived feature is a whole declaration of one that no span of time bounds."""
    kind = kind_named(table.get("kind"))
    try:
        return kind is not None and kind.model_validate(table).reach.span is None
    except ValidationError:
        return False  # told elsewhere


def texts(value: object) -> list[str]:
    """The texts in a list; whatever else stands there is a fault told elsewhere."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def repeated(names: Iterable[str]) -> list[str]:
    """Names that stand more than once, sorted."""
    return sorted(name for name, count in Counter(names).items() if count > 1)


def feature_names(raw: RawTable) -> list[str]:
    """Numeric and categorical features, in the order named."""
    features = section(raw, "features")
    return [*texts(features.get("numeric")), *texts(features.get("categorical"))]


def named(value: object) -> object:
    """The column that a text or a table of a time column names."""
    return value.get("column") if isinstance(value, Mapping) else value


def event_time(raw: RawTable) -> object:
    """The column of the event time, or None."""
    return named(section(raw, "columns").get("event_time"))


def time_tables(raw: RawTable) -> Iterator[tuple[str, RawTable]]:
    """Every description of a time column in a table of its own, by its key."""
    columns = section(raw, "columns")
    found = {f"columns.{role}": columns.get(role) for role in ("event_time", "delivered_at")}
    found["label.known_at"] = section(raw, "label").get("known_at")
    found |= {key: value for key, use, value in derived_sources(raw) if use == "time"}
    for key, value in found.items():
        if isinstance(value, Mapping):
            yield key, value


def time_columns(raw: RawTable) -> dict[str, str]:
    """Columns of instants and what makes them so: event time, known_at, since."""
    columns, label = section(raw, "columns"), section(raw, "label")
    time = columns.get("event_time")
    pairs = [
        (named(value), key.rpartition(".")[2])
        for key, use, value in derived_sources(raw)
        if use == "time"
    ]
    pairs += [(named(label.get("known_at")), "known_at"), (named(time), "event time")]
    pairs += [(named(columns.get("delivered_at")), "delivered_at")]
    if isinstance(time, Mapping):
        pairs.append((time.get("time"), "time of day"))
    return {name: role for name, role in pairs if isinstance(name, str)}
