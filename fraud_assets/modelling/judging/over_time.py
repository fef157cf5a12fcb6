"""The guarantee from frauds of many weeks, of which the newest have the last word.

The frauds that the fits without their weeks have scored join the threshold rows' own block by
block, the newest first, so long as none shows another law (`alike`). The threshold is the lowest
that any of these stretches asks for at its confidence (`stretches`): where the law stays, all hold
the promise together with the confidence that the contract asks for; where it moved and nothing
shows, the stretch since then holds it with its own.

How many frauds of a burst say as much as one is measured once, on all of them: in a stretch by
itself a burst or two decide that, and those that happen to hold no missed burst ask for too little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fraud_assets.modelling.judging.earlier import alike
from fraud_assets.modelling.judging.guarantee import Guaranteed, guarantee, guarantee_of
from fraud_assets.modelling.judging.stretches import confidences

LEAST_MORE = 0.02
"""Share of all frauds that a stretch must hold more than the one within it to be looked at."""


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
    n, worth = len(scores), max(whole.independent, 1)
    fewest = whole.fewest * n / worth  # of those that come in such bursts
    able = [first for first in firsts if first >= fewest or first == n]
    kept = alike(scores >= whole.score, worth / n, able)
    chosen = _stretches([first for first in able if first <= kept])
    found = [
        guarantee_of(
            scores[:first], first * worth // n, floor, own, strict=strict and first == kept
        )
        for first, own in zip(chosen, confidences(chosen, confidence), strict=True)
    ]
    return replace(
        min(found, key=lambda one: one.score),
        earlier=kept - firsts[0],
        left_out=firsts[-1] - kept,
        worth=found[-1].independent,
    )


def _stretches(firsts: Sequence[int]) -> list[int]:
    """Those of the rising `firsts` that hold more than the last.

    The longest is always one of them.
    """
    longest, found, last = firsts[-1], [], 0
    for first in firsts[:-1]:
        if min(first - last, longest - first) >= LEAST_MORE * longest:
            found.append(first)
            last = first
    return [*found, longest]
