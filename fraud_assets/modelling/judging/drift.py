"""How far the judged rows' features have moved, by effect size and not by p-value.

Population stability index: sum over bins of (a - e) ln(a / e), a the share now and e the share
then (Siddiqi 2006, Credit Risk Scorecards; 0.1 and 0.25 are its customary marks). With tens of
thousands of rows a test calls every drift significant, an effect size does not.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import pandas as pd

from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.data import Drift, FeatureHistogram, FeatureProfile, Profile
from fraud_assets.profiles import CATEGORY_MISSING

BINS = 10
MOST_LEVELS = 30
"""Categories that a profile holds one by one; rarer ones are counted together."""

PSEUDO_COUNT = 0.5
"""Added to each bin, so that an empty one stays finite (Jeffreys)."""


def profile(rows: Rows) -> Profile:
    """How often each feature takes which values; numbers fall into deciles."""
    return {str(name): _summary(rows.features[name]) for name in rows.features}


def drift(reference: Rows | Profile, judged: Rows, name: str = "fitted rows") -> tuple[Drift, ...]:
    """Population stability index of each feature, largest first.

    `reference` are rows or the `profile` of rows that are no longer at hand, such as the
    champion's; features that it lacks are left out.
    """
    then = profile(reference) if isinstance(reference, Rows) else reference
    found = [
        Drift(str(feature), _moved(then[feature], judged.features[feature]), name, len(judged))
        for feature in judged.features
        if feature in then
    ]
    return tuple(sorted(found, key=lambda row: (-row.psi, row.feature)))


def histograms(fitted: Rows, judged: Rows, newest: Rows) -> tuple[FeatureHistogram, ...]:
    """Counts of the three parts in the fitted rows' bins, what has moved most first."""
    found = []
    for feature, then in profile(fitted).items():
        now = [counts_of(then, part.features[feature]) for part in (judged, newest)]
        moved = max(stability(np.asarray(then.counts), counts) for counts in now if counts.any())
        shown = FeatureHistogram(
            feature=feature,
            edges=then.edges,
            levels=then.levels,
            fitted=then.counts,
            judged=tuple(now[0].tolist()),
            newest=tuple(now[1].tolist()),
        )
        found.append((-moved, feature, shown))
    return tuple(shown for *_, shown in sorted(found, key=lambda row: row[:2]))


def _summary(column: pd.Series) -> FeatureProfile:
    if pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy(dtype=np.float64)
        known = values[np.isfinite(values)]
        steps = np.linspace(0, 1, BINS + 1)[1:-1]
        edges = np.unique(np.quantile(known, steps)) if len(known) else np.array([])
        counts = _between(edges, values)
        return FeatureProfile(edges=tuple(edges.tolist()), counts=tuple(counts.tolist()))
    levels = tuple(_texts(column).value_counts().index[:MOST_LEVELS].tolist())
    return FeatureProfile(levels=levels, counts=tuple(_at(levels, column).tolist()))


def counts_of(then: FeatureProfile, column: pd.Series) -> np.ndarray:
    """How often the values (n,) fall into the profile's bins; the last is as in its `counts`."""
    if then.levels is not msgspec.UNSET:
        return _at(then.levels, column)
    edges = () if then.edges is msgspec.UNSET else then.edges
    return _between(np.array(edges), column.to_numpy(dtype=np.float64))


def _between(edges: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Counts of the values between the edges, and of the missing ones."""
    bins = np.searchsorted(edges, values, side="left")
    bins = np.where(np.isfinite(values), bins, len(edges) + 1)
    return np.bincount(bins, minlength=len(edges) + 2)


def _at(levels: Sequence[str], column: pd.Series) -> np.ndarray:
    """Counts of the rows at each level, and at all others."""
    numbers = {level: i for i, level in enumerate(levels)}
    bins = _texts(column).map(numbers).fillna(len(levels)).to_numpy(dtype=np.int64)
    return np.bincount(bins, minlength=len(levels) + 1)


def _moved(then: FeatureProfile, column: pd.Series) -> float:
    return stability(np.asarray(then.counts), counts_of(then, column))


def stability(before: np.ndarray, now: np.ndarray) -> float:
    """Population stability index of two counts (bins,); 0 where their shares are the same."""
    expected, actual = before + PSEUDO_COUNT, now + PSEUDO_COUNT
    then, here = expected / expected.sum(), actual / actual.sum()
    return float(np.sum((here - then) * np.log(here / then)))


def _texts(column: pd.Series) -> pd.Series:
    known = column.astype(object)
    return known.where(known.notna() & (known != ""), CATEGORY_MISSING).astype(str)
