"""Zones of times: names behind a text, and local times as instants."""

from __future__ import annotations

from zoneinfo import available_timezones

import numpy as np
import pandas as pd

OFFSETS = {
    "UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "EST": -5, "EDT": -4, "PST": -8, "PDT": -7, "MDT": -6, "HKT": 8,
    "SGT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "SAST": 2,
}  # fmt: skip
"""Hours before or after UTC of names that mean one zone alone; CST, IST and BST mean several."""

_WORD = r"^(.*?\d(?:\s*[aApP]\.?[mM]\.?)?)\s*\[?([A-Za-z]{2,5}|[A-Za-z]+(?:/[A-Za-z0-9_+\-]+)+)\]?$"
_OFFSET = r".*\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:[zZ]|[+-]\d{2}(?::?\d{2})?)$"
_HALF_DAYS = ("AM", "PM")


def zone_words(text: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The texts (n,) without the name of a zone at their end, and those names, else missing."""
    found = text.str.extract(_WORD)
    named = found[1].notna() & ~found[1].str.upper().isin(_HALF_DAYS)
    return text.where(~named, found[0].str.strip()), found[1].where(named)


def has_offset(text: pd.Series) -> pd.Series:
    """Which texts (n,) carry their own offset from UTC."""
    return text.str.fullmatch(_OFFSET, na=False).astype(bool)


def localised(stamps: pd.Series, zone: str | None) -> tuple[pd.Series, np.ndarray, np.ndarray]:
    """Instants in UTC of times on a zone's clocks, and which (n,) fell in a gap or a repeat.

    A time that the clocks left out is the moment at which they moved; one that they showed twice
    is the first of the two.
    """
    none = np.zeros(len(stamps), dtype=bool)
    if zone is None or zone == "UTC":
        return stamps, none, none
    first = np.ones(len(stamps), dtype=bool)
    clock = stamps.dt.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
    gaps = stamps.dt.tz_localize(zone, ambiguous=first, nonexistent="NaT").isna() & stamps.notna()
    known = stamps.dt.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward")
    repeats = known.isna() & stamps.notna()
    return clock.dt.tz_convert(None), gaps.to_numpy(), repeats.to_numpy()


def in_named_zones(stamps: pd.Series, words: pd.Series, zone: str | None) -> pd.Series:
    """Instants of local times (n,) that name their zone; NaT where no single zone is meant."""
    found = stamps.copy()
    for word in words.dropna().unique():
        rows = words == word
        if word.upper() in OFFSETS:
            found[rows] = stamps[rows] - pd.Timedelta(hours=OFFSETS[word.upper()])
        elif word in available_timezones():
            found[rows] = localised(stamps[rows], word)[0]
        elif zone is not None:
            found[rows] = _own_name(stamps[rows], word, zone)
        else:
            found[rows] = pd.NaT
    return found


def _own_name(stamps: pd.Series, word: str, zone: str) -> pd.Series:
    """Instants where the declared zone itself goes by that name at that time."""
    clock = stamps.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    names = clock.map(lambda at: None if pd.isna(at) else at.tzname())
    return clock.dt.tz_convert(None).where(names == word.upper())
