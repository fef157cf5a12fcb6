"""Horizontal bars: importances, and the reasons of one payment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fraud_assets.documents.reason import Reason
from fraud_assets.documents.report.explained import PermutationImportance
from fraud_assets.report import numbers
from fraud_assets.report.charts import svg

_ROW = 26.0
_LABEL = 22


def importance_bars(rows: Sequence[PermutationImportance], top: int = 10) -> str:
    """The strongest features as bars, with their intervals."""
    kept = [Bar(row.feature, row.mean, row.low, row.high) for row in rows if svg.finite(row.mean)]
    if not kept:
        return ""
    kept = kept[:top]
    names = ", ".join(f"{bar.name} {numbers.short_number(bar.value)}" for bar in kept)
    return _picture(
        "importances-mean", "Permutation importances", f"Strongest first: {names}.", kept, 8
    )


def reason_bars(reasons: Sequence[Reason], name: str) -> str:
    """The contributions of one payment's reasons; `name` makes the picture's ids unique."""
    kept = [Bar(r.feature, r.contribution) for r in reasons if svg.finite(r.contribution)]
    if not kept:
        return ""
    words = ", ".join(f"{bar.name} {numbers.short_number(bar.value)}" for bar in kept)
    return _picture(name, "Contributions of the reasons", words, kept, 4)


class Bar(NamedTuple):
    """A named value, with its interval where it has one."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None


def _picture(name: str, title: str, words: str, bars: Sequence[Bar], margin: float) -> str:
    ends = [end for bar in bars for end in bar[1:] if end is not None and svg.finite(end)]
    plot = svg.Plot((min(0.0, *ends), max(0.0, *ends) or 1.0), (0, 1), left=160, right=70)
    height = _ROW * len(bars) + 2 * margin
    parts = [_bar(plot, bar, margin + _ROW * index) for index, bar in enumerate(bars)]
    if name == "importances-mean":
        parts.insert(0, svg.line(plot.x(0), 4, plot.x(0), height - 4, "axis"))
    return svg.picture(name, title, words, (plot.width, height), "".join(parts))


def _bar(plot: svg.Plot, bar: Bar, top: float) -> str:
    middle = top + _ROW / 2
    start, end = sorted((plot.x(0), plot.x(bar.value)))
    short = numbers.short(bar.name, _LABEL)
    parts = [
        svg.text(plot.left - 8, middle + 4.5, short, text_anchor="end", class_="strong"),
        svg.tag("rect", x=start, y=top + 5, width=end - start, height=_ROW - 10, class_="f-main"),
    ]
    far = plot.x(bar.value)
    if bar.low is not None and bar.high is not None and svg.finite(bar.low, bar.high):
        low, far = plot.x(bar.low), max(end, plot.x(bar.high))
        parts.append(svg.line(low, middle, plot.x(bar.high), middle, "line thin s-ink"))
    parts.append(svg.text(max(far, plot.x(0)) + 7, middle + 4.5, numbers.short_number(bar.value)))
    return "".join(parts)
