"""Isolated leaps of the clock are recognised; pauses of the business are not."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.data.plausible import leaps

START = np.datetime64("2025-01-01", "us")
MINUTE = np.timedelta64(60_000_000, "us")


def bulk(n: int = 2_000) -> np.ndarray:
    return START + np.arange(n) * 10 * MINUTE


def test_a_few_clocks_far_ahead_are_not_believed():
    """Two rows a month ahead stand apart; the bound is the newest row of the bulk."""
    times = np.concatenate([bulk(), bulk()[-1:] + np.array([30, 31]) * 1440 * MINUTE])

    lowest, highest = leaps(times)

    assert lowest is None
    assert highest == bulk()[-1]


def test_clocks_at_the_epoch_are_not_believed():
    """Rows at 1970 stand apart at the other end."""
    times = np.concatenate([[np.datetime64(0, "us")], bulk()])

    assert leaps(times) == (START, None)


def test_many_rows_after_a_pause_are_believed():
    """A closed week followed by a real restart is no leap: too many rows lie beyond."""
    times = np.concatenate([bulk(), bulk(200) + 30 * 1440 * MINUTE])

    assert leaps(times) == (None, None)


def test_weekends_are_pauses_not_leaps():
    """The first rows of a Monday lie no further away than other Mondays' did."""
    days = [START + np.timedelta64(day, "D") for day in range(30) if day % 7 < 5]
    times = np.concatenate([day + np.arange(200) * 2 * MINUTE for day in days])
    monday = np.array([START + np.timedelta64(35, "D"), START + np.timedelta64(35, "D") + MINUTE])

    assert leaps(np.concatenate([times, monday])) == (None, None)


@given(st.integers(1, 60), st.randoms())
def test_order_does_not_matter(days, random):
    """Law: the bounds depend on the set of times alone."""
    times = list(np.concatenate([bulk(300), bulk(300)[-1:] + days * 1440 * MINUTE]))
    shuffled = times.copy()
    random.shuffle(shuffled)

    assert leaps(np.array(times)) == leaps(np.array(shuffled))
