"""Rules between the parts of a contract, checked on the raw tables so that all faults show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fraud_assets.errors import Fault


def cross_faults(raw: Mapping[str, Any]) -> list[Fault]:
    """Every rule between sections that the raw contract breaks; types are checked elsewhere."""
    return [
        *_feature_faults(raw),
        *_time_faults(raw),
        *_label_faults(raw),
        *_reason_faults(raw),
        *_policy_faults(raw),
    ]


def _section(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = raw.get(name, {})
    return value if isinstance(value, Mapping) else {}


def _feature_names(raw: Mapping[str, Any]) -> list[str]:
    features = _section(raw, "features")
    lists = (features.get("numeric", []), features.get("categorical", []))
    return [name for part in lists if isinstance(part, list) for name in part]


def _feature_faults(raw: Mapping[str, Any]) -> Iterator[Fault]:
    names = _feature_names(raw)
    if not names:
        yield Fault("features", "must name at least one numeric or categorical feature", names)
    for name in sorted({name for name in names if names.count(name) > 1}, key=str):
        yield Fault("features", "must name each feature once", name)
    label = _section(raw, "label")
    for role in ("column", "known_at"):
        if label.get(role) in names:
            yield Fault("features", f"must not contain the label's {role}", label[role])
    for name in _section(raw, "derived"):
        if name not in _section(raw, "features").get("numeric", []):
            yield Fault(f"derived.{name}", "must be named among the numeric features", name)


def _time_faults(raw: Mapping[str, Any]) -> Iterator[Fault]:
    if _section(raw, "columns").get("event_time") is not None:
        return
    for name, derived in _section(raw, "derived").items():
        yield Fault(f"derived.{name}", "must not be derived without columns.event_time", derived)
    by = _section(raw, "windows").get("by", "frauds")
    if by != "shares":
        rule = 'must be "shares" where columns.event_time is not set'
        yield Fault("windows.by", rule, by)


def _label_faults(raw: Mapping[str, Any]) -> Iterator[Fault]:
    label = _section(raw, "label")
    positive = {str(value).lower() for value in label.get("positive", [])}
    for value in label.get("negative", []):
        if str(value).lower() in positive:
            yield Fault("label.negative", "must not contain a positive value", value)


def _reason_faults(raw: Mapping[str, Any]) -> Iterator[Fault]:
    names = _feature_names(raw)
    reasons = _section(raw, "reasons")
    for name in reasons:
        if name not in names:
            yield Fault(f"reasons.{name}", "must be the name of a feature", name)
    codes = [r.get("code") for r in reasons.values() if isinstance(r, Mapping)]
    for code in sorted({str(code) for code in codes if codes.count(code) > 1}):
        yield Fault("reasons", "must give each feature a code of its own", code)


def _policy_faults(raw: Mapping[str, Any]) -> Iterator[Fault]:
    policy = _section(raw, "policy")
    recall, threshold = policy.get("min_recall", 0.9), policy.get("threshold", {})
    aim = threshold.get("aim") if isinstance(threshold, Mapping) else None
    if isinstance(aim, (int, float)) and isinstance(recall, (int, float)) and aim < recall:
        yield Fault("policy.threshold.aim", f"must be at least policy.min_recall {recall}", aim)
