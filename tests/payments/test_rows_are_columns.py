"""One reading, row by row and column by column: values, rules and times agree."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.contract import parse_contract
from fraud_assets.data.instants import parse_times
from fraud_assets.data.kinds.time_column import time_column
from fraud_assets.data.quarantine import broken_rules, contract_failures, time_failures
from fraud_assets.data.typed import typed_rows
from fraud_assets.errors import DataError, PaymentError
from fraud_assets.payments.clock import with_time_of_day
from fraud_assets.payments.instants import NoInstantError, read_instant
from fraud_assets.payments.reader import RawReader
from fraud_assets.terms.times import EventTime, TimeColumn

some = settings(deadline=None, max_examples=40)
NOW = datetime(2026, 6, 1)
CONTRACT = parse_contract(
    """
    format = 1
    name = "toy"
    source = { path = "none.csv", missing = ["-999", "unbekannt"] }
    columns = { id = "id", event_time = "time", sender = "who", amount = "paid" }
    label = { column = "fraud" }
    features = { numeric = ["paid", "seen"], categorical = ["land"], case = "upper" }
    rules.paid_positive = { column = "paid", min = 0 }
    rules.who_there = { column = "who", required = true }
    rules.land_known = { column = "land", one_of = ["de", "FR", 7, true] }
    derived.seen = { kind = "age", since = "born" }
    """
)
amounts = st.one_of(
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(2**60), 2**60),
    st.sampled_from(
        [
            "12.50",
            "1,234.50",
            "$5",
            "-999",
            "-999.0",
            "(3)",
            "n/a",
            "NULL",
            "x",
            "1e400",
            "",
            "true",
        ]
    ),
)
words = st.one_of(
    st.none(),
    st.text(max_size=4),
    st.sampled_from(["de", " DE ", "fr", "7", "7.0", "true", "unbekannt", "-", "straße", "n/a"]),
)
names = st.one_of(st.none(), st.sampled_from(["a", " a", "1001", "1001.0", "007", "-", "nan"]))
times = st.one_of(
    st.none(),
    st.datetimes(datetime(1990, 1, 1), datetime(2027, 1, 1)).map(lambda t: t.isoformat()),
    st.datetimes(datetime(2001, 9, 10), datetime(2027, 1, 1)).map(
        lambda t: str(int(t.replace(tzinfo=UTC).timestamp() * 1000))
    ),
    st.sampled_from(
        [
            "2026-01-02",
            "20260102",
            "20260102 101112",
            "2026-01-02T10:11:12Z",
            "2026-01-02 10:11:12+02:00",
            "2026-01-02 10:11:12,345",
            "2026-01-02T10:11:12.123456789Z",
            "31/12/2025 10:00",
            "2026-01-02 10:00 CET",
            "2026-01-02 10:00:00 Europe/Berlin",
            "n/a",
            "unbekannt",
            "-999",
            "0000-00-00",
            "0000-00-00 00:00:00",
            "t5",
            "2026-02-30",
        ]
    ),
)


def _row(paid, land, who, time, born) -> dict:
    return {"id": "p1", "time": time, "who": who, "paid": paid, "land": land, "born": born}


@some
@given(amounts, words, names, times, times)
def test_a_payment_is_read_as_its_row_is(paid, land, who, time, born) -> None:
    """The same rules are broken by name; without any the same values come out."""
    raw = _row(paid, land, who, time, born)
    frame = pd.DataFrame({name: pd.Series([value], dtype=object) for name, value in raw.items()})
    try:
        typed = typed_rows(frame.assign(fraud="0"), CONTRACT)
    except DataError:
        return  # a column that can be read in two ways has no reading at all
    failures = typed.failures | time_failures(typed.rows, np.datetime64(NOW, "us"))
    failures |= contract_failures(typed.rows, CONTRACT)
    expected = set(filter(None, broken_rules(failures, typed.rows.index)[0].split(", ")))
    reader = RawReader(CONTRACT, lambda: int(np.datetime64(NOW, "us").view("int64")))

    try:
        read = reader.read(raw)
    except PaymentError as error:
        broken = {fault.rule for fault in error.faults}
        assert broken == expected
        return

    assert expected == set()
    row = typed.rows.iloc[0]
    assert read.payment.time == row["_time"].as_unit("us")._value
    assert read.payment.values.get("who") == row["who"]
    for name in ("paid", "land"):
        assert read.features[name] == row[name] or (
            read.features[name] is None and pd.isna(row[name])
        )
    found, known = read.payment.times.get("born"), row["born"]
    assert found is None if pd.isna(known) else found == known.as_unit("us")._value


@some
@given(times.filter(bool), st.sampled_from([None, "Europe/Berlin", "America/New_York"]))
def test_what_is_read_as_an_instant_is_the_columns_instant(text, zone) -> None:
    """Never another one; what is refused here may be read by a column."""
    column = TimeColumn(column="t", zone=zone)
    try:
        found = read_instant(text, column)
    except NoInstantError:
        return
    stamps, bad = parse_times(pd.Series([text], name="t", dtype="str"), column)

    assert not bad[0]
    assert found is None if pd.isna(stamps[0]) else found == stamps[0].as_unit("us")._value


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2025-03-30 02:30", "2025-03-30T01:00"),  # left out: the moment at which clocks moved
        ("2025-10-26 02:30", "2025-10-26T00:30"),  # shown twice: the first of the two
        ("2025-07-01 12:00", "2025-07-01T10:00"),
    ],
)
def test_clocks_that_move_worked_by_hand(local, utc) -> None:
    """Berlin's spring and autumn, as columns read them."""
    found = read_instant(local, TimeColumn(column="t", zone="Europe/Berlin"))

    assert found == int(np.datetime64(utc, "us").view("int64"))


