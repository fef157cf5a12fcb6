"""Which column may play which role: no feature may tell the label, no role exclude another."""

from __future__ import annotations

from collections.abc import Iterator

from fraud_assets.contract.names import (
    BUILT_IN_RULES,
    MALFORMED,
    RESERVED_COLUMNS,
    TOO_LARGE,
    UNPARSABLE,
    WAS_FRAUD,
    folded_name,
)
from fraud_assets.contract.tables import (
    RawTable,
    derived_sources,
    feature_names,
    named,
    section,
    tables,
    texts,
    time_columns,
    time_tables,
)
from fraud_assets.errors import Fault


def column_faults(raw: RawTable) -> list[Fault]:
    """Every column named in a role that its other roles forbid."""
    return [
        *_feature_faults(raw),
        *_leaks(raw),
        *_kind_faults(raw),
        *_time_faults(raw),
        *_rule_faults(raw),
        *_reserved_faults(raw),
    ]


def _label_columns(raw: RawTable) -> dict[str, str]:
    """Folded names of the columns that only the future knows, and their roles.

    Columns are found in the data in spite of blanks and case, so they leak in spite of them.
    """
    label = section(raw, "label")
    roles = {role: named(label.get(role)) for role in ("known_at", "column")}
    return {folded_name(name): role for role, name in roles.items() if name}


def _feature_faults(raw: RawTable) -> Iterator[Fault]:
    label = _label_columns(raw)
    times = {folded_name(name): role for name, role in time_columns(raw).items()}
    for name in dict.fromkeys(feature_names(raw)):
        if folded_name(name) in label:
            role = label[folded_name(name)]
            yield Fault("features", f"must not contain the label's {role}", name)
        elif folded_name(name) in times:
            rule = (
                f"must not contain the {times[folded_name(name)]} column; derive an age or calendar"
            )
            yield Fault("features", f"{rule} flag from it", name)


def _leaks(raw: RawTable) -> Iterator[Fault]:
    label = _label_columns(raw)
    for key, _, value in derived_sources(raw):
        column = named(value)
        if column is not None and folded_name(column) in label:
            rule = f"must not be the label's {label[folded_name(column)]}, which a payment"
            hint = 'cannot know when it is made; kind "label_share" waits for it'
            yield Fault(key, f"{rule} {hint}", column)


def _kind_faults(raw: RawTable) -> Iterator[Fault]:
    """Columns whose numbers are asked for although they hold words or instants."""
    for key, use, column in derived_sources(raw):
        if use == "number":
            yield from _no_number(raw, key, column)


def _no_number(raw: RawTable, key: str, column: object) -> Iterator[Fault]:
    words = texts(section(raw, "features").get("categorical"))
    if isinstance(column, str) and (column in words or column in time_columns(raw)):
        yield Fault(key, "must be a column of numbers, not a category or a time", column)


def _time_faults(raw: RawTable) -> Iterator[Fault]:
    """Two descriptions of one column: a column is read once, in one way."""
    first: dict[object, object] = {}
    for key, table in time_tables(raw):
        column = table.get("column")
        if isinstance(column, str) and first.setdefault(column, table) != table:
            yield Fault(key, "must describe the column as it is described elsewhere", dict(table))


def _rule_faults(raw: RawTable) -> Iterator[Fault]:
    for name, rule in tables(raw, "rules"):
        key, low, high = f"rules.{name}", rule.get("min"), rule.get("max")
        if name in BUILT_IN_RULES or name.startswith((UNPARSABLE, TOO_LARGE, MALFORMED)):
            yield Fault(key, "must not have the name of a built-in rule", name)
        if low is not None or high is not None:
            yield from _no_number(raw, f"{key}.column", rule.get("column"))
        if _is_number(low) and _is_number(high) and low > high:  # type: ignore[operator]
            yield Fault(f"{key}.min", f"must be at most max = {high}", low)


def _is_reserved(name: str) -> bool:
    return folded_name(name) in RESERVED_COLUMNS or folded_name(name).startswith(WAS_FRAUD)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _reserved_faults(raw: RawTable) -> Iterator[Fault]:
    columns = section(raw, "columns")
    roles = [columns.get(role) for role in ("id", "sender", "amount")]
    evaluation = section(raw, "evaluation")
    roles += [evaluation.get(role) for role in ("k_entity", "exclude_known")]
    used = [*roles, *texts(columns.get("entities")), *feature_names(raw), *time_columns(raw)]
    used += [section(raw, "label").get("column"), *section(raw, "derived")]
    used += [named(value) for _, _, value in derived_sources(raw)]
    used += [table.get("column") for _, table in tables(raw, "rules")]
    rates = section(raw, "rates")
    used += [rates.get("column"), *texts(rates.get("amounts"))]
    taken = {name for name in used if isinstance(name, str) and _is_reserved(name)}
    for name in sorted(taken):
        yield Fault("columns", "must not be a name that the chain keeps for itself", name)
