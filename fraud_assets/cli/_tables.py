"""Small tables for a terminal: numbers to the right, at most 80 columns, plain in a pipe."""

from __future__ import annotations

from collections.abc import Sequence

from fraud_assets.cli._wrapping import WIDTH, wrapped


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> list[str]:
    """Lines of a table whose first `left` columns stand to the left; the first may be cut."""
    cells = [list(map(str, row)) for row in [heads, *rows]]
    widths = [max(len(row[at]) for row in cells) for at in range(len(heads))]
    widths[0] = min(widths[0], WIDTH - sum(widths[1:]) - 2 * (len(widths) - 1))
    return [_line(row, widths, left) for row in cells]


def paragraph(text: str, head: str = "") -> list[str]:
    """A sentence within the width, its further lines under its first word."""
    return wrapped(text, WIDTH, head, " " * min(len(head), 20))


def share(part: float, whole: float) -> str:
    """A part of a whole in percent; a dash where there is no whole."""
    return f"{part / whole:.2%}" if whole else "-"


def _line(cells: Sequence[str], widths: Sequence[int], left: int) -> str:
    written = [
        f"{_cut(cell, width):<{width}}" if at < left else f"{cell:>{width}}"
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(written).rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: max(width - 3, 1)]}..."
