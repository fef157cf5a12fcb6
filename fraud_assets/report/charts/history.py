"""How much history is worth: average precision over the length that was fitted on."""

from __future__ import annotations

from collections.abc import Sequence

from fraud_assets.documents.report.search import HistoryRow
from fraud_assets.report import numbers
from fraud_assets.report.charts import svg


def history_curve(rows: Sequence[HistoryRow]) -> str:
    """Average precision by days of history; the whisker is the gain's interval over the window.

    A history that fades is drawn hollow.
    """
    shown = [row for row in rows if _is_drawn(row)]
    if len(shown) < 2:
        return ""
    ends = [end for row in shown for end in _ends(row)]
    low, high = min(ends), max(ends)
    room = max((high - low) * 0.08, 1e-4)
    plot = svg.Plot((0, max(row.days for row in shown) * 1.05), (low - room, high + room))
    plain = [row for row in shown if row.half_life_days is None]
    across = [
        (row.days, numbers.short_number(row.days)) for row in plain[-1:] + plain[: len(plain) // 2]
    ]
    upward = [(at, numbers.decimal(at, 3)) for at in (low, (low + high) / 2, high)]
    parts = [plot.frame(across, upward, "Days of history", "Average precision")]
    parts.append(
        svg.line_through(
            [(plot.x(r.days), plot.y(r.average_precision)) for r in plain], "line s-main"
        )
    )
    for row in shown:
        x, (bottom, top) = row.days, _ends(row)
        parts.append(plot.whisker(x, bottom, top, "line s-main"))
        look = "f-main" if row.half_life_days is None else "line hollow s-main"
        parts.append(svg.dot(plot.x(x), plot.y(row.average_precision), look))
    return svg.picture(
        "history",
        "Average precision by length of history",
        f"{len(shown)} lengths of history, each with the interval of its gain over the window.",
        (plot.width, plot.height),
        "".join(parts),
    )


def _is_drawn(row: HistoryRow) -> bool:
    gain = row.gain
    return svg.finite(row.days, row.average_precision, gain.value, gain.low, gain.high)


def _ends(row: HistoryRow) -> tuple[float, float]:
    """The average precision at both ends of the interval of its gain."""
    base = row.average_precision - (row.gain.value or 0.0)
    return base + row.gain.low, base + row.gain.high
