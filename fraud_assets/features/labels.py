"""When a payment counted as fraud: from what its deliveries say, and when each was known.

A delivery's label holds from when it was known until a later delivery's label is known. Times are
whole microseconds since 1970, UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

ALWAYS, NEVER = -(2**63) + 1, 2**63 - 1
"""Before and after all times; the smallest integer itself means a missing time in numpy."""


class Statement(NamedTuple):
    """What one delivery says: fraud or not, and when that was known; None where nothing tells.

    `is_timed` where the delivery itself has a time, so that it cannot be older than those before.
    """

    is_fraud: bool
    known: int | None
    is_timed: bool = False


class Period(NamedTuple):
    """From `start` on and before `end` the payment was known as fraud."""

    start: int
    end: int


def fraud_periods(statements: Sequence[Statement], matured: int) -> list[Period]:
    """When a payment counted as fraud, in order of time; the last may end at `NEVER`.

    Parameters
    ----------
    statements
        What the payment's deliveries say, in the order in which they came.
    matured
        When the payment's label has matured. A label without a time is known from then on, and
        not before the ones that it follows; so is a label that takes a fraud back and gives no
        later time than the fraud's own, unless its delivery has a time: then it holds at once.
    """
    known = _known_from(statements, matured)
    periods: list[Period] = []
    end = NEVER
    for statement, start in zip(reversed(statements), reversed(known), strict=True):
        if statement.is_fraud and start < end:
            periods.append(Period(start, end))
        end = min(start, end)
    return _joined(periods[::-1])


def _known_from(statements: Sequence[Statement], matured: int) -> list[int]:
    """From when each statement holds; "no fraud" holds from the beginning where it comes first."""
    known: list[int] = []
    reported: int | None = None
    for is_fraud, said, is_timed in statements:
        if reported is None and not is_fraud:
            start = ALWAYS
        elif said is None:
            start = max([matured, *known])
        elif reported is not None and not is_fraud and said <= reported:
            start = reported if is_timed else max([matured, *known])
        else:
            start = said
        known.append(start)
        if is_fraud:
            reported = start
    return known


def _joined(periods: Sequence[Period]) -> list[Period]:
    joined: list[Period] = []
    for period in sorted(periods):
        if joined and joined[-1].end == period.start:
            joined[-1] = Period(joined[-1].start, period.end)
        else:
            joined.append(period)
    return joined
