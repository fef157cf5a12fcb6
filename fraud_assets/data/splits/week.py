"""Which rows a week is fitted on, which set its threshold, and which judge it.

    fit | threshold | (label maturity) | judged | (label maturity) | as_of

Judged rows end one maturity before T = min(as_of, newest row), so that early-known frauds do not
bias the rate; threshold and fit rows carry only labels known when the judged window opens.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from fraud_assets.contract import Contract
from fraud_assets.contract.sections.windows import Windows
from fraud_assets.data.columns import LABEL, TIME
from fraud_assets.data.splits.reach import windows_from
from fraud_assets.data.splits.shares import at_random, by_shares
from fraud_assets.data.splits.windows import (
    DAY,
    NAMES,
    TICK,
    Split,
    Window,
    describe,
    labels_known_at,
    with_earlier,
)
from fraud_assets.errors import InsufficientEvidenceError, StaleDataError

_SCALES = (1.0, 0.8, 0.6, 0.4, 0.3, 0.2, 0.1)

__all__ = ["DAY", "NAMES", "Split", "Window", "labels_known_at", "split_week"]


def split_week(rows: pd.DataFrame, contract: Contract, as_of: np.datetime64 | None) -> Split:
    """Assign typed rows in time order (`raw_transactions`) to the week's windows.

    Rows further back than `source.reach` are history for features and belong to no window.

    Raises
    ------
    StaleDataError
        If the newest row is older than `windows.stale_after_days` at `as_of`.
    InsufficientEvidenceError
        If no choice of windows holds a fraud each.
    """
    if TIME not in rows or as_of is None:
        return at_random(rows, contract)
    _refuse_stale(rows, contract.windows, as_of)
    start = windows_from(contract, as_of)
    older = 0 if start is None else int((rows[TIME] < start).sum())
    within = rows.iloc[older:]
    by_what = by_shares if contract.windows.by == "shares" else _by_time
    return by_what(within, contract, as_of).behind(older)


def _refuse_stale(rows: pd.DataFrame, windows: Windows, as_of: np.datetime64) -> None:
    newest = rows[TIME].iloc[-1].to_datetime64()
    age = (as_of - newest) / DAY
    if age > windows.stale_after_days:
        raise StaleDataError(
            f"stale data: the newest transaction ({str(newest)[:10]}) may be at most "
            f"{windows.stale_after_days:g} days old at as_of {str(as_of)[:10]}, but is "
            f"{age:.1f} days old. Deliver newer transactions, or run with an earlier as_of."
        )


def _by_time(rows: pd.DataFrame, contract: Contract, as_of: np.datetime64) -> Split:
    times = rows[TIME].to_numpy(dtype="datetime64[us]")
    windows, maturity = contract.windows, contract.label.maturity_days * DAY
    judged_end = times[-1] - maturity + TICK
    frauds_now = times[(labels_known_at(rows, as_of) == 1) & rows[LABEL].notna().to_numpy()]
    oldest = _floor_day(times[0])
    for scale in _SCALES if windows.by == "frauds" else (1.0,):
        start = _start(frauds_now, judged_end, windows, "judged", scale)
        if start is None or start < oldest:
            continue
        known = times[(labels_known_at(rows, start) == 1) & rows[LABEL].notna().to_numpy()]
        middle_end = start - maturity
        middle = _start(known, middle_end, windows, "threshold", scale)
        if middle is None or middle < oldest:
            continue
        first = _start(known, middle, windows, "fit", scale)
        if first is None or first < oldest:
            continue
        bounds = {"fit": (first, middle), "threshold": (middle, middle_end)}
        split = _assign(rows, bounds | {"judged": (start, judged_end)}, as_of, scale)
        return with_earlier(split, rows) if _looks_back(contract) else split
    raise InsufficientEvidenceError(_too_little(contract, len(frauds_now), times))


def _looks_back(contract: Contract) -> bool:
    """Whether rows before the fitted window are wanted: see `search.history`."""
    asked = contract.search.history
    return asked == "searched" or (asked == "auto" and contract.windows.by == "frauds")


def _start(
    frauds: np.ndarray,
    end: np.datetime64,
    windows: Windows,
    name: str,
    scale: float,
) -> np.datetime64 | None:
    """Latest whole day from which the window holds its frauds, or None where it cannot."""
    if windows.by == "days":
        return _floor_day(end - getattr(windows, f"{name}_days") * DAY)
    before = frauds[frauds < end]
    need = max(1, int(getattr(windows, f"{name}_frauds") * scale))
    return _floor_day(before[-need]) if len(before) >= need else None


def _assign(
    rows: pd.DataFrame,
    bounds: dict[str, tuple[np.datetime64, np.datetime64]],
    as_of: np.datetime64,
    scale: float,
) -> Split:
    times = rows[TIME].to_numpy(dtype="datetime64[us]")
    labelled = rows[LABEL].notna().to_numpy()
    window = np.full(len(rows), "", dtype=object)
    label = labels_known_at(rows, bounds["judged"][0])
    for name, (start, end) in bounds.items():
        inside = (times >= start) & (times < end) & labelled
        window[inside] = name
    judged = window == "judged"
    label[judged] = labels_known_at(rows, as_of)[judged]
    notes = () if scale == 1.0 else (_scaled_note(scale),)
    return Split(window, label, describe(window, label, bounds), time_respected=True, notes=notes)


def _floor_day(time: np.datetime64) -> np.datetime64:
    return time.astype("datetime64[D]").astype("datetime64[us]")


def _scaled_note(scale: float) -> str:
    return (
        f"History is too short for the frauds that the windows ask for; "
        f"each window holds {scale:.0%} of them."
    )


def _too_little(contract: Contract, frauds: int, times: np.ndarray) -> str:
    windows = contract.windows
    need = windows.fit_frauds + windows.threshold_frauds + windows.judged_frauds
    asked = (
        f"{need} matured frauds"
        if windows.by == "frauds"
        else f"{windows.fit_days + windows.threshold_days + windows.judged_days} days of history"
    )
    return (
        f"insufficient evidence: the windows of contract {contract.name} ask for {asked} and two "
        f"label maturities of {contract.label.maturity_days:g} days, but the data holds {frauds} "
        f"frauds from {str(times[0])[:10]} to {str(times[-1])[:10]}. Add labelled history or ask "
        "for less."
    )
