"""Whatever stores a value, it names the same thing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.values.identity import identity


@pytest.mark.parametrize(
    "value",
    [1001, 1001.0, Decimal("1001.00"), "1001", "1001.0", " 1001.00\u00a0", b"1001", np.int8(1)],
)
def test_one_entity_is_one_text_in_csv_and_parquet(value):
    """Integers, floats, decimals, bytes and texts of one number are one identity."""
    assert identity(value) == ("1" if value == 1 else "1001")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("007", "007"),
        ("007.0", "007"),
        (-0.0, "0"),
        ("-0.0", "0"),
        (0.5, "0.5"),
        (1e20, "100000000000000000000"),
        (Decimal("0.10"), "0.10"),
        (True, "True"),
        ("1.2.0", "1.2.0"),
        ("10.0.0.0", "10.0.0.0"),
        (b"\xff\x00", "ff00"),
        (date(2025, 1, 6), "2025-01-06"),
        ("\ufeffA1", "A1"),
    ],
)
def test_each_value_keeps_what_tells_it_apart(value, text):
    """Leading zeros, fractions and points that are no decimals stay."""
    assert identity(value) == text


@given(st.integers())
def test_integers_keep_every_digit(number):
    """Law: as an integer, a decimal or a text, with any number of decimals."""
    texts = [number, Decimal(number), str(number), f"{number}.0", f"{number}.000"]

    assert {identity(text) for text in texts} == {str(number)}


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_the_number_that_python_writes(number):
    """Law: the text is read back as the same number; whole ones have no point."""
    text = identity(number)

    assert float(text) == number
    assert ("." in text or "e" in text) == (not number.is_integer())
