"""Pictures of a backtest: promise and outcome week by week, and who served when."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fraud_assets.report import numbers
from fraud_assets.report.charts import svg

Weeks = Sequence[Mapping[str, Any]]
WIDTH, NAIVE_ASIDE, BAND = 880.0, 0.22, 0.3
_SIGNS = {"promote": ("✓", "f-good"), "refuse": ("✗", "f-bad")}


def kept_promises(
    weeks: Weeks, name: str, words: str, *, floor: float | None = None, share: bool = True
) -> str:
    """Promised intervals as bands, outcomes as dots, the naive outcome as a second dot.

    `name` is a key of promise and outcome; `share` writes percent on the axis, else amounts.
    """
    found = [_numbers(week, name) for week in weeks]
    ends = [value for row in found for value in row if svg.finite(value)]
    if not ends:
        return ""
    low, high = _axis(ends, floor, share=share)
    plot = svg.Plot((-0.5, len(weeks) - 0.5), (low, high), width=WIDTH, left=84)
    parts = [plot.frame(_weeks(weeks), _ticks(low, high, share=share), "Week of", words)]
    if floor is not None:
        y = plot.y(floor)
        parts.append(svg.line(plot.left, y, plot.width - plot.right, y, "line thin dash s-bad"))
    parts += [_week(plot, at, row) for at, row in enumerate(found)]
    broken = sum((week["held"] or {}).get(name) is False for week in weeks)
    return svg.picture(
        f"backtest-{name.replace('_', '-')}",
        f"{words}: promised and come",
        f"{len(weeks)} weeks; the promise was broken in {broken} of them.",
        (plot.width, plot.height),
        "".join(parts),
    )


def who_served(weeks: Weeks) -> str:
    """Each week's verdict as a sign; below, each version as a bar over the weeks it serves."""
    versions = list(dict.fromkeys(_serving(week) for week in weeks if _serving(week)))
    if not weeks:
        return ""
    height = 84 + 20 * len(versions)
    plot = svg.Plot(
        (-0.5, len(weeks) - 0.5), (0, 1), width=WIDTH, height=height, left=84, top=30, bottom=46
    )
    parts = [plot.frame(_weeks(weeks), (), "Week of", "")]
    for at, week in enumerate(weeks):
        sign, class_ = _SIGNS.get((week["verdict"] or {}).get("decision", ""), ("·", "f-soft"))
        parts.append(svg.text(plot.x(at), 22, sign, class_=class_, text_anchor="middle"))
    for row, version in enumerate(versions):
        served = [at for at, week in enumerate(weeks) if _serving(week) == version]
        left, right = plot.x(served[0] - 0.45), plot.x(served[-1] + 0.45)
        top = plot.top + 4 + 20 * row
        parts.append(
            svg.tag("rect", x=left, y=top, width=right - left, height=13.0, class_="f-main")
        )
        parts.append(svg.text(plot.left - 6, top + 11, str(version)[5:], text_anchor="end"))
    promoted = sum((week["verdict"] or {}).get("decision") == "promote" for week in weeks)
    words = f"{promoted} of {len(weeks)} weeks were promoted; {len(versions)} versions served."
    return svg.picture(
        "backtest-served", "Verdicts and versions", words, (WIDTH, height), "".join(parts)
    )


def _numbers(week: Mapping[str, Any], name: str) -> tuple[Any, ...]:
    """Low and high of the promise, the outcome, then the naive way's; None where missing."""
    naive = week["naive"] or {}
    return (*_told(week, name), *_told(naive, name))


def _told(side: Mapping[str, Any], name: str) -> tuple[Any, Any, Any]:
    promise, found = (side.get("promise") or {}).get(name) or {}, side.get("outcome") or {}
    return promise.get("low"), promise.get("high"), _value(found.get(name))


def _week(plot: svg.Plot, at: int, row: tuple[Any, ...]) -> str:
    low, high, came, naive_low, naive_high, naive = row
    parts = [plot.whisker(at + NAIVE_ASIDE, naive_low, naive_high, "line thin s-fraud")]
    if svg.finite(low, high):
        left, top = plot.x(at - BAND), plot.y(high)
        width, height = plot.x(at + BAND) - left, max(plot.y(low) - top, 2.0)
        band = svg.tag("rect", x=left, y=top, width=width, height=height, class_="band")
        parts.insert(0, band)
    if svg.finite(naive):
        parts.append(svg.dot(plot.x(at + NAIVE_ASIDE), plot.y(naive), "f-fraud", radius=3.5))
    if svg.finite(came):
        parts.append(svg.dot(plot.x(at), plot.y(came), "f-main"))
    return "".join(parts)


def _axis(ends: list[float], floor: float | None, *, share: bool) -> tuple[float, float]:
    """Round bounds around everything drawn."""
    top = max(ends)
    step = 10.0 ** math.floor(math.log10(top)) / 2 if top > 0 else 1.0
    high = math.ceil(top / step) * step
    low = 0.0 if floor is None else math.floor(10 * min(*ends, floor)) / 10
    return low, min(high, 1.0) if share else high


def _ticks(low: float, high: float, *, share: bool) -> list[tuple[float, str]]:
    text: Callable[[float], str] = numbers.percent if share else numbers.count
    return [(value, text(value)) for value in (low + (high - low) * k / 5 for k in range(6))]


def _weeks(weeks: Weeks) -> list[tuple[float, str]]:
    every = max(1, -(-len(weeks) // 10))
    return [(float(at), w["as_of"][5:]) for at, w in enumerate(weeks) if at % every == 0]


def _value(found: Any) -> Any:
    return found["value"] if isinstance(found, Mapping) else found


def _serving(week: Mapping[str, Any]) -> str | None:
    return (week["production"] or {}).get("version")
