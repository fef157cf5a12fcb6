"""Splits by shares of the rows: in time order, or at random where there is no event time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.contract.names import RESERVED_COLUMNS
from fraud_assets.data.columns import LABEL, TIME
from fraud_assets.data.splits.windows import (
    DAY,
    NAMES,
    Split,
    describe,
    labels_known_at,
    with_frauds,
)
from fraud_assets.errors import InsufficientEvidenceError
from fraud_assets.terms.times import column_name

_ODD = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio: the order of columns matters to a row's hash."""

_RANDOM = "The contract names no event time, so rows were split at random: time is not respected."


def by_shares(rows: pd.DataFrame, contract: Contract, as_of: np.datetime64) -> Split:
    """Split labelled rows whose maturity has passed; the newest share of them judges.

    Threshold rows are the newest share of those that had matured when the judged window opened.

    Raises
    ------
    InsufficientEvidenceError
        If no labelled row has matured, or a window holds no fraud.
    """
    times = rows[TIME].to_numpy(dtype="datetime64[us]")
    maturity = contract.label.maturity_days * DAY
    matured = _matured(rows, times, maturity, contract)
    cut = int(len(matured) * (1 - contract.windows.judged_share))
    opens = times[matured[cut]]
    before = matured[:cut][times[matured[:cut]] + maturity <= opens]
    middle = int(len(before) * (1 - contract.windows.threshold_share))
    window = np.full(len(rows), "", dtype=object)
    for name, index in zip(NAMES, (before[:middle], before[middle:], matured[cut:]), strict=True):
        window[index] = name
    label = labels_known_at(rows, opens)
    label[window == "judged"] = labels_known_at(rows, as_of)[window == "judged"]
    inside = {name: times[window == name] for name in NAMES if (window == name).any()}
    bounds = {name: (found[0], found[-1]) for name, found in inside.items()}
    split = Split(window, label, describe(window, label, bounds), time_respected=True)
    return with_frauds(split, contract)


def _matured(
    rows: pd.DataFrame, times: np.ndarray, maturity: np.timedelta64, contract: Contract
) -> np.ndarray:
    """Positions of the labelled rows that are at least one maturity older than the newest row."""
    labelled = rows[LABEL].notna().to_numpy()
    matured: np.ndarray = np.flatnonzero(labelled & (times <= times[-1] - maturity))
    if len(matured) == 0:
        raise InsufficientEvidenceError(
            f"insufficient evidence: contract {contract.name} needs labelled rows at least "
            f"{contract.label.maturity_days:g} days older than the newest, {str(times[-1])[:10]}, "
            f"but none of {labelled.sum():,} labelled rows is. Add labelled history."
        )
    return matured


def at_random(rows: pd.DataFrame, contract: Contract) -> Split:
    """Draw each labelled row's window by a seeded hash of the row itself.

    Rows that are added later, or stand in another order, move no row to another window: no
    row that once judged is ever fitted on. Shares and fraud rates hold in expectation.

    Raises
    ------
    InsufficientEvidenceError
        If a window holds no fraud.
    """
    windows = contract.windows
    draw = _draws(rows, contract)
    judged = draw < windows.judged_share
    rest = (draw - windows.judged_share) / (1 - windows.judged_share)
    window = np.where(rest < windows.threshold_share, "threshold", "fit").astype(object)
    window[judged] = "judged"
    window[rows[LABEL].isna().to_numpy()] = ""
    label = rows[LABEL].fillna(0).to_numpy(dtype="int8")
    described = describe(window, label, dict.fromkeys(NAMES, (None, None)))
    return with_frauds(Split(window, label, described, False, (_RANDOM,)), contract)


def _draws(rows: pd.DataFrame, contract: Contract) -> np.ndarray:
    """A number in [0, 1) for each row (n,) from its id, or else from all that it says.

    The label takes no part: twins stay together, and a corrected label moves no row.
    """
    apart = {contract.label.column, column_name(contract.label.known_at), *RESERVED_COLUMNS}
    mixed = _mixed(rows[[name for name in rows if name not in apart]], contract.windows.seed)
    name = contract.columns.id
    if name is not None:
        known = rows[name].notna().to_numpy()
        mixed[known] = _mixed(rows.loc[known, [name]], contract.windows.seed)
    draws: np.ndarray = mixed / 2.0**64
    return draws


def _mixed(frame: pd.DataFrame, seed: int) -> np.ndarray:
    """A 64-bit hash of each row (n,) under a seed; whole numbers hash like their text."""
    start = pd.util.hash_array(np.array([str(seed)], dtype=object))
    mixed = np.repeat(start, len(frame))
    for name in frame:
        values = frame[name]
        if not pd.api.types.is_float_dtype(values.dtype):
            values = values.astype(str).astype(object)
        mixed = pd.util.hash_array(mixed * _ODD + pd.util.hash_array(values.to_numpy()))
    return mixed
