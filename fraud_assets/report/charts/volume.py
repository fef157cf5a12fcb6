"""Payments week by week up to the report's date, judged and not judged yet."""

from __future__ import annotations

from collections.abc import Sequence

from fraud_assets.documents.report.data import WeekCounts
from fraud_assets.report import numbers
from fraud_assets.report.charts import svg
from fraud_assets.values.counted import counted


def volume(weeks: Sequence[WeekCounts]) -> str:
    """A bar for each week; what nobody has judged yet is hollow on top. `weeks` is `data.weeks`."""
    rows = list(weeks)
    top = max((week.rows for week in rows), default=0)
    if not top:
        return ""
    names = [("line s-main", "used by a window"), ("line thin s-soft", "not judged")]
    plot = svg.with_legend(svg.Plot((-0.5, len(rows) - 0.5), (0, top), left=78), names)
    every = max(1, -(-len(rows) // 4))
    ticks = [(float(at), week.start) for at, week in enumerate(rows) if at % every == 0]
    heights = [(top * step / 4, numbers.count(top * step / 4)) for step in range(5)]
    parts = [plot.frame(ticks, heights, "Week from", "Payments")]
    for at, week in enumerate(rows):
        used = week.rows - week.unjudged
        parts.append(_bar(plot, at, 0, used, "f-main"))
        parts.append(_bar(plot, at, used, week.rows, "line thin hollow s-soft"))
    parts.append(svg.legend(plot, names))
    total = sum(week.unjudged for week in rows)
    return svg.picture(
        "volume",
        "Payments per week",
        f"{counted(len(rows), 'week')} of payments; {total:,} of the payments are not judged.",
        (plot.width, plot.height),
        "".join(parts),
    )


def _bar(plot: svg.Plot, at: int, low: float, high: float, class_: str) -> str:
    if high <= low:
        return ""
    left, right = plot.x(at - 0.38), plot.x(at + 0.38)
    return svg.tag(
        "rect",
        x=left,
        y=plot.y(high),
        width=right - left,
        height=plot.y(low) - plot.y(high),
        class_=class_,
    )