@pytest.mark.parametrize(
    ("unit", "value"),
    [("s", 1.5), ("s", "1767348000"), ("ms", 1767348000123), ("excel_days", 45000.75), ("us", -5)],
)
def test_counts_from_an_origin_agree(unit, value) -> None:
    """Numbers and texts of numbers, by the column's unit."""
    column = TimeColumn(column="t", unit=unit)

    stamps, _ = parse_times(pd.Series([value], name="t"), column)

    assert read_instant(value, column) == stamps[0].as_unit("us")._value


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({"paid": -1.0}, {"paid_positive"}),
        ({"paid": "abc", "who": None}, {"unparsable_paid", "who_there"}),
        ({"paid": 2e15}, {"beyond_1e15_paid"}),
        ({"time": None}, {"time_missing"}),
        ({"time": "2030-01-01"}, {"time_after_now"}),
        ({"time": "03/04/2025"}, {"unparsable_time", "time_missing"}),
        ({"id": None}, {"id_missing"}),
        ({"land": "XX"}, {"land_known"}),
        ({"paid": [1], "land": {"a": 1}}, {"unparsable_paid", "land_known"}),
    ],
)
def test_every_rule_is_named_at_once(change, rules) -> None:
    """A clock ahead, an unparsable number, a missing id: by the names that quarantine uses."""
    raw = _row(1.0, "DE", "a", "2026-01-02", None) | change

    with pytest.raises(PaymentError) as caught:
        RawReader(CONTRACT).read(raw)

    assert {fault.rule for fault in caught.value.faults} == rules


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        ("2026-01-02", "10:11:12"),
        ("2026-01-02T00:00:00", "10:11"),
        ("2026-01-02 00:00:00.000", "10:11:12.5"),
        ("2026-01-02", "1900-01-01 10:11:12"),
        ("2026-01-02", "0 days 10:11:12"),
        ("2026-01-02", "101112"),
        ("2026-01-02", "91112"),
        ("2026-01-02", "91112.0"),
        ("2026-01-02", "n/a"),
        ("2026-01-02", ""),
        (None, "10:11:12"),
        ("0000-00-00", "10:11:12"),
        ("2026-01-02", "25:00:00"),
    ],
)
def test_a_time_of_day_beside_its_date_is_read_as_its_column_is(day, hour) -> None:
    """Alone and in a column: the same instant, missing, or no time."""
    time = EventTime(column="day", time="hour")
    column = time_column(pd.Series([day], name="day"), time, clock=pd.Series([hour], name="hour"))
    expected = None if column.values.isna()[0] else column.values.astype("int64")[0]
    bad = bool(column.broken["unparsable_day"][0])

    try:
        found = read_instant(with_time_of_day(day, hour), time)
    except NoInstantError:
        assert bad
        return

    assert not bad
    assert found == expected


def test_counts_that_mean_missing_are_missing_alone_too() -> None:
    """-999 of a contract's words, however it is written."""
    time, words = TimeColumn(column="at", unit="s"), frozenset({"-999", ""})

    for value in (-999, -999.0, "-999", "-999.0"):
        column = time_column(pd.Series([value], name="at", dtype=object), time, words)
        assert column.values.isna()[0]
        assert not column.broken["unparsable_at"][0]
        assert read_instant(value, time, words) is None
