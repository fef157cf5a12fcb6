"""Recall week by week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from fraud_assets.documents.report.curves import WeekRates
from fraud_assets.report import numbers
from fraud_assets.report.charts import svg
from fraud_assets.values.counted import counted

WEEK_DAYS = 7
"""Days of a whole week; a shorter one is drawn hollow."""


def weekly_recall(weeks: Sequence[WeekRates], floor: float | None = None) -> str:
    """Recall of each week with its interval, precision beside it, and the lowest recall allowed.

    `weeks` is `curves.weekly`; a week without fraud has no recall and leaves a gap.
    """
    if not any(svg.finite(row.recall.value) for row in weeks):
        return ""
    names = [("line s-main", "recall"), ("line s-other", "precision")]
    names += [("line thin dash s-bad", "lowest recall allowed")] if svg.finite(floor) else []
    plot = svg.with_legend(svg.Plot((-0.5, len(weeks) - 0.5), (0, 1)), names)
    every = max(1, -(-len(weeks) // 4))
    ticks = [
        (float(at), numbers.short(row.week, 12)) for at, row in enumerate(weeks) if at % every == 0
    ]
    parts = [plot.frame(ticks, svg.fifths(), "Week", "Share")]
    if svg.finite(floor):
        y = plot.y(floor)  # type: ignore[arg-type]
        parts.append(svg.line(plot.left, y, plot.width - plot.right, y, "line thin dash s-bad"))
    parts += [_series(plot, weeks, "precision", "other", 0.14), _series(plot, weeks, "recall")]
    parts.append(svg.legend(plot, names))
    return svg.picture(
        "weekly-recall",
        "Recall per week",
        f"Recall and precision in {counted(len(weeks), 'week')} of the judged rows, each with its "
        "interval.",
        (plot.width, plot.height),
        "".join(parts),
    )


def _series(
    plot: svg.Plot,
    rows: Sequence[WeekRates],
    name: Literal["recall", "precision"],
    colour: str = "main",
    aside: float = 0,
) -> str:
    parts = []
    for at, row in enumerate(rows):
        rate = row.recall if name == "recall" else row.precision
        if rate.value is not None and svg.finite(rate.value):
            x = at + aside
            parts.append(plot.whisker(x, rate.low, rate.high, f"line s-{colour}"))
            whole = row.days is msgspec.UNSET or row.days == WEEK_DAYS
            look = f"f-{colour}" if whole else f"line hollow s-{colour}"
            parts.append(svg.dot(plot.x(x), plot.y(rate.value), look))
    return "".join(parts)
