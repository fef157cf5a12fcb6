"""Exports become numbers, instants, text and labels; what cannot be understood is marked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.contract.sections.label import Labelling
from fraud_assets.data.instants import parse_times
from fraud_assets.data.kinds import numbers as numbers_module
from fraud_assets.data.kinds.labels import parse_labels
from fraud_assets.data.kinds.numbers import parse_numbers
from fraud_assets.data.kinds.text import parse_text
from fraud_assets.terms.times import EventTime
from fraud_assets.values.number import number


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1,234.50", ".", 1234.5),
        ("1.234,50", ",", 1234.5),
        ("12,50", ",", 12.5),
        (" 7 ", ".", 7.0),
        ("-0.5e3", ".", -500.0),
        ("1 000", ".", 1000.0),
    ],
)
def test_numbers_are_read_as_exports_write_them(text, decimal, number):
    """Thousands, blanks and exponents are understood."""
    numbers, bad = parse_numbers(pd.Series([text]), decimal)

    assert numbers[0] == number
    assert not bad[0]


@pytest.mark.parametrize("text", ["12,50", "1,23.4", "abc", "1.2.3", "inf", "--1"])
def test_what_is_no_number_is_marked_and_not_guessed(text):
    """With a decimal point "12,50" is a fault, never 1250."""
    numbers, bad = parse_numbers(pd.Series([text, "1"]))

    assert np.isnan(numbers[0])
    assert bad.tolist() == [True, False]


@pytest.mark.parametrize("value", ["", " ", None, np.nan, "NaN", "null", "n/a"])
def test_missing_is_not_a_fault(value):
    """An empty cell is missing, in every way of writing it."""
    numbers, bad = parse_numbers(pd.Series([value, "1"], dtype=object))

    assert np.isnan(numbers[0])
    assert not bad[0]


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=20))
def test_numbers_survive_writing_and_reading(values):
    """Law: what Python writes is read back bit for bit."""
    numbers, bad = parse_numbers(pd.Series([repr(value) for value in values]))

    assert numbers.tolist() == values
    assert not bad.any()


def test_many_numbers_are_not_read_one_by_one(monkeypatch):
    """However many are missing, and whether or not tiny and huge ones are written with exponents.

    One that needs more than that is read by itself.
    """
    asked, rng = [], np.random.default_rng(0)
    values = np.exp(rng.normal(0, 15, 2_000))
    values[rng.random(2_000) < 0.6] = np.nan
    texts = pd.Series([None if np.isnan(v) else repr(float(v)) for v in values], dtype="str")

    def watched(value, decimal="."):
        asked.append(value)
        return number(value, decimal)

    monkeypatch.setattr(numbers_module, "number", watched)

    plain, _ = parse_numbers(texts)
    with_one, _ = parse_numbers(pd.concat([texts, pd.Series(["1,000"])], ignore_index=True))

    np.testing.assert_array_equal(plain, values)
    np.testing.assert_array_equal(with_one, [*values, 1000.0])
    assert {"1,000"} == {*asked} & {*texts.dropna(), "1,000"}


@given(
    st.lists(
        st.none()
        | st.from_regex(r"-?[0-9]{0,3}[.,]?[0-9]{0,2}([eE][+-]?[0-9]{1,3})?", fullmatch=True)
        | st.sampled_from(["inf", "-Infinity", "nan", "1e400", "0." + "0" * 500 + "1", "true"]),
        min_size=1,
        max_size=4,
    )
)
def test_a_column_is_read_as_its_values_one_by_one(texts):
    """Whatever way the column takes, each value is what the definition says of it."""
    numbers, bad = parse_numbers(pd.Series(texts, dtype="str"))

    for text, found, is_bad in zip(texts, numbers, bad, strict=True):
        alone = None if text is None else number(text)
        assert found == alone if alone is not None else np.isnan(found)
        assert not (is_bad and alone is not None)


def test_times_are_utc_instants_without_zone():
    """A zone is converted, none is taken as UTC, nonsense is marked."""
    values = pd.Series(["2025-01-01T12:00:00+02:00", "2025-01-01 10:00", "soon", ""])

    times, bad = parse_times(values, EventTime(column="t"))

    assert times[0] == times[1] == pd.Timestamp("2025-01-01 10:00")
    assert bad.tolist() == [False, False, True, False]


def test_seconds_count_from_the_origin():
    """86,400 seconds after the origin is the next day."""
    time = EventTime(column="t", unit="s", origin="2013-09-01T00:00:00")

    times, _ = parse_times(pd.Series([0, 86_400.0]), time)

    assert times[1] == pd.Timestamp("2013-09-02")


@pytest.mark.parametrize("values", [[1, 0, None, 7], ["1", "0", "", "x"], [1.0, 0.0, np.nan, 7.0]])
def test_labels_compare_alike_as_text_and_number(values):
    """1, "1" and 1.0 are the same label; missing is unlabelled; others are marked."""
    labels, bad = parse_labels(pd.Series(values, dtype=object), Labelling(column="y"))

    assert labels[0] == 1
    assert labels[1] == 0
    assert labels.isna().tolist() == [False, False, True, True]
    assert bad.tolist() == [False, False, False, True]


def test_boolean_labels_are_understood():
    """True is fraud under the default values."""
    labels, bad = parse_labels(pd.Series([True, False]), Labelling(column="y"))

    assert labels.tolist() == [1, 0]
    assert not bad.any()


def test_text_is_trimmed_cased_and_missing_is_nan():
    """The texts " eth" and "ETH" are one level; None and "" are NaN."""
    text = parse_text(pd.Series([" eth", "ETH ", "", None], dtype=object), "upper")

    assert text[:2].tolist() == ["ETH", "ETH"]
    assert text[2:].isna().all()
    assert text.dtype == object
