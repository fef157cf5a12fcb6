"""Shares as a person reads them, never rounded to another one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.values.shares import exact_percent, exact_share


@pytest.mark.parametrize(
    ("value", "as_share", "as_percent"),
    [
        (0.9, "0.90", "90%"),
        (0.95, "0.95", "95%"),
        (0.999, "0.999", "99.9%"),
        (0.904, "0.904", "90.4%"),
        (0.9999, "0.9999", "99.99%"),
        (1.0, "1.00", "100%"),
    ],
)
def test_hand_worked_shares(value, as_share, as_percent):
    """Two decimals and whole percent where they are the share, else more."""
    assert exact_share(value) == as_share
    assert exact_percent(value) == as_percent


@given(st.floats(0, 1))
def test_a_share_is_read_again_as_itself(value):
    """Law: no two shares are written alike; percent keep ten digits."""
    assert float(exact_share(value)) == value
    percent = float(exact_percent(value).rstrip("%"))
    assert percent / 100 == pytest.approx(value, rel=1e-9, abs=1e-11)
