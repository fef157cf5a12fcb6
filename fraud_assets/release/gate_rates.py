"""The gate's rules on rates: enough frauds caught, few enough alerts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fraud_assets.contract.schema import Policy
from fraud_assets.profiles import RECALL_FLOOR
from fraud_assets.release.rule import Rule, count, interval, number, show

Report = Mapping[str, Any]


def judged_frauds(report: Report, policy: Policy) -> Rule:
    """Enough matured frauds among the judged rows to speak about recall at all."""
    bound, n = policy.min_judged_frauds, count(report, "metrics.recall.n")
    passed = n is not None and n >= bound
    hint = "" if passed else "; lengthen windows.judged_frauds or wait for more labels"
    sentence = f"Matured frauds among the judged rows must be at least {bound}, got {n}{hint}."
    return Rule("judged_frauds", bound, n, passed, sentence, n=n)


def recall(report: Report, policy: Policy) -> Rule:
    """Share of judged frauds that are flagged; the floor can only be raised."""
    bound = max(policy.min_recall, RECALL_FLOOR)
    hint = "look at the missed frauds and at the slices with the lowest recall"
    return _rate_rule(report, "recall", "at least", bound, hint)


def precision(report: Report, policy: Policy) -> Rule:
    """Share of flagged payments that are fraud."""
    hint = "recall was bought with false alarms, look at features and candidates"
    return _rate_rule(report, "precision", "at least", policy.min_precision, hint)


def alert_rate(report: Report, policy: Policy) -> Rule:
    """Share of all judged payments that are flagged."""
    hint = "recall was bought by flagging too many, look at features and candidates"
    return _rate_rule(report, "alert_rate", "at most", policy.max_alert_rate, hint)


def recall_lower_bound(report: Report, policy: Policy) -> Rule:
    """In strict mode: the more cautious of recall's exact and clustered lower bounds."""
    bound = max(policy.min_recall, RECALL_FLOOR)
    bounds = [number(report, f"evidence.recall_low_{how}") for how in ("exact", "clustered")]
    known = [value for value in bounds if value is not None]
    value = min(known) if len(known) == 2 else None
    passed = value is not None and value >= bound
    sentence = (
        f"In strict mode the more cautious lower bound of recall must be at least {bound:g}, got "
        f"{show(value)} from {count(report, 'evidence.frauds')} frauds of "
        f"{count(report, 'evidence.fraud_senders')} senders"
        f"{'' if passed else '; more judged frauds narrow the bound'}."
    )
    n = count(report, "evidence.frauds")
    return Rule("recall_lower_bound", bound, value, passed, sentence, n=n)


def _rate_rule(report: Report, name: str, side: str, bound: float, hint: str) -> Rule:
    path, words = f"metrics.{name}", name.replace("_", " ")
    value, n = number(report, f"{path}.value"), count(report, f"{path}.n")
    passed = value is not None and (value >= bound if side == "at least" else value <= bound)
    between, range_ = interval(report, path), ""
    if between:
        range_ = f", {between['method']} {between['low']:.4f} to {between['high']:.4f}"
    end = "" if passed else f"; {hint}"
    sentence = f"The {words} must be {side} {bound:g}, got {show(value)} (n = {n}{range_}){end}."
    return Rule(name, bound, value, bool(n) and passed, sentence, between, n)
