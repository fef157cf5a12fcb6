"""What the quarantine took: the report's section on it, and the gate's rules on its three shares.

Two percent of the rows may be half of the frauds, so rows, frauds and amount each have a bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fraud_assets.contract.schema import Policy
from fraud_assets.data.quarantine import Tally
from fraud_assets.data.quarantine.advice import advice, frauds_taken, largest
from fraud_assets.documents.formats import to_plain
from fraud_assets.modelling.intervals import rate
from fraud_assets.release.rule import Rule, at, count, interval, number, show

Report = Mapping[str, Any]
_PATH = "data.quarantine"


def quarantine_section(tally: Tally) -> dict[str, Any]:
    """Section `data.quarantine` of report.json."""
    told = tally.as_dict()
    rows = told["rows"]
    share = rate(rows["quarantined"], rows["kept"] + rows["quarantined"])
    return {
        "rows": rows["quarantined"],
        "share": share.value or 0.0,
        **to_plain(share.interval),
        "rules": rows["rules"],
        **{key: told[key] for key in ("frauds", "amount", "unknown_labels")},
    }


def quarantine_rules(report: Report, policy: Policy) -> tuple[Rule, ...]:
    """The rules on the quarantine, by rows, frauds and amount."""
    return (
        quarantine_share(report, policy),
        quarantined_frauds(report, policy),
        quarantined_amount(report, policy),
    )


def quarantine_share(report: Report, policy: Policy) -> Rule:
    """Share of raw rows that broke a rule of the contract."""
    bound, value = policy.max_quarantine_share, number(report, f"{_PATH}.share")
    passed = value is not None and 0 <= value <= bound
    n, between = count(report, "data.rows"), interval(report, _PATH)
    sentence = (
        f"The share of quarantined rows must be at most {bound:g}, got {show(value)} "
        f"(n = {n} rows){'' if passed else _most(report, f'{_PATH}.rules', 'rows')}."
    )
    return Rule("quarantine_share", bound, value, passed, sentence, between, n)


def quarantined_frauds(report: Report, policy: Policy) -> Rule:
    """Share of the frauds that broke a rule; labels that nobody understands count as frauds."""
    bound, path = policy.max_quarantined_fraud_share, f"{_PATH}.frauds"
    value, lost, kept = number(report, f"{path}.share"), *_counted(report, path)
    n = None if lost is None or kept is None else lost + kept
    agreed = value is not None and n is not None and abs(value * n - (lost or 0)) < 0.5
    passed = agreed and value is not None and 0 <= value <= bound
    taken = (
        "" if passed else frauds_taken(lost or 0, kept or 0, _rules(report, path), _words(report))
    )
    sentence = (
        f"The share of frauds in quarantine must be at most {bound:g}, got {show(value)} "
        f"(n = {n} frauds).{f' {taken}' if taken else ''}"
    )
    return Rule("quarantined_frauds", bound, value, passed, sentence, n=n)


def quarantined_amount(report: Report, policy: Policy) -> Rule:
    """Share of the amount that broke a rule; it passes where the contract names no amount."""
    bound, path, name = policy.max_quarantined_amount_share, f"{_PATH}.amount", "quarantined_amount"
    told, value = at(report, path), number(report, f"{path}.share")
    if isinstance(told, Mapping) and told.get("kept", ...) is None:
        sentence = "The contract names no amount, so none of it can be lost in quarantine."
        return Rule(name, bound, None, passed=True, sentence=sentence)
    passed = value is not None and 0 <= value <= bound
    hint = "" if passed else _most(report, f"{path}.rules", "of the amount")
    sentence = (
        f"The share of the amount in quarantine must be at most {bound:g}, got {show(value)}{hint}."
    )
    return Rule(name, bound, value, passed, sentence)


def _most(report: Report, path: str, unit: str) -> str:
    """The rule that took most and what to do about it, as the end of a sentence."""
    rules = _mapping(report, path)
    if not rules:
        return "; look at the quarantine's counts by rule"
    worst = largest(rules)
    return f"; most ({rules[worst]:,.0f} {unit}) by rule {worst}: {advice(worst, _words(report))}"


def _counted(report: Report, path: str) -> tuple[int | None, int | None]:
    return count(report, f"{path}.quarantined"), count(report, f"{path}.kept")


def _rules(report: Report, path: str) -> dict[str, int]:
    return {name: int(found) for name, found in _mapping(report, f"{path}.rules").items()}


def _words(report: Report) -> dict[str, int]:
    return {name: int(found) for name, found in _mapping(report, f"{_PATH}.unknown_labels").items()}


def _mapping(report: Report, path: str) -> dict[str, float]:
    """Names with finite numbers at a path; whatever else stands there is left out."""
    found = at(report, path)
    names = found if isinstance(found, Mapping) else {}
    known = {str(name): number({"": value}, "") for name, value in names.items()}
    return {name: value for name, value in known.items() if value is not None}
