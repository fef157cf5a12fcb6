"""Which of two fields of a date is the day, and which of three the year: asked of the column.

"03/04/2025" says by itself neither day nor month; its column does, once for all rows, where some
of its dates have a field above 12. Where it does not, or says both, its owner must.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from fraud_assets.data.notes import Note, rows_of
from fraud_assets.features.arrays import Ints, Mask

Order = Literal["day", "month", "year"]
"""What comes first."""

_STRAY = 0.005
"""Share of the dates that may contradict the others before nobody believes either."""

_FEWEST = 2
_DOUBTFUL_SHARE = 0.01
_DECLARE = 'Declare it where the contract names the column: { column = "...", day_first = true }'


def fields_order(
    first: Ints, second: Ints, third: Ints, is_short: Mask, day_first: bool | None
) -> tuple[Order | None, str]:
    """What comes first in dates of three numbers (n,), and else why nothing says it.

    `third` is the year, of two digits where `is_short`, in which case `first` may be it as well.
    """
    if day_first is not None:
        return ("day" if day_first else "month"), ""
    days = int((first > 12).sum()), int((second > 12).sum())
    if is_short.any():
        return _of_short(first, second, third)
    if days[0] and days[1] and not _is_stray(min(days), len(first)):
        return None, "both"
    if days[0] == days[1]:
        return ("day", "") if bool((first == second).all()) else (None, "open")
    return ("day" if days[0] > days[1] else "month"), ""


def _of_short(first: Ints, second: Ints, third: Ints) -> tuple[Order | None, str]:
    invalid: dict[Order, int] = {
        "day": int(((first > 31) | (first < 1) | (second > 12)).sum()),
        "month": int(((first > 12) | (first < 1) | (second > 31)).sum()),
        "year": int(((second > 12) | (third > 31) | (third < 1)).sum()),
    }
    possible = [order for order, bad in invalid.items() if not bad or _is_stray(bad, len(first))]
    if len(possible) == 1:
        return possible[0], ""
    return None, "short" if possible else "both"


def _is_stray(few: int, count: int) -> bool:
    return few <= max(_FEWEST, _STRAY * count)


def order_fault(why: str, dates: int, present: int, examples: list[str], name: str) -> Note | None:
    """Why a column's dates cannot be read; None where they are too few to stop a run."""
    if dates <= max(_FEWEST, _DOUBTFUL_SHARE * present) and 2 * dates <= present:
        return None
    shown = " and ".join(map(repr, examples))
    texts = {
        "open": f"The dates of column {name!r} must show whether day or month comes first, but its "
        f"{dates:,} dates such as {examples[0]!r} do not. {_DECLARE} or false.",
        "short": f"The dates of column {name!r} must show which of day, month and year stands "
        f"where, but its {dates:,} dates with years of two digits, such as {examples[0]!r}, do "
        'not. Declare { column = "...", day_first = true } or false where the year stands last, '
        'else format = "%y-%m-%d", or what it is.',
        "both": f"The dates of column {name!r} must have one order, but it holds {dates:,} such as "
        f"{shown}, some with the day and some with the month first, so that 03/04 may be either. "
        "Export all files with the year first.",
    }
    return Note("day_or_month", texts[why], dates, name)


def stray_note(bad: int, example: str, name: str) -> Note:
    """A few dates that the column's own order makes impossible."""
    return Note(
        "dates_of_another_order",
        f"Column {name!r} holds {rows_of(bad)} such as {example!r} whose day and month stand in "
        "another order than in its other dates; they are put aside as unparsable, and those of "
        "the first 12 days of a month may be read wrongly.",
        bad,
        name,
    )


def arranged(order: Order, first: Ints, second: Ints, third: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of dates (n,) of three fields."""
    if order == "year":
        return first, second, third
    day, month = (first, second) if order == "day" else (second, first)
    return third, month, day


def contradicting(order: Order, first: Ints, second: Ints) -> np.ndarray:
    """Which dates (n,) fit another order of day and month alone."""
    if order == "year":
        return np.zeros(len(first), dtype=bool)
    month, other = (second, first) if order == "day" else (first, second)
    return (month > 12) & (other <= 12)
