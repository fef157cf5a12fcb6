"""Frauds of one sender are one observation."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.watch.episodes import PAUSE, MaturedFrauds, episodes

DAY = np.timedelta64(1, "D")
START = np.datetime64("2025-01-06", "us")


def frauds(rows: list[tuple[float, bool, int]]) -> MaturedFrauds:
    """Rows of (day, caught, sender), each of weight 1."""
    day, caught, sender = (np.array(column) for column in zip(*rows, strict=True))
    time = START + (day * 86_400_000_000).astype("timedelta64[us]")
    return MaturedFrauds(time, caught, np.ones(len(rows)), sender)


def test_a_burst_is_one_and_a_return_is_set_aside():
    """By hand: sender 1 twice within two days, again after a week; sender 2 once, in between."""
    found = episodes(frauds([(0, True, 1), (1.5, False, 1), (9, False, 1), (3, True, 2)]))

    assert list(found.caught) == [1, 1]
    assert list(found.missed) == [1, 0]
    assert list(found.complete) == [
        START + np.timedelta64(36, "h") + PAUSE,
        START + 3 * DAY + PAUSE,
    ]
    assert found.later == 1


@given(
    st.lists(st.tuples(st.floats(0, 40), st.booleans(), st.integers(0, 5)), min_size=1, max_size=40)
)
def test_as_a_naive_reader_would_gather(rows):
    """Law: the same as walking each sender's frauds in order of time, whatever order they have."""
    expected, later = [], 0
    for sender in sorted({row[2] for row in rows}):
        own = sorted((row for row in rows if row[2] == sender), key=lambda row: row[0])
        times = frauds(own).time
        size = next((i for i in range(1, len(own)) if times[i] - times[i - 1] > PAUSE), len(own))
        caught = sum(row[1] for row in own[:size])
        expected.append((times[size - 1] + PAUSE, caught, size - caught))
        later += len(own) - size

    found = episodes(frauds(rows))

    assert sorted(zip(found.complete, found.caught, found.missed, strict=True)) == sorted(expected)
    assert list(found.complete) == sorted(found.complete)
    assert found.later == later


def test_no_fraud_is_no_episode():
    """An empty window is no error."""
    none = np.array([], dtype=float)
    found = episodes(MaturedFrauds(none.astype("datetime64[us]"), none.astype(bool), none, none))

    assert len(found.complete) == 0
    assert found.later == 0
