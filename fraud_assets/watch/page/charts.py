"""Pictures of production: recall against promise by week, and what the evidence is worth."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fraud_assets.documents.production import LiveWeek, WatchedVersion
from fraud_assets.report.charts import svg
from fraud_assets.values.counted import counted

WIDTH, BAND = 880.0, 0.3
_LEAST, _MOST = 1e-3, 1e4
"""Worths beyond these are drawn at the edge: more says nothing more."""


def recall_by_week(weeks: Sequence[LiveWeek], floor: float) -> str:
    """Promised intervals as bands, outcomes as dots with their intervals, the floor dashed."""
    seen = [week for week in weeks if week.recall is not None and week.recall.value is not None]
    if not seen:
        return ""
    ends = [floor, *(week.recall.low for week in seen if week.recall)]
    ends += [week.promised.low for week in seen if week.promised]
    low = math.floor(10 * min(ends)) / 10
    names = [("line s-main", "recall of the week"), ("line thin dash s-bad", "lowest promised")]
    plot = svg.with_legend(
        svg.Plot((-0.5, len(seen) - 0.5), (low, 1.0), width=WIDTH, left=84), names
    )
    every = max(1, -(-len(seen) // 10))
    ticks = [(float(at), week.week[5:]) for at, week in enumerate(seen) if at % every == 0]
    parts = [plot.frame(ticks, svg.fifths(low, 1.0), "Week of", "Recall")]
    y = plot.y(floor)
    parts.append(svg.line(plot.left, y, plot.width - plot.right, y, "line thin dash s-bad"))
    parts += [_week(plot, at, week) for at, week in enumerate(seen)]
    parts.append(svg.legend(plot, names))
    words = f"{counted(len(seen), 'week')} whose labels are old enough; bands are promises."
    return svg.picture(
        "live-recall", "Recall: promised and come", words, (plot.width, plot.height), "".join(parts)
    )


def _week(plot: svg.Plot, at: int, week: LiveWeek) -> str:
    parts = []
    if week.promised is not None:
        left, top = plot.x(at - BAND), plot.y(week.promised.high)
        height = max(plot.y(week.promised.low) - top, 2.0)
        width = plot.x(at + BAND) - left
        parts.append(svg.tag("rect", x=left, y=top, width=width, height=height, class_="band"))
    if week.recall is not None and week.recall.value is not None:
        parts.append(plot.whisker(at, week.recall.low, week.recall.high, "line s-main"))
        parts.append(svg.dot(plot.x(at), plot.y(week.recall.value), "f-main"))
    return "".join(parts)


def worth_by_day(version: WatchedVersion, limit: float) -> str:
    """What the stakes against the promise are worth, on a logarithmic axis, with the limit."""
    if not version.evidence:
        return ""
    days = np.array([point.day for point in version.evidence], dtype="datetime64[D]")
    at = (days - days[0]).astype(float)
    worths = [min(max(point.worth, _LEAST), _MOST) for point in version.evidence]
    scale = (math.log10(_LEAST), math.log10(_MOST))
    plot = svg.Plot((0.0, max(float(at[-1]), 1.0)), scale, width=WIDTH, left=84)
    ticks = [(float(power), f"{10.0**power:,g}") for power in range(-3, 5)]
    every = max(1, -(-len(days) // 8))
    named = [(float(at[i]), str(days[i])[5:]) for i in range(0, len(days), every)]
    y = plot.y(math.log10(limit))
    points = plot.points([float(day) for day in at], [math.log10(worth) for worth in worths])
    body = [
        plot.frame(named, ticks, "Day", "Worth of the evidence"),
        svg.line(plot.left, y, plot.width - plot.right, y, "line thin dash s-bad"),
        svg.line_through(points, "line s-main"),
        svg.dot(*points[-1], "f-main"),
    ]
    words = (
        f"{counted(version.observations, 'observation')}; the dashed line is the limit of "
        f"{limit:.0f}."
    )
    return svg.picture(
        "worth", "Evidence against the promise", words, (plot.width, plot.height), "".join(body)
    )
