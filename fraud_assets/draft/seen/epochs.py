"""Numbers that nothing calls a time, yet all are instants of recent years in one unit."""

from __future__ import annotations

import numpy as np

_PER_SECOND = ((1.0, "s"), (1e3, "ms"), (1e6, "us"), (1e9, "ns"))
_YEAR = 365.25 * 86_400

_RECENT = (2005.0, 2040.0)
"""Years in which all of them have to lie."""

_SPAN = (1 / 365, 15.0)
"""Years that they span: numbers given one after the other span less, random ones more."""


def unit_of_recent(numbers: np.ndarray) -> str | None:
    """The unit in which numbers (n,) count recent time since 1970; None where none fits."""
    low, high = float(numbers.min()), float(numbers.max())
    for size, unit in _PER_SECOND:
        first, last = (1970 + number / size / _YEAR for number in (low, high))
        if _RECENT[0] <= first and last <= _RECENT[1]:
            return unit if _SPAN[0] <= last - first <= _SPAN[1] else None
    return None
