"""Strips that read in a glance: a rate's interval in a table cell, and all rules of a verdict."""

from __future__ import annotations

from collections.abc import Sequence

from fraud_assets.documents.rates import Rate
from fraud_assets.documents.verdict import Finding
from fraud_assets.report import numbers
from fraud_assets.report.charts import svg

_ROW = 34.0
_SIGNS = {"True": ("✓", "f-good"), "False": ("✗", "f-bad")}


def interval_strip(rate: Rate | None, floor: float | None = None) -> str:
    """A rate as a dot with its interval between 0 and 1; decoration beside the written numbers."""
    if rate is None or rate.value is None or not svg.finite(rate.value):
        return ""
    plot = svg.Plot((0, 1), (0, 1), width=120, left=5, right=5)
    parts = [svg.line(plot.x(0), 9, plot.x(1), 9, "grid")]
    if svg.finite(floor):
        x = plot.x(floor)  # type: ignore[arg-type]
        parts.append(svg.line(x, 2, x, 16, "line thin s-soft"))
    if svg.finite(rate.low, rate.high):
        parts.append(svg.line(plot.x(rate.low), 9, plot.x(rate.high), 9, "line s-main"))
    parts.append(svg.dot(plot.x(rate.value), 9, "f-main", radius=3.5))
    return svg.tag(
        "svg", "".join(parts), class_="chart strip", viewBox="0 0 120 18", aria_hidden="true"
    )


def verdict_strip(rules: Sequence[Finding]) -> str:
    """Every rule on a line: a sign for its outcome, its name, what was found and demanded."""
    if not rules:
        return ""
    width, height = 640.0, _ROW * len(rules) + 12
    parts = [_rule(rule, 6 + _ROW * index, width) for index, rule in enumerate(rules)]
    failed = [rule.name for rule in rules if rule.passed is False]
    words = f"Rules that failed: {', '.join(failed)}." if failed else "No rule failed."
    return svg.picture("verdict", "Rules of the verdict", words, (width, height), "".join(parts))


def _rule(rule: Finding, top: float, width: float) -> str:
    middle = top + _ROW / 2
    sign, class_ = _SIGNS.get(str(rule.passed), ("·", "f-soft"))
    found = f"{_words(rule.value)}  (bound {_words(rule.bound)})"
    return "".join(
        [
            svg.line(12, top + _ROW, width - 12, top + _ROW, "grid"),
            svg.text(16, middle + 5, sign, class_=class_, font_weight="700"),
            svg.text(42, middle + 5, rule.name.replace("_", " "), class_="strong"),
            svg.text(width - 16, middle + 5, found, text_anchor="end"),
        ]
    )


def _words(value: object) -> str:
    if isinstance(value, str):
        return value if len(value) <= 28 else value[:27] + "…"
    return numbers.short_number(value)
