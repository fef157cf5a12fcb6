"""Where the scores lie, and whether they mean what they say."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fraud_assets.documents.report.curves import ReliabilityBin, ScoreHistogram
from fraud_assets.report import numbers
from fraud_assets.report.charts import svg

LEAST = -4
"""Power of ten at which the axes of the reliability diagram start."""


def score_distribution(scores: ScoreHistogram, threshold: float | None = None) -> str:
    """Payments per score bin on a logarithmic scale, fraud and legitimate, with the threshold.

    `scores` is `curves.scores`: `edges` (b + 1) and the counts `legitimate` and `fraud` (b).
    """
    edges, series = scores.edges, {"legitimate": scores.legitimate, "fraud": scores.fraud}
    fitting = all(len(counts) == len(edges) - 1 for counts in series.values())
    if len(edges) < 2 or not fitting or not svg.finite(*edges):
        return ""
    top = max((value for counts in series.values() for value in counts), default=0)
    decades = max(1, math.ceil(math.log10(max(top, 2))))
    names = [("line s-main", "legitimate"), ("line s-fraud", "fraud")]
    plot = svg.with_legend(svg.Plot((edges[0], edges[-1]), (-0.15, decades), left=78), names)
    parts = [
        plot.frame(
            _linear_ticks(edges[0], edges[-1]),
            [(power, numbers.count(10**power)) for power in range(decades + 1)],
            "Fraud probability",
            "Payments",
        ),
        svg.line_through(_steps(plot, edges, series["legitimate"]), "line s-main"),
        svg.line_through(_steps(plot, edges, series["fraud"]), "line s-fraud"),
        _threshold(plot, threshold),
        svg.legend(plot, names),
    ]
    return svg.picture(
        "score-distribution",
        "Distribution of scores",
        "Counts of fraudulent and legitimate payments per score, on a logarithmic scale. "
        f"The threshold is {numbers.short_number(threshold)}.",
        (plot.width, plot.height),
        "".join(parts),
    )


def reliability_bars(bins: Sequence[ReliabilityBin]) -> str:
    """Observed share of fraud over the mean predicted probability, each bin with its interval.

    `bins` is `curves.reliability`. Both axes are logarithmic, since most payments lie far below
    one percent; what lies below the axes' start stands at it. On the diagonal a probability
    means what it says.
    """
    rows = [
        (row.mean_predicted, row.observed)
        for row in bins
        if svg.finite(row.mean_predicted, row.observed.value)
    ]
    if not rows:
        return ""
    plot = svg.Plot((LEAST, 0), (LEAST, 0), left=72)
    ticks = [
        (float(power), f"{10.0 ** (power + 2):g}{numbers.SPACE}%") for power in range(LEAST, 1)
    ]
    ends = (plot.x(LEAST), plot.y(LEAST)), (plot.x(0), plot.y(0))
    parts = [
        plot.frame(ticks, ticks, "Predicted probability", "Observed share of fraud"),
        svg.line_through(ends, "line thin dash s-soft"),
    ]
    for predicted, observed in rows:
        ends_of = (predicted, observed.value, observed.low, observed.high)
        x, y, low, high = (_log(value) for value in ends_of)
        parts.append(plot.whisker(x, low, high, "line s-main"))
        parts.append(svg.dot(plot.x(x), plot.y(y), "f-main"))
    return svg.picture(
        "reliability",
        "Reliability of the probabilities",
        f"Observed share of fraud in {len(rows)} groups of payments by predicted probability, "
        "each with its interval; on the diagonal the probability means what it says.",
        (plot.width, plot.height),
        "".join(parts),
    )


def _log(value: float | None) -> float:
    if value is None or not svg.finite(value):
        return math.nan
    return math.log10(value) if value > 0 else float(LEAST)


def _steps(plot: svg.Plot, edges: Sequence[float], counts: Sequence[float]) -> list[svg.Point]:
    points = []
    for index, value in enumerate(counts):
        usable = svg.finite(value) and value > 0
        y = plot.y(math.log10(value)) if usable else plot.y(plot.y_range[0])
        points += [(plot.x(edges[index]), y), (plot.x(edges[index + 1]), y)]
    return points


def _threshold(plot: svg.Plot, threshold: float | None) -> str:
    if not svg.finite(threshold):
        return ""
    x = plot.x(threshold)  # type: ignore[arg-type]
    right = x > plot.width / 2
    return svg.line(x, plot.top, x, plot.height - plot.bottom, "line thin dash s-ink") + svg.text(
        x + (-6 if right else 6),
        plot.top + 12,
        f"threshold {numbers.short_number(threshold)}",
        text_anchor="end" if right else "start",
        class_="strong",
    )


def _linear_ticks(low: float, high: float) -> list[tuple[float, str]]:
    values = [low + (high - low) * step / 5 for step in range(6)]
    return [(value, f"{value:.3g}") for value in values]
