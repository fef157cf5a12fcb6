"""How far back a week reads: as far as its windows may reach, and its features from there."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from fraud_assets.contract import Contract


def windows_from(contract: Contract, at: np.datetime64) -> np.datetime64 | None:
    """The first instant that a window of a week at `at` may hold; None where nothing bounds it."""
    reach = contract.source.reach
    return None if reach is None else at - np.timedelta64(reach)


def read_from(contract: Contract, at: np.datetime64) -> np.datetime64 | None:
    """The first instant that such a week reads: features of its first rows look further back."""
    start, needed = windows_from(contract, at), history_needed(contract)
    return None if start is None or needed is None else start - np.timedelta64(needed)


def history_needed(contract: Contract) -> timedelta | None:
    """How far before the first emitted row the features look; None where without bound.

    Rows further back change no bit of them.
    """
    spans = [timedelta(0)]
    for kind in contract.derived.values():
        if kind.reach.span is None:
            return None
        spans.append(kind.reach.span)
    return max(spans)
