"""Frauds of one sender are one observation: the episodes in which they come.

A burst of frauds from one sender is caught or missed together, so counting each would make an
alarm of one unlucky sender. An episode is what one sender did with pauses of at most `PAUSE`;
only a sender's first episode is evidence, since a later one depends on how the first ended.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PAUSE = np.timedelta64(2, "D")
"""Longest time between two frauds of one episode."""


@dataclass(frozen=True)
class MaturedFrauds:
    """Frauds whose label is old enough, (n,) each, in any order.

    `time` (datetime64) is the payment's; `weight` is 1 where a fraud's label would have come in
    any case, and one over the release probability where a flagged payment passed on purpose.
    """

    time: np.ndarray
    caught: np.ndarray
    weight: np.ndarray
    sender: np.ndarray


@dataclass(frozen=True)
class Episodes:
    """Each sender's first episode (m,), in the order in which they were complete.

    `caught` and `missed` are sums of weights; `later` counts the frauds set aside because their
    sender had been an observation before.
    """

    complete: np.ndarray
    caught: np.ndarray
    missed: np.ndarray
    later: int


def episodes(frauds: MaturedFrauds) -> Episodes:
    """Gather frauds into the observations that the alarm may count."""
    order = np.lexsort((frauds.time, frauds.sender))
    time, sender = frauds.time[order].astype("datetime64[us]"), frauds.sender[order]
    caught, weight = frauds.caught[order].astype(bool), frauds.weight[order]
    fresh = np.concatenate(([True], sender[1:] != sender[:-1]))[: len(sender)]
    apart = np.concatenate(([True], time[1:] - time[:-1] > PAUSE))[: len(sender)]
    breaks = np.cumsum(apart & ~fresh)
    first = breaks == breaks[fresh].repeat(np.diff(np.append(np.flatnonzero(fresh), len(sender))))
    codes = np.cumsum(fresh) - 1
    m = int(fresh.sum())
    last = np.zeros(m, dtype="datetime64[us]")
    np.maximum.at(last, codes[first], time[first])
    sums = [
        np.bincount(codes[first], weights=weight[first] * side[first], minlength=m)
        for side in (caught, ~caught)
    ]
    complete = last + PAUSE
    by_time = np.argsort(complete, kind="stable")
    return Episodes(complete[by_time], sums[0][by_time], sums[1][by_time], int((~first).sum()))
