"""Horizontal bars: importances, and the reasons of one payment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fraud_assets.report import numbers
from fraud_assets.report.charts import svg

_ROW = 26.0
_LABEL = 22


def importances(
    rows: Sequence[Mapping[str, Any]],
    title: str = "Permutation importances",
    value_key: str = "mean",
    top: int = 10,
) -> str:
    """The strongest features as bars, with intervals where `rows` have `low` and `high`."""
    kept = [row for row in rows if svg.finite(row.get(value_key))][:top]
    if not kept:
        return ""
    ends = [
        row[key] for row in kept for key in (value_key, "low", "high") if svg.finite(row.get(key))
    ]
    plot = svg.Plot((min(0.0, *ends), max(0.0, *ends) or 1.0), (0, 1), left=160, right=70)
    height = _ROW * len(kept) + 16
    parts = [svg.line(plot.x(0), 4, plot.x(0), height - 4, "axis")]
    for index, row in enumerate(kept):
        parts.append(_bar(plot, row, row[value_key], 8 + _ROW * index))
    names = ", ".join(f"{row['feature']} {numbers.number(row[value_key])}" for row in kept)
    name = "importances-" + "".join(c if c.isalnum() else "-" for c in value_key)
    return svg.picture(
        name, title, f"Strongest first: {names}.", (plot.width, height), "".join(parts)
    )


def reason_bars(reasons: Sequence[Mapping[str, Any]], name: str) -> str:
    """The contributions of one payment's reasons; `name` makes the picture's ids unique."""
    kept = [row for row in reasons if svg.finite(row.get("contribution"))]
    if not kept:
        return ""
    ends = [row["contribution"] for row in kept]
    plot = svg.Plot((min(0.0, *ends), max(0.0, *ends) or 1.0), (0, 1), left=160, right=70)
    parts = [
        _bar(plot, row, row["contribution"], 4 + _ROW * index) for index, row in enumerate(kept)
    ]
    words = ", ".join(f"{row.get('feature')} {numbers.number(row['contribution'])}" for row in kept)
    size = (plot.width, _ROW * len(kept) + 8)
    return svg.picture(name, "Contributions of the reasons", words, size, "".join(parts))


def _bar(plot: svg.Plot, row: Mapping[str, Any], value: float, top: float) -> str:
    middle = top + _ROW / 2
    start, end = sorted((plot.x(0), plot.x(value)))
    label = str(row.get("feature", ""))
    short = label if len(label) <= _LABEL else label[: _LABEL - 1] + "…"
    parts = [
        svg.text(plot.left - 8, middle + 4.5, short, text_anchor="end", class_="strong"),
        svg.tag("rect", x=start, y=top + 5, width=end - start, height=_ROW - 10, class_="f-main"),
    ]
    far = plot.x(value)
    if svg.finite(row.get("low"), row.get("high")):
        low, far = plot.x(row["low"]), max(end, plot.x(row["high"]))
        parts.append(svg.line(low, middle, plot.x(row["high"]), middle, "line thin s-ink"))
    parts.append(svg.text(max(far, plot.x(0)) + 7, middle + 4.5, numbers.number(value)))
    return "".join(parts)
