"""Precision against recall, and the receiver operating characteristic."""

from __future__ import annotations

from collections.abc import Sequence

from fraud_assets.documents.report.curves import PrecisionRecallPoint, RocPoint
from fraud_assets.documents.report.judged import Metrics
from fraud_assets.report import numbers
from fraud_assets.report.charts import svg

Points = Sequence[PrecisionRecallPoint]


def precision_recall_curve(
    curve: Points,
    metrics: Metrics,
    floor: float | None = None,
    champion: Points = (),
) -> str:
    """Precision over recall with its interval band and the point of the frozen threshold.

    `curve` is `curves.precision_recall`, `metrics` holds the rates recall and precision at the
    frozen threshold, `champion` is the production model's curve on the same rows.
    """
    rows = [row for row in curve if svg.finite(row.recall, row.precision)]
    if not rows:
        return ""
    names = _names(champion, floor)
    plot = svg.with_legend(svg.Plot((0, 1), (0, 1)), names)
    parts = [
        _band(plot, rows),
        plot.frame(svg.fifths(), svg.fifths(), "Recall", "Precision"),
        _floor(plot, floor),
        svg.line_through(_places(plot, champion), "line s-other dash"),
        svg.line_through(_places(plot, rows), "line s-main"),
        _frozen(plot, metrics),
        svg.legend(plot, names),
    ]
    return svg.picture(
        "precision-recall",
        "Precision against recall",
        _at_threshold(metrics),
        (plot.width, plot.height),
        "".join(parts),
    )


def roc_curve(
    curve: Sequence[RocPoint], metrics: Metrics, champion: Sequence[RocPoint] = ()
) -> str:
    """Recall over the false-positive rate; the diagonal is a model that guesses."""
    rows = [row for row in curve if svg.finite(row.fpr, row.tpr)]
    if not rows:
        return ""
    names = [("line s-main", "this model"), ("line thin dash s-soft", "a model that guesses")]
    names += [("line s-fraud", "frozen threshold")]
    names += [("line s-other dash", "model in production")] if champion else []
    end = _axis_end(metrics.false_positive_rate.value)
    plot = svg.with_legend(svg.Plot((0, end), (0, 1)), names)
    area = metrics.roc_auc.value
    parts = [
        plot.frame(svg.fifths(0, end), svg.fifths(), "False-positive rate", "Recall"),
        svg.line_through(
            [(plot.x(0), plot.y(0)), (plot.x(end), plot.y(end))], "line thin dash s-soft"
        ),
        svg.line_through(_corners(plot, _until(champion, end)), "line s-other dash"),
        svg.line_through(_corners(plot, _until(rows, end)), "line s-main"),
        _frozen_corner(plot, metrics),
        svg.text(
            plot.width - plot.right - 10,
            plot.height - plot.bottom - 14,
            f"area {numbers.decimal(area)}",
            text_anchor="end",
            class_="strong",
        ),
        svg.legend(plot, names),
    ]
    return svg.picture(
        "roc",
        "Receiver operating characteristic",
        f"The area under the curve is {numbers.decimal(area)}. {_at_threshold(metrics)}",
        (plot.width, plot.height),
        "".join(parts),
    )


def _axis_end(rate: float | None) -> float:
    """The false-positive rate at which the axis ends: the least of a few that shows the dot well.

    At one fraud in a hundred, 10 % false positives are ten alerts for each fraud: nobody works
    those, and a linear axis to 100 % would hide everything that matters in its first millimetre.
    """
    wanted = 3 * rate if rate is not None and svg.finite(rate) else 0.05
    return next((end for end in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if end >= wanted), 1.0)


def _until(rows: Sequence[RocPoint], end: float) -> list[RocPoint]:
    """The curve's points up to a false-positive rate, cut where it crosses it."""
    kept: list[RocPoint] = []
    for row in rows:
        if row.fpr <= end:
            kept.append(row)
            continue
        if kept:
            last = kept[-1]
            part = (end - last.fpr) / (row.fpr - last.fpr)
            kept.append(RocPoint(end, last.tpr + part * (row.tpr - last.tpr)))
        break
    return kept


def _places(plot: svg.Plot, rows: Points) -> list[svg.Point]:
    return plot.points([row.recall for row in rows], [row.precision for row in rows])


def _corners(plot: svg.Plot, rows: Sequence[RocPoint]) -> list[svg.Point]:
    return plot.points([row.fpr for row in rows], [row.tpr for row in rows])


def _band(plot: svg.Plot, rows: Points) -> str:
    kept = [r for r in rows if svg.finite(r.recall, r.precision_low, r.precision_high)]
    xs = [row.recall for row in kept]
    low = plot.points(xs, [row.precision_low for row in kept])
    high = plot.points(xs, [row.precision_high for row in kept])
    return svg.line_through(high + low[::-1], "band", closed=True)


def _floor(plot: svg.Plot, floor: float | None) -> str:
    if not svg.finite(floor):
        return ""
    x = plot.x(floor)  # type: ignore[arg-type]
    return svg.line(x, plot.top, x, plot.height - plot.bottom, "line thin dash s-soft")


def _frozen_corner(plot: svg.Plot, metrics: Metrics) -> str:
    rate, recall = metrics.false_positive_rate.value, metrics.recall.value
    if rate is None or recall is None or not svg.finite(rate, recall):
        return ""
    return svg.dot(plot.x(rate), plot.y(recall), "f-fraud")


def _frozen(plot: svg.Plot, metrics: Metrics) -> str:
    recall, precision = metrics.recall, metrics.precision
    if recall.value is None or precision.value is None:
        return ""
    if not svg.finite(recall.value, precision.value):
        return ""
    x, y = plot.x(recall.value), plot.y(precision.value)
    across = ""
    if svg.finite(recall.low, recall.high):
        across = svg.line(plot.x(recall.low), y, plot.x(recall.high), y, "line s-fraud")
    upright = plot.whisker(recall.value, precision.low, precision.high, "line s-fraud")
    return across + upright + svg.dot(x, y, "f-fraud")


def _names(champion: Points, floor: float | None) -> list[tuple[str, str]]:
    names = [("line s-main", "this model, with interval"), ("line s-fraud", "frozen threshold")]
    if champion:
        names.insert(1, ("line s-other dash", "model in production"))
    if svg.finite(floor):
        names.append(("line thin dash s-soft", "lowest recall allowed"))
    return names


def _at_threshold(metrics: Metrics) -> str:
    recall, precision = numbers.rate_line(metrics.recall), numbers.rate_line(metrics.precision)
    return f"At the frozen threshold recall is {recall} and precision {precision}."
