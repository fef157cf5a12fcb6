"""Small SVG drawing: tags, linear scales, axes. Knows nothing about models.

Colours are CSS variables with a class each, so that a page may be dark or light; `standalone`
writes the light colours into the picture for use as an image.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

from fraud_assets.report.numbers import SPACE

LIGHT = {
    "ink": "#1d2430",
    "soft": "#5a6473",
    "grid": "#e2e5ea",
    "paper": "#ffffff",
    "main": "#24589c",
    "band": "#c9d9ee",
    "fraud": "#b0452c",
    "other": "#75658f",
    "good": "#1c7048",
    "bad": "#b3261e",
}
DARK = {
    "ink": "#e6e9ee",
    "soft": "#a3adba",
    "grid": "#353c47",
    "paper": "#191d24",
    "main": "#86b4ee",
    "band": "#2c4363",
    "fraud": "#f0987f",
    "other": "#b9a8d6",
    "good": "#74cfa0",
    "bad": "#ff9388",
}
STYLE = """
svg.chart{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
font-size:13px;font-variant-numeric:tabular-nums}
svg.chart text{fill:var(--soft)}svg.chart text.strong{fill:var(--ink)}
svg.chart .grid{stroke:var(--grid);stroke-width:1;fill:none}
svg.chart .axis{stroke:var(--soft);stroke-width:1;fill:none}
svg.chart .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
svg.chart .band{fill:var(--band);stroke:none}
svg.chart .dash{stroke-dasharray:5 4}
svg.chart .thin{stroke-width:1.25}
svg.chart .hollow{fill:var(--paper)}
"""
_COLOURS = ("ink", "soft", "main", "fraud", "other", "good", "bad")
STYLE += "".join(
    f"svg.chart .s-{name}{{stroke:var(--{name})}}svg.chart .f-{name}{{fill:var(--{name})}}"
    f"svg.chart text.f-{name}{{fill:var(--{name})}}"
    for name in _COLOURS
)

Point = tuple[float, float]


def tag(name: str, content: str = "", **attributes: object) -> str:
    """One element; attribute values are escaped, `class_` is `class`, `_` in names is `-`."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_attribute(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _attribute(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def text(x: float, y: float, words: str, **attributes: object) -> str:
    """A text element, escaped."""
    return tag("text", escape(words), x=x, y=y, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """A straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def line_through(points: Iterable[Point], class_: str, *, closed: bool = False) -> str:
    """A line through points in pixels."""
    steps = " L".join(f"{_attribute(float(x))} {_attribute(float(y))}" for x, y in points)
    return tag("path", d=f"M{steps}{'Z' if closed else ''}", class_=class_) if steps else ""


def picture(name: str, title: str, description: str, size: tuple[float, float], body: str) -> str:
    """A whole picture with its title and description for those who do not see it."""
    head = tag("title", escape(title), id=f"{name}-title")
    head += tag("desc", escape(description) or "-", id=f"{name}-desc")
    return tag(
        "svg",
        head + body,
        xmlns="http://www.w3.org/2000/svg",
        class_="chart",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        viewBox=f"0 0 {_attribute(float(size[0]))} {_attribute(float(size[1]))}",
    )


def standalone(svg: str) -> str:
    """The picture on its own light paper, every colour written out; for use as an image."""
    style = re.sub(r"var\(--(\w+)\)", lambda found: LIGHT[found.group(1)], STYLE)
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups()  # type: ignore[union-attr]
    start, rest = svg.split(">", 1)
    paper = tag("rect", width=width, height=height, fill=LIGHT["paper"])
    return f'{start} width="{width}" height="{height}">{tag("style", style)}{paper}{rest}'


def finite(*values: object) -> bool:
    """Whether all are numbers that can be drawn."""
    return all(
        isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        for value in values
    )


@dataclass(frozen=True)
class Plot:
    """A frame with linear scales; x and y ranges in data units, everything else in pixels."""

    x_range: Point
    y_range: Point
    width: float = 440
    height: float = 320
    left: float = 64
    right: float = 24
    top: float = 14
    bottom: float = 46

    def x(self, value: float) -> float:
        """Pixels from the left; values outside the range stand at its edge."""
        return self.left + self._part(value, self.x_range) * (self.width - self.left - self.right)

    def y(self, value: float) -> float:
        """Pixels from the top; values outside the range stand at its edge."""
        part = 1 - self._part(value, self.y_range)
        return self.top + part * (self.height - self.top - self.bottom)

    def points(self, xs: Sequence[float], ys: Sequence[float]) -> list[Point]:
        """Data to pixels; pairs with a missing or infinite member are left out."""
        return [(self.x(x), self.y(y)) for x, y in zip(xs, ys, strict=True) if finite(x, y)]

    def frame(
        self,
        x_ticks: Iterable[tuple[float, str]],
        y_ticks: Iterable[tuple[float, str]],
        x_label: str,
        y_label: str,
    ) -> str:
        """Grid, tick labels and axis names."""
        bottom, right = self.height - self.bottom, self.width - self.right
        parts = []
        for value, words in y_ticks:
            y = self.y(value)
            parts.append(line(self.left, y, right, y, "grid"))
            parts.append(text(self.left - 7, y + 4.5, words, text_anchor="end"))
        for value, words in x_ticks:
            x = self.x(value)
            parts.append(line(x, bottom, x, bottom + 4, "axis"))
            parts.append(text(x, bottom + 19, words, text_anchor="middle"))
        parts.append(line(self.left, bottom, right, bottom, "axis"))
        middle = (self.left + right) / 2
        parts.append(text(middle, bottom + 38, x_label, text_anchor="middle", class_="strong"))
        y = (self.top + bottom) / 2
        turn = f"rotate(-90 13 {_attribute(y)})"
        parts.append(text(13, y, y_label, text_anchor="middle", class_="strong", transform=turn))
        return "".join(parts)

    def whisker(self, x: float, low: object, high: object, class_: str) -> str:
        """A vertical interval; nothing where an end is not a number."""
        if not finite(low, high):
            return ""
        return line(self.x(x), self.y(low), self.x(x), self.y(high), class_)  # type: ignore[arg-type]

    def _part(self, value: float, scale: Point) -> float:
        low, high = scale
        return min(1.0, max(0.0, (value - low) / (high - low))) if high > low else 0.5


def fifths(low: float = 0.0, high: float = 1.0) -> list[tuple[float, str]]:
    """Six ticks of a share, as percent."""
    values = [low + (high - low) * step / 5 for step in range(6)]
    return [(value, f"{100 * value:.4g}{SPACE}%") for value in values]


def dot(x: float, y: float, class_: str, radius: float = 4.5) -> str:
    """A filled circle."""
    return tag("circle", cx=x, cy=y, r=radius, class_=class_)


def legend(plot: Plot, entries: Sequence[tuple[str, str]]) -> str:
    """Short strokes with their names below the frame, two in a row, where no curve runs."""
    parts = []
    for index, (class_, words) in enumerate(entries):
        x = 20 + 210 * (index % 2)
        y = plot.height - plot.bottom + 62 + 18 * (index // 2)
        parts.append(line(x, y, x + 20, y, class_))
        parts.append(text(x + 27, y + 4.5, words))
    return "".join(parts)


def boxes(plot: Plot, entries: Sequence[tuple[str, str]]) -> str:
    """The same for areas: a small box each, with its name."""
    parts = []
    for index, (class_, words) in enumerate(entries):
        x = 20 + 210 * (index % 2)
        y = plot.height - 28 - 18 * ((len(entries) - 1) // 2) + 18 * (index // 2)
        parts.append(tag("rect", x=x, y=y, width=14, height=11, class_=class_.removeprefix("box ")))
        parts.append(text(x + 21, y + 10, words))
    return "".join(parts)


def with_legend(plot: Plot, entries: Sequence[tuple[str, str]]) -> Plot:
    """The same frame, with room for a legend below it."""
    room = 10 + 18.0 * -(-len(entries) // 2)
    return replace(plot, height=plot.height + room, bottom=plot.bottom + room)
