"""Tables and pictures as markdown, for the metadata of the Dagster UI.

Numbers go through `numbers`, as on the page; text from data is escaped so that a column name
can neither break a table nor bring markup into the UI.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fraud_assets.report import charts, numbers
from fraud_assets.report.rules import rule_text

Row = Mapping[str, Any]

RATES = ("recall", "precision", "false_positive_rate", "alert_rate")
ESTIMATES = ("roc_auc", "average_precision", "brier")
_MARKS = re.compile(r"([\\`*_{}\[\]()#+!|~$])")
_OUTCOMES = {"True": "✓ passed", "False": "✗ failed", "None": "at publication"}


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are markdown already; `escaped` makes a cell of any text."""
    lines = [heads, ["-"] * len(heads), *rows]
    return "\n".join(f"|{'|'.join(cells)}|" for cells in lines)


def escaped(value: object) -> str:
    """Text as a cell: markup shown as it stands, on one line."""
    plain = str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKS.sub(r"\\\1", " ".join(plain.split()))


def leaderboard_markdown(records: Sequence[Row]) -> str:
    """`search.leaderboard`: one family a row, as given."""
    rows = [
        [
            escaped(row.get("family")),
            numbers.decimal(row.get("auc_mean"), 4),
            numbers.decimal(row.get("auc_std"), 4),
            numbers.decimal(row.get("average_precision"), 4),
            numbers.decimal(row.get("precision_at_recall"), 4),
            numbers.number(row.get("fit_seconds")),
            numbers.number(row.get("cost")),
            numbers.count(row.get("n_features")),
            escaped(row.get("encoding")),
        ]
        for row in records
    ]
    heads = (
        "Family|ROC-AUC|spread|Average precision|Precision at the recall|Fit, s|"
        "Tests a payment|Columns|Encoding"
    )
    return markdown_table(heads.split("|"), rows)


def search_markdown(search: Row, top: int = 10) -> str:
    """The search in a sentence and its best settings."""
    rows = [
        [
            numbers.count(row.get("rank")),
            escaped(row.get("family")),
            escaped(
                ", ".join(f"{key}={value}" for key, value in (row.get("params") or {}).items())
            ),
            numbers.decimal(row.get("mean"), 4),
            numbers.decimal(row.get("std"), 4),
        ]
        for row in (search.get("settings") or ())[:top]
    ]
    spent = (
        f"{numbers.count(search.get('fits'))} fits in {numbers.number(search.get('seconds'))} s."
    )
    table = markdown_table(["Rank", "Family", "Setting", "ROC-AUC", "spread"], rows)
    return f"{escaped(search.get('sentence') or '')} {spent}\n\n{table}"


def _setting_row(row: Row) -> list[str]:
    params = (row.get("params") or {}).items()
    return [
        numbers.count(row.get("rank")),
        escaped(row.get("family")),
        escaped(", ".join(f"{key}={value}" for key, value in params)),
        numbers.decimal(row.get("mean"), 4),
        numbers.decimal(row.get("std"), 4),
    ]


def verdict_markdown(verdict: Row) -> str:
    """The verdict's sentence and every rule with bound, value, interval, n and outcome."""
    rows = [_rule_row(rule) for rule in verdict.get("rules") or ()]
    table = markdown_table(["Rule", "Outcome", "Found", "Bound", "Interval", "n"], rows)
    return f"**{escaped(verdict.get('sentence'))}**\n\n{table}"


def _rule_row(rule: Row) -> list[str]:
    known = rule_text(str(rule.get("name")))
    value, bound = rule.get("value"), rule.get("bound")
    interval = rule.get("interval") or {}
    low, high = (known.text(interval.get(end), None) for end in ("low", "high"))
    return [
        escaped(rule.get("name")),
        _OUTCOMES.get(str(rule.get("passed")), ""),
        "" if value is None else escaped(numbers.short(known.text(value, bound), 12)),
        "" if bound is None else escaped(numbers.short(known.text(bound, value), 12)),
        escaped(f"{low} to {high}") if interval else "",
        "" if rule.get("n") is None else numbers.count(rule["n"]),
    ]


def quarantine_markdown(quarantine: Row) -> str:
    """Rows, frauds and amount set aside by each rule, most rows first."""
    rows, frauds, amounts = ((quarantine.get(of) or {}) for of in ("rules", "frauds", "amount"))
    return markdown_table(
        ["Rule", "Rows", "Frauds", "Amount"],
        [
            [
                escaped(name),
                numbers.count(count),
                numbers.count((frauds.get("rules") or {}).get(name)),
                numbers.number((amounts.get("rules") or {}).get(name)),
            ]
            for name, count in sorted(rows.items(), key=lambda item: (-item[1], item[0]))
        ],
    )


def rates_markdown(metrics: Row) -> str:
    """Rates and estimates of the judged rows, each with interval, n and method."""
    rows = [_metric_row(name, metrics.get(name) or {}) for name in (*RATES, *ESTIMATES)]
    return markdown_table(["Figure", "Value", "Interval", "n", "Method"], rows)


def _metric_row(name: str, shown: Row) -> list[str]:
    digits = 5 if name == "brier" else 4

    def text(value: object) -> str:
        return numbers.percent(value) if name in RATES else numbers.decimal(value, digits)

    between = f"{text(shown.get('low'))} to {text(shown.get('high'))}" if shown else ""
    n = numbers.count(shown["n"]) if shown else ""
    method = escaped(shown.get("method", ""))
    return [escaped(name.replace("_", " ")), text(shown.get("value")), between, n, method]


def picture_markdown(svg: str) -> str:
    """A picture inline, as markdown that the Dagster UI shows; "" where there is none."""
    if not svg:
        return ""
    title = re.search(r"<title[^>]*>([^<]*)</title>", svg)
    data = base64.b64encode(charts.standalone(svg).encode()).decode()
    return f"![{escaped(title.group(1)) if title else ''}](data:image/svg+xml;base64,{data})"
