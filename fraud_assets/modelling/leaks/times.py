"""Features whose values are instants: a time after its payment cannot be known when it is made."""

from __future__ import annotations

import numpy as np
import pandas as pd

_DATE = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})"
_MOST = 2_000
"""Values looked at first, evenly over the rows."""

_UNREAD = 0.2
"""A column holds instants where at most this share of its values cannot be read so."""

_FEWEST = 20
_MICROS = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}
_SECOND = np.timedelta64(1, "s")
_YEAR = np.timedelta64(365, "D")


def seconds_after(values: pd.Series, time: np.ndarray) -> pd.Series | None:
    """How long after its payment each instant of a feature lies (n,); None where it holds none.

    `values` (n,) numbers or categories, `time` (n,) datetime64[us] of the payments. Numbers are
    instants where they count seconds, or parts of one, since 1970 within the payments' span and
    a year around it. The seconds are missing where there is no instant.
    """
    read = _counted if pd.api.types.is_numeric_dtype(values.dtype) else _written
    present = np.flatnonzero(values.notna().to_numpy())
    sample = present[:: max(1, len(present) // _MOST)]
    if len(sample) < _FEWEST or np.isnat(read(values.iloc[sample], time)).mean() > _UNREAD:
        return None
    instants = np.full(len(values), np.datetime64("NaT", "us"))
    instants[present] = read(values.iloc[present], time)
    return pd.Series((instants - time.astype("datetime64[us]")) / _SECOND, name=values.name)


def _written(values: pd.Series, _time: np.ndarray) -> np.ndarray:
    text = values.astype(str)
    dated = text.str.contains(_DATE)
    stamps = pd.to_datetime(text.where(dated), errors="coerce", utc=True, format="mixed")
    return stamps.dt.tz_convert(None).to_numpy(dtype="datetime64[us]")


def _counted(values: pd.Series, time: np.ndarray) -> np.ndarray:
    """By the unit that puts most values near the payments; NaT for the others."""
    low, high = (bound.astype("datetime64[us]") for bound in (time.min(), time.max()))
    numbers = values.to_numpy(dtype=np.float64)
    found = np.full(len(numbers), np.datetime64("NaT", "us"))
    for size in _MICROS.values():
        micros = numbers * size
        sane = np.abs(micros) < 2.0**62
        stamps = np.where(sane, micros, 0.0).astype(np.int64).view("datetime64[us]")
        inside = sane & (stamps >= low - _YEAR) & (stamps <= high + _YEAR)
        if inside.sum() > (~np.isnat(found)).sum():
            found = np.where(inside, stamps, np.datetime64("NaT", "us"))
    return found
