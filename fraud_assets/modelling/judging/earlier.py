"""Frauds of the weeks before the threshold window, beside the window's own.

Each was scored by a fit that had left its weeks out. Fits differ in scale, so such a fraud is known
by its place: the share of the legitimate payments of its own weeks that the same fit scores at
least as high, and a little more (`cautious_places`). On the threshold rows a place is the score
that as many of them reach.

A promise may rest on them only where their law is the window's. What can be seen of that is
whether newer frauds are caught less often at the same place (`alike`). A difference that few frauds
hide is not seen: `fraud_assets.modelling.judging.over_time` says what then holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

MOST_APART = 2.0
"""Standard errors by which older frauds may be caught more often than newer ones: one-sided 98 %.

Where they are further apart the law has changed, and the older ones do not count. What this look
does not see, the confidences of the stretches bear (`fraud_assets.modelling.judging.stretches`).
"""


@dataclass(frozen=True)
class EarlierFrauds:
    """Their `place` and `sender`, in time order; senders are None where nobody knows them.

    `since` is the day from which they lie, `fits` how many fits scored them, `counts` how many of
    them lie in each block of weeks; one block where it is empty.
    """

    place: tuple[float, ...]
    sender: tuple[Any, ...] | None
    since: str
    fits: int
    counts: tuple[int, ...] = ()

    @property
    def newest_first(self) -> EarlierFrauds:
        """The same in the other order."""
        return replace(
            self,
            place=self.place[::-1],
            sender=None if self.sender is None else self.sender[::-1],
            counts=(self.counts or (len(self.place),))[::-1],
        )


def places(scores: np.ndarray, legitimate: np.ndarray) -> np.ndarray:
    """Share of the `legitimate` scores (m,) at or above each of `scores` (n,), shape (n,)."""
    below = np.searchsorted(np.sort(legitimate), scores, side="left")
    return (len(legitimate) - below) / max(len(legitimate), 1)


def cautious_places(scores: np.ndarray, legitimate: np.ndarray) -> np.ndarray:
    """The same plus one standard error, at most 1: few payments tell a small share badly.

    All frauds of one fit err together, which no count of frauds knows. Where many frauds lie close
    together (300 and 900 of a steep law, 9,000 payments each) the promise held in .918 without it.
    """
    found = places(scores, legitimate)
    return np.minimum(found + np.sqrt(found * (1 - found) / max(len(legitimate), 1)), 1.0)


def scores_at(place: np.ndarray, legitimate: np.ndarray) -> np.ndarray:
    """The highest scores that at least so large shares of the `legitimate` ones (m,) reach, (n,).

    Place 0 lies just above all of them.
    """
    falling = np.sort(legitimate)[::-1]
    count = np.ceil(np.asarray(place) * len(falling) - 1e-9).astype(int)
    return np.where(count > 0, falling[np.maximum(count, 1) - 1], np.nextafter(falling[0], np.inf))


def joined_senders(own: np.ndarray | None, earlier: EarlierFrauds, first: int) -> np.ndarray | None:
    """Senders of the `first` frauds of the window, then of the earlier ones; one may be in both."""
    if own is None and earlier.sender is None:
        return None
    theirs = earlier.sender or (None,) * len(earlier.place)
    return np.array([*([None] * first if own is None else own), *theirs], dtype=object)


def alike(caught: np.ndarray, each: float, firsts: Sequence[int]) -> int:
    """How many of the frauds, newest first, are of the newest ones' law.

    `caught` (n,) bool at one score, of frauds that are `each` so many independent ones; the
    law may have changed after the first so many of `firsts`, which rise to n. Where any older rest
    is caught more often than the newer ones by more than `MOST_APART` standard errors of the
    difference, the clearest cut counts.
    """
    n, share, sums = len(caught), float(caught.mean()), np.cumsum(caught)
    apart = {n: 0.0}
    for first in firsts:
        error = math.sqrt(share * (1 - share) / each * n / (first * max(n - first, 1)))
        if first < n and error > 0:
            newer, older = sums[first - 1], sums[-1] - sums[first - 1]
            apart[first] = (older / (n - first) - newer / first) / error
    clearest = max(apart, key=lambda first: apart[first])
    return clearest if apart[clearest] > MOST_APART else n
