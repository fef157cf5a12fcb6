"""The guarantee from frauds of many weeks, of which the newest have the last word.

The frauds that the fits without their weeks have scored join the threshold rows' own block by
block, the newest first, so long as none shows another law (`alike`). The threshold is the lowest
that any of these stretches asks for at its confidence (`stretches`): where the law stays, all hold
the promise together with the confidence that the contract asks for; where it moved and nothing
shows, the stretch since then holds it with its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fraud_assets.modelling.judging.earlier import alike
from fraud_assets.modelling.judging.guarantee import (
    Guaranteed,
    fewest_frauds,
    guarantee,
    independent_frauds,
)
from fraud_assets.modelling.judging.stretches import confidences
from fraud_assets.modelling.statistics.intervals import cluster_codes

LEAST_MORE = 0.02
"""Share of all that a stretch must say more than the one within it to be looked at by itself."""


def guarantee_over_time(
    scores: np.ndarray,
    senders: np.ndarray | None,
    firsts: Sequence[int],
    floor: float,
    confidence: float,
    *,
    strict: bool = False,
) -> Guaranteed:
    """The highest score that keeps the promise, from `scores` (n,) of frauds, the newest first.

    The first so many of `firsts`, which rise to n, are a stretch; the first of all are the
    threshold rows' own.

    Raises
    ------
    InsufficientEvidenceError
        As `guarantee`.
    """
    whole = guarantee(scores, senders, floor, confidence, strict=strict)
    able = [first for first in firsts if first >= whole.fewest]
    kept = alike(scores >= whole.score, senders, able, confidence)
    sizes = _sizes(scores, senders, [first for first in able if first <= kept], floor, confidence)
    found = [
        guarantee(
            scores[:first], _first(senders, first), floor, own, strict=strict and first == kept
        )
        for first, own in zip(sizes, confidences(list(sizes.values()), confidence), strict=True)
    ]
    return replace(
        min(found, key=lambda one: one.score),
        earlier=kept - firsts[0],
        left_out=firsts[-1] - kept,
        worth=found[-1].independent,
    )


def _sizes(
    scores: np.ndarray,
    senders: np.ndarray | None,
    firsts: Sequence[int],
    floor: float,
    confidence: float,
) -> dict[int, float]:
    """Effective frauds of each stretch that can promise anything and says more than the last.

    The longest is always one of them.
    """
    sized = {
        first: float(
            independent_frauds(
                scores[:first], cluster_codes(_first(senders, first), first), floor, confidence
            )
        )
        for first in firsts
    }
    longest, most = firsts[-1], max(sized[firsts[-1]], 1.0)
    found, last = {}, 0.0
    for first, size in sized.items():
        says_more = min(size - last, most - size) >= LEAST_MORE * most
        if says_more and size >= fewest_frauds(floor, confidence):
            found[first] = last = size
    return found | {longest: most}


def _first(senders: np.ndarray | None, count: int) -> np.ndarray | None:
    return None if senders is None else senders[:count]
