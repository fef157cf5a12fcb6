"""One feature cut into levels: single values, ranges of numbers, missing, and rare values."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

FEW = 30
"""A number with at most this many values is a code: each value is a level of its own."""

RARE = 5
"""Values that fewer rows have share one level: a dispute's number is another in each row."""

RANGES = 50
"""Quantiles of all rows, and as many of the frauds, between which ranges of numbers lie."""

_MISSING, _RARELY = "missing", "a value that is rare"


@dataclass(frozen=True)
class Levels:
    """`code` (n,) of each row's level, `names` (m,) of the levels.

    `single` (m,) marks levels that are one value, the missing ones or the rare ones: such a
    level can occur with fraud alone, where a range of numbers always borders on others.
    """

    code: np.ndarray
    names: tuple[str, ...]
    single: np.ndarray


def levels(values: pd.Series, fraud: np.ndarray) -> Levels:
    """Cut one feature (n,), numbers or categories; `fraud` (n,) bool places more cuts there."""
    if pd.api.types.is_float_dtype(values.dtype) or pd.api.types.is_integer_dtype(values.dtype):
        return _of_numbers(values.to_numpy(dtype=np.float64, na_value=np.nan), fraud)
    return _of_categories(values)


def marked(values: pd.Series) -> np.ndarray:
    """Which rows (n,) have a value, and not the usual one that more than half of all have."""
    present = values.notna().to_numpy()
    common = values.mode()
    if len(common) == 1:
        usual = (values == common.iloc[0]).fillna(value=False).to_numpy(dtype=bool)
        if 2 * usual.sum() > len(values):
            present = present & ~usual
    return present


def _of_categories(values: pd.Series) -> Levels:
    codes, names = pd.factorize(values.astype(object), use_na_sentinel=True)
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    often = np.flatnonzero(counts >= RARE)
    place = np.full(len(names) + 1, len(often), dtype=np.int64)
    place[often] = np.arange(len(often))
    place[-1] = len(often) + 1  # factorize marks missing values by -1
    told = (*(repr(str(names[at])) for at in often), _RARELY, _MISSING)
    return Levels(place[codes], told, np.ones(len(told), dtype=bool))


def _of_numbers(numbers: np.ndarray, fraud: np.ndarray) -> Levels:
    present = ~np.isnan(numbers)
    single = _single_values(numbers[present], numbers[present & fraud])
    others = present & ~np.isin(numbers, single)
    edges = _edges(numbers[others], numbers[others & fraud])
    code = np.full(len(numbers), len(single) + len(edges) + 1, dtype=np.int64)
    code[others] = len(single) + np.searchsorted(edges, numbers[others], side="right")
    alone = present & ~others
    code[alone] = np.searchsorted(single, numbers[alone])
    names = (*(f"{value:g}" for value in single), *_ranges(edges), _MISSING)
    kinds = [True] * len(single) + [False] * (len(edges) + 1) + [True]
    return Levels(code, names, np.array(kinds, dtype=bool))


def _single_values(numbers: np.ndarray, of_frauds: np.ndarray) -> np.ndarray:
    """Values that stand for themselves: all of a code, and those that many frauds share."""
    distinct = pd.unique(numbers)
    if len(distinct) <= FEW:
        return np.sort(distinct)
    found, counts = np.unique(of_frauds, return_counts=True)
    return found[counts >= max(RARE, len(of_frauds) // RANGES)]


def _edges(numbers: np.ndarray, of_frauds: np.ndarray) -> np.ndarray:
    steps = np.linspace(0, 1, RANGES + 1)[1:-1]
    parts = [np.quantile(part, steps) for part in (numbers, of_frauds) if len(part)]
    return np.unique(np.concatenate(parts)) if parts else np.array([])


def _ranges(edges: np.ndarray) -> list[str]:
    if len(edges) == 0:
        return ["any number"]
    between = [f"{low:g} to {high:g}" for low, high in itertools.pairwise(edges)]
    return [f"below {edges[0]:g}", *between, f"from {edges[-1]:g}"]
