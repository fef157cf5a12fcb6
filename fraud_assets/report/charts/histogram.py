"""One feature in three parts of the history: fitted, judged, and newest without labels."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from fraud_assets.documents.report.data import FeatureHistogram
from fraud_assets.report import numbers
from fraud_assets.report.charts import svg

MOST_LEVELS = 9
"""Levels drawn one by one; the rest stands together."""

NAMES = (("fitted", "band"), ("judged", "f-main"), ("newest", "line thin hollow s-soft"))


def feature_histogram(row: FeatureHistogram, index: int) -> str:
    """Share of each part's payments by value; `index` makes the picture's ids unique.

    The newest payments are hollow: their labels are not in yet.
    """
    bins = _bins(row)
    parts = [(name, look, _shares(getattr(row, name), len(bins))) for name, look in NAMES]
    drawn = [part for part in parts if part[2]]
    if not drawn:
        return ""
    step = _step(max(share for *_, shares in drawn for share in shares))
    top = 4 * step
    names = [
        ("box band", "fitted"), ("box f-main", "judged"), ("box hollow s-soft", "newest, no labels")
    ]  # fmt: skip
    plot = svg.with_legend(svg.Plot((-0.5, len(bins) - 0.5), (0, top), bottom=62, left=78), names)
    heights = [(at * step, f"{100 * at * step:.3g}{numbers.SPACE}%") for at in range(5)]
    picture = [plot.frame((), heights, "", "Share of payments"), *_named(plot, bins)]
    for position, (_, look, shares) in enumerate(drawn):
        picture += [_bar(plot, at, position, share, look) for at, share in enumerate(shares)]
    picture.append(svg.boxes(plot, names))
    counts = ", ".join(f"{name} {numbers.count(sum(getattr(row, name)))}" for name, *_ in drawn)
    return svg.picture(
        f"histogram-{index}",
        f"{row.feature} by part of the history",
        f"Shares of the payments by value; payments: {counts}.",
        (plot.width, plot.height),
        "".join(picture),
    )


def _step(most: float) -> float:
    """A round quarter of an axis on which `most` stands."""
    return next((step for step in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2) if 4 * step >= most), 0.25)


def _bins(row: FeatureHistogram) -> list[str]:
    """What each bin is called; the last is for the missing or for all other levels."""
    if row.levels is not msgspec.UNSET:
        kept = list(row.levels[:MOST_LEVELS])
        return [*(numbers.short(level, 12) for level in kept), "others"]
    edges = () if row.edges is msgspec.UNSET else row.edges
    if not edges:
        return ["all", "missing"]
    ends = [numbers.short_number(edge) for edge in edges]
    return [*(f"to {end}" for end in ends), f"over {ends[-1]}", "missing"]


def _shares(counts: Sequence[int], bins: int) -> list[float]:
    """Shares of all; counts beyond the bins are added to the last one."""
    total = sum(counts)
    if not total:
        return []
    kept = [*counts[: bins - 1], sum(counts[bins - 1 :])]
    return [count / total for count in kept]


def _named(plot: svg.Plot, bins: Sequence[str]) -> list[str]:
    """Names below the bins, turned so that none covers the next."""
    y = plot.height - plot.bottom + 12
    return [
        svg.text(
            plot.x(at) + 4, y, name, text_anchor="end",
            transform=f"rotate(-35 {plot.x(at) + 4:.1f} {y:.1f})", font_size="11",
        )
        for at, name in enumerate(bins)
    ]  # fmt: skip


def _bar(plot: svg.Plot, at: int, position: int, share: float, look: str) -> str:
    left = plot.x(at - 0.4 + 0.27 * position)
    return svg.tag(
        "rect",
        x=left,
        y=plot.y(share),
        width=plot.x(at - 0.4 + 0.27 * (position + 1)) - left - 0.5,
        height=plot.y(0) - plot.y(share),
        class_=look,
    )
