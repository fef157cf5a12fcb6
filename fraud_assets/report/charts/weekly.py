"""Recall week by week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fraud_assets.report import numbers
from fraud_assets.report.charts import svg


def weekly_recall(weeks: Sequence[Mapping[str, Any]], floor: float | None = None) -> str:
    """Recall of each week with its interval, precision beside it, and the lowest recall allowed.

    `weeks` is `curves.weekly`; a week without fraud has no recall and leaves a gap.
    """
    rows = [row for row in weeks if row.get("week") is not None]
    if not any(svg.finite((row.get("recall") or {}).get("value")) for row in rows):
        return ""
    names = [("line s-main", "recall"), ("line s-other", "precision")]
    names += [("line thin dash s-bad", "lowest recall allowed")] if svg.finite(floor) else []
    plot = svg.with_legend(svg.Plot((-0.5, len(rows) - 0.5), (0, 1)), names)
    every = max(1, -(-len(rows) // 4))
    ticks = [
        (float(at), numbers.short(str(row["week"]), 12))
        for at, row in enumerate(rows)
        if at % every == 0
    ]
    parts = [plot.frame(ticks, svg.fifths(), "Week", "Share")]
    if svg.finite(floor):
        y = plot.y(floor)  # type: ignore[arg-type]
        parts.append(svg.line(plot.left, y, plot.width - plot.right, y, "line thin dash s-bad"))
    parts += [_series(plot, rows, "precision", "other", 0.14), _series(plot, rows, "recall")]
    parts.append(svg.legend(plot, names))
    return svg.picture(
        "weekly-recall",
        "Recall per week",
        f"Recall and precision in {len(rows)} weeks of the judged rows, each with its interval.",
        (plot.width, plot.height),
        "".join(parts),
    )


def _series(
    plot: svg.Plot,
    rows: Sequence[Mapping[str, Any]],
    key: str,
    colour: str = "main",
    aside: float = 0,
) -> str:
    parts = []
    for at, row in enumerate(rows):
        rate = row.get(key) or {}
        if svg.finite(rate.get("value")):
            x = at + aside
            parts.append(plot.whisker(x, rate.get("low"), rate.get("high"), f"line s-{colour}"))
            whole = row.get("days", 7) == 7
            look = f"f-{colour}" if whole else f"line hollow s-{colour}"
            parts.append(svg.dot(plot.x(x), plot.y(rate["value"]), look))
    return "".join(parts)
