"""Where the model catches less: rates by category, amount band, and new against known senders."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.stats import norm

from fraud_assets.contract import Contract
from fraud_assets.data.rows import Rows
from fraud_assets.documents.rates import Interval
from fraud_assets.documents.report.judged import Slice
from fraud_assets.modelling.statistics.intervals import rate
from fraud_assets.profiles import CATEGORY_MISSING, CONFIDENCE

MOST_LEVELS = 12
"""Levels of one column that stand alone, by rows; the rest is told together."""

BAND_SHARES = (0.25, 0.5, 0.75, 0.95)
"""Shares of the judged amounts that end a band; the last band is the dearest payments."""

REST = "all others"


def slice_rates(
    judged: Rows,
    flagged: np.ndarray,
    contract: Contract,
    earlier_senders: np.ndarray | None = None,
) -> tuple[Slice, ...]:
    """Rates of every slice, lowest recall first, slices without frauds last.

    `flagged` (n,) bool; `earlier_senders` are those of the rows before the judged window.
    """
    found = [
        _one(by, level, judged.label == 1, flagged, inside)
        for by, levels in _columns(judged, contract, earlier_senders)
        for level, inside in each_level(levels)
    ]
    return tuple(sorted(found, key=_worst_first))


def amount_bands(amount: np.ndarray) -> np.ndarray:
    """The band (n,) of each amount as text, between rounded quantiles of all amounts."""
    known = amount[np.isfinite(amount)]
    if len(known) == 0:
        return np.full(len(amount), CATEGORY_MISSING, dtype=object)
    edges = np.unique([float(f"{edge:.2g}") for edge in np.quantile(known, BAND_SHARES)])
    names = [
        f"under {edges[0]:,g}",
        *(f"{low:,g} to {high:,g}" for low, high in pairwise(edges)),
        f"{edges[-1]:,g} and over",
    ]
    band = np.array(names, dtype=object)[np.searchsorted(edges, amount, side="right")]
    return np.where(np.isfinite(amount), band, CATEGORY_MISSING)


def _columns(
    judged: Rows, contract: Contract, earlier_senders: np.ndarray | None
) -> Iterator[tuple[str, np.ndarray]]:
    for name in contract.evaluation.slices:
        if name in judged.features:
            yield name, levels_as_text(judged.features[name])
    if judged.amount is not None:
        yield "amount_band", amount_bands(np.asarray(judged.amount, dtype=np.float64))
    if judged.sender is not None and earlier_senders is not None:
        known = pd.Series(judged.sender, dtype=object).isin(pd.unique(earlier_senders)).to_numpy()
        yield "sender", np.where(known, "known", "new")


def levels_as_text(column: pd.Series) -> np.ndarray:
    """Categories as text; a number with many values falls into bands."""
    if pd.api.types.is_numeric_dtype(column) and column.nunique() > MOST_LEVELS:
        return amount_bands(column.to_numpy(dtype=np.float64))
    levels = column.astype(object).where(column.notna(), CATEGORY_MISSING)
    text = levels.astype(str).replace("", CATEGORY_MISSING)
    return np.asarray(text, dtype=object)


def each_level(levels: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Each frequent level of a column (n,) and its rows (n,) bool; the rest together, last."""
    codes, names = pd.factorize(levels)
    rows = np.bincount(codes, minlength=len(names))
    alone = np.argsort(-rows, kind="stable")[:MOST_LEVELS]
    for code in alone:
        yield str(names[code]), codes == code
    if len(names) > len(alone):
        yield REST, ~np.isin(codes, alone)


def _one(
    by: str, level: str, all_fraud: np.ndarray, all_flagged: np.ndarray, inside: np.ndarray
) -> Slice:
    fraud, flagged = all_fraud[inside], all_flagged[inside]
    elsewhere = all_flagged[~inside & ~all_fraud]
    legitimate, alarms = int((~fraud).sum()), int((flagged & ~fraud).sum())
    frauds, alerts, hits = int(fraud.sum()), int(flagged.sum()), int((fraud & flagged).sum())
    others = int(elsewhere.sum())
    ratio = _ratio(alarms, legitimate, others, len(elsewhere))
    return Slice(
        by=by,
        level=level,
        rows=len(fraud),
        frauds=frauds,
        recall=rate(hits, frauds) if frauds else None,
        precision=rate(hits, alerts) if alerts else None,
        alert_rate=rate(alerts, len(fraud)),
        false_positive_rate=rate(alarms, legitimate) if legitimate else None,
        disparity=ratio,
        disparity_interval=None
        if ratio is None
        else ratio_interval(alarms, legitimate, others, len(elsewhere)),
    )


def _ratio(alarms: int, legitimate: int, others: int, other_legitimate: int) -> float | None:
    """The slice's false-positive rate over that of all other payments."""
    if not (alarms and others):
        return None
    return (alarms / legitimate) / (others / other_legitimate)


def ratio_interval(k: int, n: int, others: int, other_n: int) -> Interval:
    """Where the ratio of the shares k/n and others/other_n lies, by its logarithm.

    Katz, Baptista, Azen and Pike 1978, doi:10.2307/2530610; both k must be above 0.
    """
    spread = norm.ppf((1 + CONFIDENCE) / 2) * math.sqrt(1 / k - 1 / n + 1 / others - 1 / other_n)
    ratio = (k / n) / (others / other_n)
    low, high = ratio * math.exp(-spread), ratio * math.exp(spread)
    return Interval(float(low), float(high), f"ratio of shares, logarithm, {CONFIDENCE:.0%}")


def _worst_first(found: Slice) -> tuple[float, float, str, str]:
    recall = None if found.recall is None else found.recall.value
    return 2.0 if recall is None else recall, -found.frauds, found.by, found.level
