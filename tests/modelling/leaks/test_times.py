"""Instants in features: found in text and numbers, and set against their payments."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.modelling.leaks.measures.times import seconds_after

TIME = np.datetime64("2025-03-01", "us") + np.arange(100) * np.timedelta64(1, "h")


@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y/%m/%d %H:%M:%S", "%d.%m.%Y %H:%M:%S",
        "%d %b %Y %H:%M:%S", "%b %d %Y %H:%M:%S", "%Y-%m-%d %H:%M:%S UTC",
    ],
)  # fmt: skip
def test_written_instants_are_read(form):
    """An hour after the payment is 3,600 seconds, in any common form."""
    later = pd.Series(TIME + np.timedelta64(1, "h")).dt.strftime(form).astype(object)

    assert seconds_after(later, TIME).tolist() == [3600.0] * 100


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from([1, 10**3, 10**6, 10**9, 1 / 60, 1 / 3600, 1 / 86_400]),
    st.integers(-(10**6), 10**6),
)
def test_counted_instants_are_read_in_every_unit(per_second, seconds):
    """Law: the unit that puts them near the payments is found."""
    counts = (TIME.astype(np.int64) // 10**6 + seconds) * float(per_second)

    after = seconds_after(pd.Series(counts), TIME)

    assert np.allclose(after, seconds, atol=1e-3)


@pytest.mark.parametrize("form", ["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"])
def test_dates_with_the_day_or_the_month_first(form):
    """Where days beyond the twelfth show which comes first, the hours after are exact."""
    time = np.datetime64("2025-03-10", "us") + np.arange(100) * np.timedelta64(3, "h")
    later = pd.Series(time + np.timedelta64(1, "h")).dt.strftime(form).astype(object)

    assert seconds_after(later, time).tolist() == [3600.0] * 100


def test_days_written_as_digits_and_days_of_a_spreadsheet():
    """20250302 is midnight of that day; serial days keep their fractions."""
    stamps = pd.Series(TIME)
    digits = stamps.dt.strftime("%Y%m%d").astype(int)
    serial = (stamps - pd.Timestamp("1899-12-30")) / pd.Timedelta("1D")

    assert seconds_after(digits, TIME).max() == 0.0
    assert seconds_after(digits, TIME).min() == -23 * 3600
    assert np.abs(seconds_after(serial, TIME)).max() < 1.0


def test_missing_ones_stay_missing():
    """What has no value has no instant."""
    later = pd.Series(TIME).dt.strftime("%Y-%m-%d").where(np.arange(100) % 2 == 0, np.nan)

    assert seconds_after(later.astype(object), TIME).isna().tolist() == [False, True] * 50


@pytest.mark.parametrize(
    "values",
    [
        np.arange(100.0),
        np.full(100, 1.7e5),
        np.array([f"order {i}" for i in range(100)], dtype=object),
        np.array([f"{i:010}" for i in range(100)], dtype=object),
        np.array([f"1e99{i:03}" for i in range(100)], dtype=object),
        np.array([f"0x{i * 7919:04x}-{i}" for i in range(100)], dtype=object),
        np.array([None] * 90 + ["2025-03-01"] * 10, dtype=object),
    ],
    ids=["counts", "amounts", "words", "digits", "beyond any number", "hashes", "too few"],
)
def test_other_values_are_no_instants(values):
    """Numbers far from the payments, and text without a date."""
    assert seconds_after(pd.Series(values), TIME) is None


def test_numbers_too_large_for_any_unit_are_no_instants():
    """And say nothing: an export may hold 1e300."""
    values = pd.Series(np.full(100, 1e300))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert seconds_after(values, TIME) is None or np.isnan(seconds_after(values, TIME)).all()
