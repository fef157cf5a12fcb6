from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.documents.rates import Estimate, Rate
from fraud_assets.report import numbers

FINITE = st.floats(-1e12, 1e12, allow_nan=False)
SHARES = st.floats(0, 1)


def parsed(words: str) -> float:
    """The number that a reader reads."""
    return float(words.replace(",", "").replace("%", "").replace(numbers.SPACE, ""))


@given(FINITE)
def test_number_is_within_half_a_unit_of_its_last_digit(value: float) -> None:
    """What is shown with four significant digits is the number rounded, never another one."""
    assert parsed(numbers.short_number(value)) == pytest.approx(value, rel=5.1e-4, abs=1e-300)


@given(SHARES)
def test_percent_is_the_share_rounded(value: float) -> None:
    """A share is shown with one decimal, a small one with two significant digits."""
    shown = parsed(numbers.percent(value)) / 100
    assert abs(shown - value) <= (0.00051 if value >= 0.01 else 0.051 * value + 1e-14)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.9312, "93.1\u00a0%"),
        (0.0031, "0.31\u00a0%"),
        (0.00001234, "0.0012\u00a0%"),
        (0, "0.0\u00a0%"),
        (1, "100.0\u00a0%"),
        (None, "not measured"),
        (math.nan, "not a finite number"),
        (-math.inf, "not a finite number"),
    ],
)
def test_percent_by_hand(value: float | None, words: str) -> None:
    """Hand-written shares, none and infinity."""
    assert numbers.percent(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(1234.567, "1,235"), (0.02, "0.02"), (-0.5, "-0.5"), (2.2e-16, "2.200e-16"), (12, "12")],
)
def test_number_by_hand(value: float, words: str) -> None:
    """Four significant digits without trailing zeros."""
    assert numbers.short_number(value) == words


@pytest.mark.parametrize("value", [0.8999, 0.89999, 0.8999999, 0.9000001])
def test_a_share_never_looks_like_a_bound_that_it_misses(value: float) -> None:
    """0.89999 beside 0.90 does not read as 90.0 %; on the bound it does."""
    assert parsed(numbers.percent_apart(value, 0.9)) != 90
    assert numbers.percent_apart(0.9, 0.9) == "90.0\u00a0%"


@given(SHARES, SHARES)
def test_apart_keeps_the_order(value: float, bound: float) -> None:
    """The shown value stands on the side of the bound where it is, or is shown in full."""
    shown, other = numbers.percent_apart(value, bound), numbers.percent_apart(bound, value)
    if value < bound and "%" in shown and "%" in other:
        assert parsed(shown) <= parsed(other)


@given(st.floats(0, 1, exclude_max=True).filter(lambda share: share < 1 - 1e-11))
def test_less_than_all_never_reads_as_all(value: float) -> None:
    """No share, figure or rate under one is shown as 100 % or as 1."""
    assert parsed(numbers.percent(value)) < 100
    assert parsed(numbers.percent(value, 1)) < 100
    assert parsed(numbers.decimal(value)) < 1
    assert parsed(numbers.short_number(value)) < 1


def test_money_and_rates_by_hand() -> None:
    """Whole units from a thousand on, cents below; a rate in one line with interval and n."""
    rate = Rate(0.5, 0.25, 0.75, 1200, 600, "exact")
    estimate = Estimate(0.5, 0.25, 0.75, 1200, "exact")
    assert numbers.money(1234567.8, "EUR") == "EUR\u00a01,234,568"
    assert numbers.money(12.345) == "USD\u00a012.35" or numbers.money(12.345) == "USD\u00a012.34"
    assert numbers.rate_line(rate) == "50.0\u00a0% (25.0\u00a0% to 75.0\u00a0%, n\u00a01,200)"
    assert numbers.estimate(estimate) == "0.500 (0.250 to 0.750, n\u00a01,200)"
    assert numbers.rate_line(None) == "not measured"
