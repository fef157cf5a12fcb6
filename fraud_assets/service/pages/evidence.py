"""What the page shows of the version that serves: what it scored, its warnings, and its rules."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from fraud_assets.documents.rates import Measured
from fraud_assets.documents.unread import readable
from fraud_assets.documents.verdict import Finding
from fraud_assets.report import numbers
from fraud_assets.scoring.reasons import format_number
from fraud_assets.service.versions.verdict import rules_of
from fraud_assets.service.versions.version import Served

_RUNTIMES = {"native": "its own tables", "scikit-learn": "scikit-learn, without reasons"}
_OUTCOMES = {True: "passed", False: "failed", None: "not applied"}


def render_evidence(served: Served) -> str:
    """The numbers, warnings and rules as HTML; a part that cannot be read is left out."""
    about, move = served.metadata, served.move
    family = readable(lambda: about.model.family) or ""
    recall, around = readable(lambda: about.recall), readable(lambda: about.recall_interval)
    precision = readable(lambda: about.precision)
    around_precision = readable(lambda: about.precision_interval)
    rows = [
        ("Week judged (as of)", escape(readable(lambda: about.as_of) or "")),
        ("Model", escape(family.replace("_", " "))),
        ("Recall", _rate(recall, around)),
        ("Precision", _rate(precision, around_precision)),
        ("Alert rate", _percent(readable(lambda: about.alert_rate))),
        ("ROC-AUC", _number(readable(lambda: about.auc))),
        ("Average precision", _number(readable(lambda: about.average_precision))),
        ("Threshold", _number(served.threshold)),
        ("Served by", _RUNTIMES[served.scorer.runtime]),
        ("In production since", "" if move is None else escape(move.promoted_at)),
    ]
    items = "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in rows if text)
    link = '<p><a href="report">The whole report</a></p>' if served.report else ""
    return f"<dl>{items}</dl>{_warnings(served)}{_rules(rules_of(about))}{link}"


def _warnings(served: Served) -> str:
    warnings = []
    if served.standing == "refused":
        warnings.append("<strong>Refused</strong> by the gate; it serves all the same.")
    override = None if served.move is None else served.move.override
    if override is not None:
        who, why = escape(override.actor), escape(override.reason)
        warnings.append(f"<strong>Put past the gate</strong> by {who}: {why}")
    return "".join(f'<p class="warning">{text}</p>' for text in warnings)


def _rules(rules: Sequence[Finding]) -> str:
    """Each outcome apart: what failed stands open, and never among what was passed."""
    return (
        _table("The rules it failed", [rule for rule in rules if rule.passed is False], " open")
        + _table("The rules it passed", [rule for rule in rules if rule.passed is True])
        + _table("The rules that were not applied", [r for r in rules if r.passed is None])
    )


def _table(heading: str, rules: Sequence[Finding], state: str = "") -> str:
    if not rules:
        return ""
    head = "<th scope=col>Rule<th scope=col>Bound<th scope=col>Value<th scope=col>n"
    return (
        f"<details{state}><summary>{heading}</summary>"
        f'<div class="wide" tabindex="0" role="region" aria-label="{heading}"><table><thead><tr>'
        f"{head}<th scope=col>Outcome</tr></thead><tbody>{''.join(map(_row, rules))}</tbody>"
        "</table></div></details>"
    )


def _row(rule: Finding) -> str:
    return (
        f"<tr><th scope=row>{escape(rule.name.replace('_', ' '))}</th>"
        f"<td>{_number(readable(lambda: rule.bound))}</td>"
        f"<td>{_number(readable(lambda: rule.value))}</td>"
        f"<td>{readable(lambda: rule.n) or ''}</td>"
        f"<td>{_OUTCOMES[rule.passed]}</td></tr>"
    )


def _rate(value: float | None, around: Measured | None) -> str:
    text = _percent(value)
    if not text or around is None:
        return text
    low, high = _percent(readable(lambda: around.low)), _percent(readable(lambda: around.high))
    return f"{text} ({low} to {high}, n = {readable(lambda: around.n)})"


def _percent(value: float | None) -> str:
    return "" if value is None else numbers.percent(value).replace(numbers.SPACE, " ")


def _number(value: float | str | None) -> str:
    if isinstance(value, float | int):
        return format_number(float(value))
    return "" if value is None else escape(value)
