"""Rules between the parts of a contract, checked on the raw tables so that all faults show."""

from __future__ import annotations

from collections.abc import Iterator

from fraud_assets.contract.column_checks import column_faults
from fraud_assets.contract.keys import did_you_mean
from fraud_assets.contract.names import (
    DEFAULT_AIM,
    blend_names,
    boosting_names,
    family_names,
    is_plain,
)
from fraud_assets.contract.tables import (
    RawTable,
    feature_names,
    looks_back_for_ever,
    repeated,
    section,
    tables,
    texts,
)
from fraud_assets.errors import NOTHING, Fault
from fraud_assets.profiles import RECALL_FLOOR
from fraud_assets.values.identity import identity
from fraud_assets.values.text import folded

LEAST_WORDS = 3
"""Words of a reason: "ok" is none."""


def cross_faults(raw: RawTable) -> list[Fault]:
    """Every rule between sections that the raw contract breaks; types are checked elsewhere."""
    return [
        *_source_faults(raw),
        *_feature_faults(raw),
        *column_faults(raw),
        *_time_faults(raw),
        *_label_faults(raw),
        *_evaluation_faults(raw),
        *_search_faults(raw),
        *_reason_faults(raw),
        *_policy_faults(raw),
        *_decision_faults(raw),
        *_rate_faults(raw),
    ]


def _source_faults(raw: RawTable) -> Iterator[Fault]:
    source, columns = section(raw, "source"), section(raw, "columns")
    if source.get("decisions") is True:
        known_at = section(raw, "label").get("known_at")
        if not columns.get("id"):
            rule = "must be named with source.decisions: labels meet their payments by it"
            yield Fault("columns.id", rule, NOTHING)
        if not isinstance(known_at, str):
            rule = "must be a column's name alone with source.decisions, which knows each instant"
            yield Fault("label.known_at", rule, NOTHING if known_at is None else known_at)
        if not section(raw, "label").get("maturity_days"):
            rule = "must be set with source.decisions: until then silence says nothing of a payment"
            yield Fault("label.maturity_days", rule, NOTHING)
    yield from _place_faults(source, columns)
    yield from _reach_faults(raw)
    if source.get("thousands", "auto") == source.get("decimal", "."):
        rule = "must not be the decimal sign, which is source.decimal"
        yield Fault("source.thousands", rule, source.get("thousands"))


def _place_faults(source: RawTable, columns: RawTable) -> Iterator[Fault]:
    """One place, and what a database's rows need, which stand in no order."""
    given = ["decisions = true"] if source.get("decisions") is True else []
    given += [name for name in ("table", "query", "path") if name in source]
    for name in given[1:]:
        yield Fault(f"source.{name}", f"must not stand beside {given[0]}", source[name])
    if "table" not in source and "query" not in source:
        return
    for name in ("id", "event_time"):
        if not columns.get(name):
            rule = "must be named where payments come from a database: its rows have no order"
            yield Fault(f"columns.{name}", rule, NOTHING)
    for name in ("format", "days"):
        if name in source:
            rule = "must not be given where payments come from a database"
            yield Fault(f"source.{name}", rule, source[name])


def _reach_faults(raw: RawTable) -> Iterator[Fault]:
    """A bound on what is read is one on what features see."""
    source = section(raw, "source")
    if "reach" not in source:
        return
    if not section(raw, "columns").get("event_time"):
        rule = "must not be set without columns.event_time, which says what is old"
        yield Fault("source.reach", rule, source["reach"])
    for name, table in tables(raw, "derived"):
        if looks_back_for_ever(table):
            rule = "must look back over a window where source.reach is set, but this kind has none"
            yield Fault(f"derived.{name}", rule, table["kind"])


def _feature_faults(raw: RawTable) -> Iterator[Fault]:
    names = feature_names(raw)
    if not names:
        yield Fault("features", "must name at least one numeric or categorical feature", names)
    for name in repeated(names):
        yield Fault("features", "must name each feature once", name)
    for name in names:
        if not is_plain(name):
            rule = "must name features without quotes, backslashes or control characters, which "
            yield Fault("features", f"{rule}the service's JSON cannot carry as they are", name)
    yield from _derived_faults(raw)


def _derived_faults(raw: RawTable) -> Iterator[Fault]:
    given = section(raw, "features").get("numeric")
    if given is not None and not isinstance(given, list):
        return  # one fault of its own; each derived column beside it would repeat it
    numeric, derived = set(texts(given)), section(raw, "derived")
    for name in derived:
        if name not in numeric:
            hint = did_you_mean(name, numeric - set(derived))
            yield Fault(f"derived.{name}", f"must be named among the numeric features{hint}", name)


def _time_faults(raw: RawTable) -> Iterator[Fault]:
    if "event_time" in section(raw, "columns"):
        return
    for name in section(raw, "derived"):
        yield Fault(f"derived.{name}", "must not be derived without columns.event_time", NOTHING)
    by = section(raw, "windows").get("by", "frauds")
    if by != "shares":
        rule = 'must be "shares" where columns.event_time is not set'
        yield Fault("windows.by", rule, by)


