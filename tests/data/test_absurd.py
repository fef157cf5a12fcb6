"""One absurd value is put aside under a rule's name; the run and all other rows go on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.contract import parse_contract
from fraud_assets.contract.sections.label import Labelling
from fraud_assets.data.instants import parse_times
from fraud_assets.data.kinds.labels import parse_labels
from fraud_assets.data.kinds.text import parse_text
from fraud_assets.data.transactions import read_transactions
from fraud_assets.errors import DataError
from fraud_assets.terms.times import EventTime
from tests.data.test_transactions import NOW, TOML, read, write

SECONDS = EventTime(column="t", unit="s")


def times(values: list[object], **options: object) -> list[str]:
    """Parsed times as text, "bad" for marked ones, "" for missing ones."""
    stamps, bad = parse_times(pd.Series(values, name="t"), EventTime(column="t", **options))
    return [
        "bad" if wrong else "" if stamp is pd.NaT else str(stamp)
        for stamp, wrong in zip(stamps, bad, strict=True)
    ]


@pytest.mark.parametrize("amount", ["1e200", "1e308", "-1e16", "1" * 400])
def test_an_absurd_amount_is_put_aside(tmp_path, amount):
    """Its rule tells the bound; no sum, mean or scale sees it."""
    write(tmp_path, f"x;2025-01-02;c;{amount};DE;no\n")

    raw = read(tmp_path)

    assert {"beyond_1e15_Amount", "unparsable_Amount"} & set(raw.rule_counts)
    assert len(raw.rows) == 8


@settings(deadline=None)
@given(st.floats(allow_nan=True, allow_infinity=True))
def test_no_number_of_seconds_is_too_large_to_be_judged(number):
    """Law: an instant of the years 1 to 9999, missing, or marked; never an exception."""
    stamps, bad = parse_times(pd.Series([number, 0.0]), SECONDS)

    assert bool(stamps.isna()[0]) == bool(bad[0] or np.isnan(number))
    assert stamps[1] == pd.Timestamp("1970-01-01")


def test_milliseconds_declared_as_seconds_are_marked():
    """1.7e12 seconds are 54 thousand years; microseconds and nanoseconds more."""
    assert times([1.7e12, 1.7e15, 1.7e18, 86_400], unit="s")[:3] == ["bad"] * 3


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_every_unit_counts_from_the_origin(unit):
    """The same instant in each unit."""
    count = 1_700_000_000 * {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]

    assert times([count], unit=unit) == ["2023-11-14 22:13:20"]


def test_stamps_outside_of_the_years_1_to_9999_are_marked():
    """Parquet may hold them; Python's own calendar cannot."""
    stamps = np.array(["2025-01-01", "300000-01-01", "-5-01-01"], dtype="datetime64[s]")

    _, bad = parse_times(pd.Series(stamps), SECONDS)

    assert bad.tolist() == [False, True, True]


def test_a_column_of_days_first_is_read_so_in_every_row():
    """One date with a field above 12 decides for all, above as below it."""
    values = ["03/04/2025 10:00", "25/04/2025", "5.4.2025", "2025-04-06"]

    assert times(values) == [
        "2025-04-03 10:00:00",
        "2025-04-25 00:00:00",
        "2025-04-05 00:00:00",
        "2025-04-06 00:00:00",
    ]


def test_a_column_of_months_first_is_read_so_in_every_row():
    """The same the other way round; a date that fits only the other reading is marked."""
    values = ["03/04/2025", "04/25/2025", "04/26/2025", "25/04/2025"]

    assert times(values) == [
        "2025-03-04 00:00:00",
        "2025-04-25 00:00:00",
        "2025-04-26 00:00:00",
        "bad",
    ]


@settings(deadline=None)
@given(st.dates(), st.booleans())
def test_declared_dates_are_read_as_they_were_written(day, day_first):
    """Law: writing and reading give the same day for every date, ambiguous or not."""
    pattern = "{0.day}/{0.month}/{0.year:04}" if day_first else "{0.month}/{0.day}/{0.year:04}"

    assert times([pattern.format(day)], day_first=day_first) == [f"{day} 00:00:00"]


def test_a_column_that_fits_both_readings_is_refused_with_the_way_to_declare_it(tmp_path):
    """Nobody guesses; once declared in the contract the same file is read."""
    lines = "".join(f"a{i};0{i}/04/2025;c;1;DE;no\n" for i in range(1, 9))
    (tmp_path / "payments.csv").write_text("Id;Paid At;Customer;Amount;Country;Fraud\n" + lines)
    declared = TOML.replace('"Paid At"', '{ column = "Paid At", day_first = true }')

    with pytest.raises(DataError, match=r"day_first = true"):
        read(tmp_path)

    contract = parse_contract(declared, base=tmp_path)
    newest = read_transactions(contract, now=NOW.replace(year=2026)).newest
    assert newest == np.datetime64("2025-04-08", "us")


def test_one_ambiguous_date_among_many_clear_ones_is_marked():
    """A single odd row does not stop the run."""
    assert times(["2025-01-01", "2025-01-02", "03/04/2025"])[2] == "bad"


def test_whole_numbers_of_any_size_are_text_without_a_point():
    """An id of 1e20 in a float column reads as the same id of a text column."""
    found = parse_text(pd.Series([1e20, 12.0, np.nan])).tolist()[:2]

    assert found == ["100000000000000000000", "12"]


@pytest.mark.parametrize("word", ["none", "-", "na", "n/a", "None"])
def test_a_label_word_of_the_contract_is_no_missing_value(word):
    """Where "none" is what legitimate payments are called, it is a label."""
    label = Labelling(column="y", positive=["fraud"], negative=[word])

    labels, bad = parse_labels(pd.Series([word, "fraud", "", "null"], dtype=object), label)

    assert labels[:2].tolist() == [0, 1]
    assert labels[2:].isna().all()
    assert not bad.any()


@pytest.mark.parametrize(
    ("values", "allowed", "broken"),
    [
        (["1", "2", "7"], "[1, 2, 3]", ["7"]),
        ([1, 2, 7], "[1, 2, 3]", [7]),
        ([1.0, 2.0, 7.0], '["1", 2.0]', [7.0]),
        (["true", "FALSE", "x"], "[true, false]", ["x"]),
        (["de", "FR", "es"], '["De", "fr"]', ["es"]),
    ],
)
def test_allowed_values_match_as_written(tmp_path, values, allowed, broken):
    """Numbers, texts and words of truth compare alike in CSV text and Parquet columns."""
    frame = pd.DataFrame({"c": values, "y": [0, 1, 0], "a": [1.0, 2.0, 3.0]})
    frame.to_parquet(tmp_path / "x.parquet")
    contract = parse_contract(
        f"""
        format = 1
        name = "t"
        source = {{ path = "x.parquet" }}
        label = {{ column = "y" }}
        features = {{ numeric = ["a"], categorical = ["c"], case = "upper" }}
        windows = {{ by = "shares" }}
        rules = {{ known = {{ column = "c", one_of = {allowed} }} }}
        """,
        base=tmp_path,
    )

    raw = read_transactions(contract, now=NOW)

    assert raw.quarantine["c"].tolist() == broken
