"""`[search] minutes` as work: fits are counted by what they cost on one reference machine.

A clock's seconds would give another answer on a busy machine. So the minutes of the contract are
turned into processor seconds of a reference machine with two cores, and each fit is charged what
its family's `pace` says, which was measured there once. The same rows, contract and seed do the
same work everywhere, in minutes on the reference machine, in more or fewer on another.

Where the work asked for is more than its share of the budget, rows are left out of the
comparisons, frauds and legitimate ones alike; what is published is fitted on all of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from fraud_assets.contract import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.report.origin import Parameters
from fraud_assets.families.family import Family
from fraud_assets.families.registry import FAMILIES
from fraud_assets.modelling.preprocessing import MANY_LEVELS
from fraud_assets.modelling.search.sampling import Sample, sample_as_declared, thinned_rows

REFERENCE_CORES = 2
CANDIDATES, GRIDS, PRESENCE, HISTORY, AGAIN = 0.25, 0.3, 0.05, 0.1, 0.3
"""Shares of the budget: families with their defaults, grids, missingness, lengths of history, and
the second meeting."""

LEFT_OUT, LEFT_OUT_FITS = 0.03, 4
"""Share, on top of the search's, for the fits that score earlier frauds, and how many there are,
each without a block of weeks (see `modelling.left_out`): where they would take more on the rows
that are declared, there are none.

Fits on fewer rows than the published one's promise too little to be worth their time: on the
shipped week a forest fitted on three quarters of the legitimate rows gave the threshold window's
own threshold, for 10 s of processor time; on all of them recall .9295 at precision .833 instead of
.9315 at .811, for 15 s. The default two minutes last where a fit takes some two seconds: on up to
70,000 payments by boosting, extra trees or their sum, where frauds are few and evidence is short.
"""

WITH_MORE_ROWS = 2 * LEFT_OUT
"""Share that these fits may take where they are made on more rows than are declared."""

USUAL_SIZE = 100
"""Trees of a fit whose setting does not say."""

LEAST_FRAUDS = 300
"""Frauds below which no comparison is thinned: fewer say nothing about families."""


def allowed(contract: Contract, share: float) -> float:
    """Processor seconds of the reference machine that a part of the search may take."""
    return contract.search.minutes * 60 * REFERENCE_CORES * share


def fit_seconds(family: Family, params: Parameters, rows: float, columns: int) -> float:
    """Processor seconds that a fit on so many encoded rows takes on the reference machine."""
    usual = 1 if family.size is None else family.defaults.get(family.size, USUAL_SIZE)
    size: Any = params.get(family.size or "", usual)
    tried = family.columns_tried(params, columns)
    return (family.overhead + family.pace * rows / 1e6 * tried) * float(size)


def encoded_columns(rows: Rows, contract: Contract, family: Family) -> int:
    """How many columns the family's encoding makes of the features, about."""
    numeric, texts = contract.features.numeric, contract.features.categorical
    if family.encoding == "ordinal":
        return len(numeric) + len(texts)
    levels = [int(rows.features[name].nunique()) + 1 for name in texts]
    return len(numeric) + sum(1 if count > MANY_LEVELS else count for count in levels)


def rows_fitted(
    rows: int, frauds: int, contract: Contract, family: Family, *, params: Parameters, columns: int
) -> int:
    """How many of so many rows, of so many encoded columns, a published fit of the family takes.

    All frauds, and the legitimate rows that the contract declares for each; of a family that does
    not grow with its rows `fit_times` as many, and all with which the fits that score earlier
    frauds cost no more than `WITH_MORE_ROWS`: 100 for each fraud in place of all cost boosting .009
    of ROC-AUC at half a percent of frauds.
    """
    declared = _declared(frauds, contract, family)
    each = allowed(contract, WITH_MORE_ROWS) / LEFT_OUT_FITS
    for part in _parts(family):
        if part.fit_times == 1:
            each -= fit_seconds(part, params, min(rows, _declared(frauds, contract, part)), columns)
    lasts = [_rows_within(each, f, params, columns) for f in _parts(family) if f.fit_times > 1]
    return min(rows, max(declared, *lasts, 0))


def declared_seconds(
    rows: int, frauds: int, contract: Contract, family: Family, *, params: Parameters, columns: int
) -> float:
    """Processor seconds of a fit on no more rows than are declared, part by part of a sum."""
    return sum(
        fit_seconds(part, params, min(rows, _declared(frauds, contract, part)), columns)
        for part in _parts(family)
    )


def _parts(family: Family) -> list[Family]:
    return [FAMILIES[name] for name in family.parts] or [family]


def _declared(frauds: int, contract: Contract, family: Family) -> int:
    search = contract.search
    per_fraud = search.legitimate_per_fraud * family.fit_times
    return frauds + max(math.ceil(per_fraud * max(frauds, 1)), search.legitimate_at_least)


def _rows_within(seconds: float, family: Family, params: Parameters, columns: int) -> int:
    """On how many rows a fit takes so long; `fit_seconds` grows with them in a straight line."""
    none, million = (fit_seconds(family, params, rows, columns) for rows in (0.0, 1e6))
    return int(max(0.0, seconds - none) / (million - none) * 1e6)


def sample_to_search(fit: Rows, contract: Contract, families: Sequence[Family]) -> Sample:
    """The rows that the families and grids are compared on: as declared, within the budget."""
    sample = sample_as_declared(fit, contract.search)
    work = sum(
        folds_seconds(family, len(sample.rows), encoded_columns(fit, contract, family), contract)
        for family in sorted(families, key=lambda family: family.name)
    )
    return thinned(sample, allowed(contract, CANDIDATES) / max(work, 1e-9), contract.search.seed)


def folds_seconds(family: Family, rows: int, columns: int, contract: Contract) -> float:
    """Processor seconds that the family's defaults take on all folds of so many rows."""
    # A fold trains on half of the rows, on average.
    return contract.search.folds * fit_seconds(family, family.defaults, rows / 2, columns)


def thinned(sample: Sample, share: float, seed: int) -> Sample:
    """A share of the frauds and of the legitimate rows, in their old order; all where it is 1."""
    frauds = sample.rows.frauds
    share = max(share, min(1.0, LEAST_FRAUDS / max(frauds, 1)))
    if share >= 1:
        return sample
    rows = sample.rows
    rows = rows.take(thinned_rows(np.arange(len(rows)), rows.label, share, seed))
    return Sample(rows, round(sample.legitimate_total * rows.frauds / frauds))


def affordable(seconds: Sequence[float], budget: float) -> int:
    """How many of the first tasks fit into the budget; at least one."""
    return max(1, int(np.searchsorted(np.cumsum(seconds), budget, side="right")))
