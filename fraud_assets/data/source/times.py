"""Which event times a run needs, so that a source need not give what nobody looks at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fraud_assets.contract import Contract
from fraud_assets.data.splits.reach import read_from


@dataclass(frozen=True)
class EventTimes:
    """Event times from `start` to `end`, both included, datetime64[us] UTC; None is no bound.

    A source may give rows outside; it may never leave out rows inside, or rows without a time.
    """

    start: np.datetime64 | None = None
    end: np.datetime64 | None = None


ALL_TIMES = EventTimes()


def times_needed(contract: Contract, at: np.datetime64 | None) -> EventTimes:
    """What a run at `at` needs; where it takes all that there is, all times."""
    return ALL_TIMES if at is None else EventTimes(read_from(contract, at), at)