def _label_faults(raw: RawTable) -> Iterator[Fault]:
    label = section(raw, "label")
    positive = {folded(identity(value)) for value in _values(label.get("positive"))}
    for value in _values(label.get("negative")):
        if folded(identity(value)) in positive:
            yield Fault("label.negative", "must not contain a positive value", value)
    judged = positive | {folded(identity(value)) for value in _values(label.get("negative"))}
    for value in _values(label.get("undecided")):
        if folded(identity(value)) in judged:
            rule = "must not contain a positive or negative value"
            yield Fault("label.undecided", rule, value)


def _values(value: object) -> list[object]:
    """A list as it is, one value alone as a list of it."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _evaluation_faults(raw: RawTable) -> Iterator[Fault]:
    names = dict.fromkeys(feature_names(raw))
    for name in texts(section(raw, "evaluation").get("slices")):
        if name not in names:
            rule = f"must be names of features{did_you_mean(name, names)}"
            yield Fault("evaluation.slices", rule, name)


def _search_faults(raw: RawTable) -> Iterator[Fault]:
    families = section(raw, "search").get("families")
    known = (*family_names(), *boosting_names(), *blend_names())
    if families == []:
        rule = f"must name at least one of {', '.join(known)}"
        yield Fault("search.families", rule, families)
    for name in texts(families):
        if name not in known:
            rule = f"must be among {', '.join(known)}{did_you_mean(name, known)}"
            yield Fault("search.families", rule, name)


def _reason_faults(raw: RawTable) -> Iterator[Fault]:
    names = dict.fromkeys(feature_names(raw))
    reasons = section(raw, "reasons")
    for name in reasons:
        if name not in names:
            rule = f"must be the name of a feature{did_you_mean(name, names)}"
            yield Fault(f"reasons.{name}", rule, name)
    codes = [str(r["code"]) for r in reasons.values() if isinstance(r, dict) and "code" in r]
    for code in repeated(codes):
        yield Fault("reasons", "must give each feature a code of its own", code)


def _policy_faults(raw: RawTable) -> Iterator[Fault]:
    policy = section(raw, "policy")
    threshold = section(policy, "threshold")
    recall, aim = policy.get("min_recall", RECALL_FLOOR), threshold.get("aim")
    if aim is None and threshold.get("rule") == "aim":
        aim = DEFAULT_AIM
    if isinstance(aim, (int, float)) and isinstance(recall, (int, float)) and aim < recall:
        yield Fault("policy.threshold.aim", f"must be at least policy.min_recall {recall}", aim)
    if policy.get("shadow_days") and section(raw, "live").get("shadow") is not True:
        rule = "must be 0 unless live.shadow is true: without a shadow nothing scores beside"
        yield Fault("policy.shadow_days", rule, policy["shadow_days"])
    yield from _checked_faults(raw)


def _checked_faults(raw: RawTable) -> Iterator[Fault]:
    names = feature_names(raw)
    for name, reason in section(section(raw, "policy"), "checked").items():
        if name not in names:
            yield Fault(f"policy.checked.{name}", "must be the name of a feature", name)
        if isinstance(reason, str) and len(reason.split()) < LEAST_WORDS:
            rule = f"must say in at least {LEAST_WORDS} words why a payment has it when it is made"
            yield Fault(f"policy.checked.{name}", rule, reason)


def _rate_faults(raw: RawTable) -> Iterator[Fault]:
    """A rate is a day's, and of money."""
    if "rates" not in raw:
        return
    rates, columns = section(raw, "rates"), section(raw, "columns")
    if "event_time" not in columns:
        yield Fault(
            "rates", "must not be given without columns.event_time, whose day they are of", NOTHING
        )
    if "amount" not in columns:
        yield Fault(
            "rates", "must not be given without columns.amount, which they convert", NOTHING
        )
    money = {folded(str(name)) for name in (columns.get("amount"), *texts(rates.get("amounts")))}
    if isinstance(rates.get("column"), str) and folded(rates["column"]) in money:
        yield Fault("rates.column", "must be a column of codes and no amount", rates["column"])


def _decision_faults(raw: RawTable) -> Iterator[Fault]:
    """Labels meet their payments by the id, and a key belongs to somebody."""
    columns, decisions = section(raw, "columns"), section(raw, "decisions")
    identified, personal = columns.get("id"), texts(decisions.get("personal"))
    subject = decisions.get("subject") or columns.get("sender")
    for name in (*personal, *([subject] if decisions.get("subject") else [])):
        if isinstance(identified, str) and folded(str(name)) == folded(identified):
            rule = "must not be the payment's id, by which labels meet their decision"
            yield Fault("decisions", rule, name)
    if personal and not subject:
        rule = "must name whose payment it is, here or in columns.sender, since its key is theirs"
        yield Fault("decisions.subject", rule, NOTHING)
