"""Precision against recall, and the receiver operating characteristic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fraud_assets.report import numbers
from fraud_assets.report.charts import svg

Rows = Sequence[Mapping[str, Any]]


def precision_recall(
    curve: Rows,
    metrics: Mapping[str, Any],
    floor: float | None = None,
    champion: Rows = (),
) -> str:
    """Precision over recall with its interval band and the point of the frozen threshold.

    `curve` is `curves.precision_recall`, `metrics` holds the rates recall and precision at the
    frozen threshold, `champion` is the production model's curve on the same rows.
    """
    rows = [row for row in curve if svg.finite(row.get("recall"), row.get("precision"))]
    if not rows:
        return ""
    names = _names(champion, floor)
    plot = svg.with_legend(svg.Plot((0, 1), (0, 1)), names)
    parts = [
        _band(plot, rows),
        plot.frame(svg.fifths(), svg.fifths(), "Recall", "Precision"),
        _floor(plot, floor),
        _curve(plot, champion, "recall", "precision", "line s-other dash"),
        _curve(plot, rows, "recall", "precision", "line s-main"),
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


def roc(curve: Rows, metrics: Mapping[str, Any], champion: Rows = ()) -> str:
    """Recall over the false-positive rate; the diagonal is a model that guesses."""
    rows = [row for row in curve if svg.finite(row.get("fpr"), row.get("tpr"))]
    if not rows:
        return ""
    names = [("line s-main", "this model"), ("line thin dash s-soft", "a model that guesses")]
    end = _axis_end(_value(metrics, "false_positive_rate"))
    names += [("line s-fraud", "frozen threshold")]
    names += [("line s-other dash", "model in production")] if champion else []
    plot = svg.with_legend(svg.Plot((0, end), (0, 1)), names)
    area = (metrics.get("roc_auc") or {}).get("value")
    rate, recall = (_value(metrics, key) for key in ("false_positive_rate", "recall"))
    parts = [
        plot.frame(svg.fifths(0, end), svg.fifths(), "False-positive rate", "Recall"),
        svg.path([(plot.x(0), plot.y(0)), (plot.x(end), plot.y(end))], "line thin dash s-soft"),
        _curve(plot, _until(champion, end), "fpr", "tpr", "line s-other dash"),
        _curve(plot, _until(rows, end), "fpr", "tpr", "line s-main"),
        svg.dot(plot.x(rate), plot.y(recall), "f-fraud") if svg.finite(rate, recall) else "",
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


def _axis_end(rate: Any) -> float:
    """The false-positive rate at which the axis ends: the least of a few that shows the dot well.

    At one fraud in a hundred, 10 % false positives are ten alerts for each fraud: nobody works
    those, and a linear axis to 100 % would hide everything that matters in its first millimetre.
    """
    wanted = 3 * rate if svg.finite(rate) else 0.05
    return next((end for end in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if end >= wanted), 1.0)


def _until(rows: Rows, end: float) -> Rows:
    """The curve's points up to a false-positive rate, cut where it crosses it."""
    kept: list[Mapping[str, Any]] = []
    for row in rows:
        if row["fpr"] <= end:
            kept.append(row)
            continue
        if kept:
            last = kept[-1]
            part = (end - last["fpr"]) / (row["fpr"] - last["fpr"])
            kept.append({"fpr": end, "tpr": last["tpr"] + part * (row["tpr"] - last["tpr"])})
        break
    return kept


def _curve(plot: svg.Plot, rows: Rows, x: str, y: str, class_: str) -> str:
    points = plot.points([row.get(x) for row in rows], [row.get(y) for row in rows])  # type: ignore[misc]
    return svg.path(points, class_)


def _band(plot: svg.Plot, rows: Rows) -> str:
    keys = ("recall", "precision_low", "precision_high")
    kept = [row for row in rows if svg.finite(*(row.get(key) for key in keys))]
    xs = [row["recall"] for row in kept]
    low = plot.points(xs, [row["precision_low"] for row in kept])
    high = plot.points(xs, [row["precision_high"] for row in kept])
    return svg.path(high + low[::-1], "band", closed=True)


def _floor(plot: svg.Plot, floor: float | None) -> str:
    if not svg.finite(floor):
        return ""
    x = plot.x(floor)  # type: ignore[arg-type]
    return svg.line(x, plot.top, x, plot.height - plot.bottom, "line thin dash s-soft")


def _frozen(plot: svg.Plot, metrics: Mapping[str, Any]) -> str:
    recall, precision = metrics.get("recall") or {}, metrics.get("precision") or {}
    if not svg.finite(recall.get("value"), precision.get("value")):
        return ""
    x, y = plot.x(recall["value"]), plot.y(precision["value"])
    across = ""
    if svg.finite(recall.get("low"), recall.get("high")):
        across = svg.line(plot.x(recall["low"]), y, plot.x(recall["high"]), y, "line s-fraud")
    upright = plot.whisker(
        recall["value"], precision.get("low"), precision.get("high"), "line s-fraud"
    )
    return across + upright + svg.dot(x, y, "f-fraud")


def _names(champion: Rows, floor: float | None) -> list[tuple[str, str]]:
    names = [("line s-main", "this model, with interval"), ("line s-fraud", "frozen threshold")]
    if champion:
        names.insert(1, ("line s-other dash", "model in production"))
    if svg.finite(floor):
        names.append(("line thin dash s-soft", "lowest recall allowed"))
    return names


def _at_threshold(metrics: Mapping[str, Any]) -> str:
    recall, precision = (numbers.rate(metrics.get(key)) for key in ("recall", "precision"))
    return f"At the frozen threshold recall is {recall} and precision {precision}."


def _value(metrics: Mapping[str, Any], key: str) -> Any:
    return (metrics.get(key) or {}).get("value")
