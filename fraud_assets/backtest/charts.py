"""Pictures of a backtest: promise and outcome week by week, and who served when."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from fraud_assets.documents.backtest.week import BacktestWeek, NaiveWeek, WeekOutcome
from fraud_assets.documents.rates import Rate
from fraud_assets.report import numbers
from fraud_assets.report.charts import svg
from fraud_assets.values.counted import counted

Weeks = Sequence[BacktestWeek]
PromiseKey = Literal["recall", "precision", "alert_rate", "amount_caught"]
"""What is promised, as a key of promise, outcome and held."""

WIDTH, NAIVE_ASIDE, BAND = 880.0, 0.22, 0.3
_SIGNS = {"promote": ("✓", "f-good"), "refuse": ("✗", "f-bad")}


@dataclass(frozen=True)
class Drawn:
    """Low and high of a promise, and what came; None where missing."""

    low: float | None = None
    high: float | None = None
    came: float | None = None

    @property
    def ends(self) -> list[float]:
        """All that is there."""
        return [end for end in (self.low, self.high, self.came) if end is not None]


def kept_promises(
    weeks: Weeks, name: PromiseKey, words: str, *, floor: float | None = None, share: bool = True
) -> str:
    """Promised intervals as bands, outcomes as dots, the naive outcome as a second dot.

    `share` writes percent on the axis, else amounts.
    """
    found = [(_drawn(week, name), _drawn(week.naive, name)) for week in weeks]
    ends = [end for ours, naive in found for end in (*ours.ends, *naive.ends)]
    if not ends:
        return ""
    low, high = _axis(ends, floor, share=share)
    plot = svg.Plot((-0.5, len(weeks) - 0.5), (low, high), width=WIDTH, left=84)
    parts = [plot.frame(_weeks(weeks), _ticks(low, high, share=share), "Week of", words)]
    if floor is not None:
        y = plot.y(floor)
        parts.append(svg.line(plot.left, y, plot.width - plot.right, y, "line thin dash s-bad"))
    parts += [_week(plot, at, ours, naive) for at, (ours, naive) in enumerate(found)]
    broken = sum(getattr(week.held, name, None) is False for week in weeks)
    return svg.picture(
        f"backtest-{name.replace('_', '-')}",
        f"{words}: promised and come",
        f"{counted(len(weeks), 'week')}; the promise was broken in {broken} of them.",
        (plot.width, plot.height),
        "".join(parts),
    )


def who_served(weeks: Weeks) -> str:
    """Each week's verdict as a sign; below, each version as a bar over the weeks it serves."""
    versions = list(dict.fromkeys(version for week in weeks if (version := _serving(week))))
    if not weeks:
        return ""
    height = 84 + 20 * len(versions)
    plot = svg.Plot(
        (-0.5, len(weeks) - 0.5), (0, 1), width=WIDTH, height=height, left=84, top=30, bottom=46
    )
    parts = [plot.frame(_weeks(weeks), (), "Week of", "")]
    for at, week in enumerate(weeks):
        sign, class_ = _SIGNS.get(_decision(week), ("·", "f-soft"))
        parts.append(svg.text(plot.x(at), 22, sign, class_=class_, text_anchor="middle"))
    for row, version in enumerate(versions):
        served = [at for at, week in enumerate(weeks) if _serving(week) == version]
        left, right = plot.x(served[0] - 0.45), plot.x(served[-1] + 0.45)
        top = plot.top + 4 + 20 * row
        parts.append(
            svg.tag("rect", x=left, y=top, width=right - left, height=13.0, class_="f-main")
        )
        parts.append(svg.text(plot.left - 6, top + 11, version[5:], text_anchor="end"))
    promoted = sum(_decision(week) == "promote" for week in weeks)
    words = (
        f"{promoted} of {counted(len(weeks), 'week')} were promoted; "
        f"{counted(len(versions), 'version')} served."
    )
    return svg.picture(
        "backtest-served", "Verdicts and versions", words, (WIDTH, height), "".join(parts)
    )


def _drawn(side: BacktestWeek | NaiveWeek | None, name: PromiseKey) -> Drawn:
    if side is None:
        return Drawn()
    promised, came = getattr(side.promise, name, None), side.outcome
    return Drawn(
        getattr(promised, "low", None),
        getattr(promised, "high", None),
        None if came is None else _value(came, name),
    )


def _week(plot: svg.Plot, at: int, ours: Drawn, naive: Drawn) -> str:
    parts = [plot.whisker(at + NAIVE_ASIDE, naive.low, naive.high, "line thin s-fraud")]
    if ours.low is not None and ours.high is not None:
        left, top = plot.x(at - BAND), plot.y(ours.high)
        width, height = plot.x(at + BAND) - left, max(plot.y(ours.low) - top, 2.0)
        band = svg.tag("rect", x=left, y=top, width=width, height=height, class_="band")
        parts.insert(0, band)
    if naive.came is not None:
        parts.append(svg.dot(plot.x(at + NAIVE_ASIDE), plot.y(naive.came), "f-fraud", radius=3.5))
    if ours.came is not None:
        parts.append(svg.dot(plot.x(at), plot.y(ours.came), "f-main"))
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
    return [(float(at), w.as_of[5:]) for at, w in enumerate(weeks) if at % every == 0]


def _value(came: WeekOutcome, name: PromiseKey) -> float | None:
    rate: Rate | float | None = getattr(came, name)
    return rate.value if isinstance(rate, Rate) else rate


def _serving(week: BacktestWeek) -> str | None:
    return week.production.version if week.production else None


def _decision(week: BacktestWeek) -> str:
    return week.verdict.decision if week.verdict else ""
