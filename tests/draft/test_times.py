"""Which column is the payment's time, in which form, and what the file leaves open."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fraud_assets.data.transactions import read_transactions
from tests.draft.drafts import FRAUDS, ROWS, asked, contract_of, frauds, looked, payments

FRAUD = frauds()
AT = payments()["paid_at"]
FIRST, LAST = AT.min(), AT.max()
REPORTED = (AT + pd.to_timedelta(np.linspace(1, 20, ROWS), unit="D")).where(FRAUD)


def event_of(found) -> str | None:
    return found.clocks.event.name if found.clocks.event else None


@pytest.mark.parametrize(
    ("name", "frame_name"),
    [
        ("paid_at", "p.csv"), ("TX_DATETIME", "p.parquet"), ("timestamp", "p.csv"),
        ("transactionDate", "p.csv"), ("Buchungsdatum", "p.csv"), ("fecha_pago", "p.csv"),
        ("created_at", "p.parquet"), ("Zahlungszeitpunkt", "p.csv"), ("event_time", "p.csv"),
    ],
)  # fmt: skip
def test_the_payments_time_of_many_names(tmp_path, name, frame_name):
    """Times of a customer's life beside it are not taken for it; an age starts from them."""
    frame = payments(drop=("paid_at",), account_opened_at=AT - pd.Timedelta("90D"), **{name: AT})

    found = looked(frame, tmp_path, frame_name)

    assert event_of(found) == name
    assert found.clocks.since == ["account_opened_at"]
    assert contract_of(found, tmp_path).derived["account_opened_at_age_days"].kind == "age"


@pytest.mark.parametrize(
    ("form", "file"),
    [
        ("%Y-%m-%d %H:%M:%S", "p.csv"), ("%Y-%m-%dT%H:%M:%SZ", "p.csv"),
        ("%d.%m.%Y %H:%M:%S", "p.csv"),
        ("%Y/%m/%d %H:%M:%S", "p.csv"), ("%Y-%m-%d %H:%M:%S.%f", "p.csv"),
        ("%m/%d/%Y %H:%M:%S", "p.csv"), ("%Y-%m-%d %H:%M:%S+00:00", "p.csv"),
    ],
)  # fmt: skip
def test_times_as_text_are_read_as_they_were(tmp_path, form, file):
    """The drafted contract gives the first and the last instant."""
    found = looked(payments(paid_at=AT.dt.strftime(form)), tmp_path, file)

    rows = read_transactions(contract_of(found, tmp_path)).rows["_time"]

    assert (rows.min(), rows.max()) == (FIRST, LAST)


@pytest.mark.parametrize(
    ("unit", "factor"), [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)]
)
def test_counts_since_1970_need_no_zone(tmp_path, unit, factor):
    """They are UTC by themselves."""
    found = looked(payments(paid_at=AT.astype("datetime64[s]").astype("int64") * factor), tmp_path)

    rows = read_transactions(contract_of(found, tmp_path)).rows["_time"]

    assert found.clocks.event.unit == unit
    assert rows.min() == FIRST
    assert "zone" not in asked(found, "columns.event_time")


@pytest.mark.parametrize("zoned", [True, False])
def test_times_without_a_zone_are_asked_about(tmp_path, zoned):
    """As text, with and without an offset."""
    text = AT.dt.strftime("%Y-%m-%d %H:%M:%S" + ("+00:00" if zoned else ""))

    found = looked(payments(paid_at=text), tmp_path)

    assert ("no time zone" in asked(found, "columns.event_time")) is not zoned


@pytest.mark.parametrize(
    "name",
    ["reported_at", "label_time", "chargeback_date", "Meldedatum", "fraud_date", "mystery_at"],
)
def test_the_time_of_the_report_and_how_long_reports_take(tmp_path, name):
    """By its name, or as a time that only frauds have and that is later."""
    found = looked(payments(**{name: REPORTED}), tmp_path)

    assert found.clocks.known_at.name == name
    assert 19 <= found.clocks.maturity.value <= 20
    assert contract_of(found, tmp_path).label.known_at is not None


def test_without_a_time_of_the_report_the_maturity_is_asked_for(tmp_path):
    """14 days are a guess."""
    assert "14 is drafted" in asked(looked(payments(), tmp_path), "label.maturity_days")


def test_a_time_after_the_payment_is_no_feature(tmp_path):
    """Neither as an age nor as a number."""
    found = looked(payments(settled_at=AT + pd.Timedelta("2D")), tmp_path)

    assert found.clocks.since == []
    assert found.roles.left_out["settled_at"] == "a time"


def test_two_times_that_may_be_the_payments_are_asked_about(tmp_path):
    """Both are called so."""
    found = looked(payments(payment_time=AT + pd.Timedelta("1h")), tmp_path)

    assert event_of(found) == "paid_at"
    assert "payment_time" in asked(found, "columns.event_time")


def test_counts_from_a_start_that_nobody_names_are_asked_about(tmp_path):
    """As in ULB: seconds since the first row."""
    found = looked(payments(drop=("paid_at",), Time=np.linspace(0, 172_000, ROWS)), tmp_path)

    assert "counts from a start" in asked(found, "columns.event_time")
    assert contract_of(found, tmp_path).windows.by == "shares"


def test_dates_that_read_both_ways_are_asked_about(tmp_path):
    """The day is drafted to come first, with the line that says otherwise."""
    early = pd.Series(
        pd.to_datetime("2025-04-01") + pd.to_timedelta(np.arange(ROWS) % 12, unit="D")
    )

    found = looked(payments(paid_at=early.dt.strftime("%m/%d/%Y %H:%M")), tmp_path)
    contract = contract_of(found, tmp_path)

    assert contract.columns.event_time.day_first is True
    assert "day_first = false }" in contract.text


def test_identifiers_that_read_as_times_are_none(tmp_path):
    """T0000000001 parses, and is none."""
    found = looked(payments(drop=("paid_at",), ref=[f"T{at:010d}" for at in range(ROWS)]), tmp_path)

    assert event_of(found) is None
    assert "split at random" in asked(found, "columns.event_time")
    assert contract_of(found, tmp_path).windows.by == "shares"


def test_half_a_year_of_drafted_windows_reads(tmp_path):
    """The contract reads its rows in time order, with every fraud."""
    raw = read_transactions(contract_of(looked(payments(reported_at=REPORTED), tmp_path), tmp_path))

    assert raw.rows["_time"].is_monotonic_increasing
    assert raw.rows["_label"].sum() == FRAUDS


def test_parts_of_a_date_are_no_time(tmp_path):
    """Year, month and day in columns of their own: asked about, not counted as seconds."""
    found = looked(
        payments(drop=("paid_at",), Year=AT.dt.year, Month=AT.dt.month, Day=AT.dt.day), tmp_path
    )

    assert event_of(found) is None
    assert "split at random" in asked(found, "columns.event_time")


def test_one_time_of_the_report_in_every_row_is_no_report(tmp_path):
    """It is that of the export, under which every fraud would be unknown."""
    found = looked(payments(label_timestamp="2025-12-01T00:00:00Z"), tmp_path)

    assert found.clocks.known_at is None
    assert "same time in every row" in asked(found, "label.known_at")


def test_date_and_time_of_day_in_two_columns_are_joined(tmp_path):
    """The first and the last instant are to the second."""
    day, hour = AT.dt.strftime("%Y-%m-%d"), AT.dt.strftime("%H:%M:%S")

    found = looked(payments(drop=("paid_at",), date=day, time=hour), tmp_path)
    rows = read_transactions(contract_of(found, tmp_path)).rows["_time"]

    assert (rows.min(), rows.max()) == (FIRST, LAST)


def test_serial_days_of_a_spreadsheet(tmp_path):
    """Not seconds since anything."""
    days = (AT - pd.Timestamp("1899-12-30")) / pd.Timedelta("1D")

    found = looked(payments(paid_at=days), tmp_path)
    rows = read_transactions(contract_of(found, tmp_path)).rows["_time"].dt.round("s")

    assert (rows.min(), rows.max()) == (FIRST, LAST)


def test_payment_and_report_may_count_differently(tmp_path):
    """Milliseconds beside text."""
    at = AT.astype("datetime64[s]").astype("int64") * 1000

    found = looked(payments(paid_at=at, reported_at=REPORTED), tmp_path)
    raw = read_transactions(contract_of(found, tmp_path))

    assert found.clocks.known_at.name == "reported_at"
    assert raw.rows["_known_at"].notna().sum() == FRAUDS


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d %H:%M:%S UTC", "%d %b %Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p"]
)
def test_times_as_databases_print_them(tmp_path, form):
    """With a zone's name, months by name, before and after noon."""
    found = looked(payments(paid_at=AT.dt.strftime(form)), tmp_path)

    rows = read_transactions(contract_of(found, tmp_path)).rows["_time"]

    assert (rows.min(), rows.max()) == (FIRST, LAST)


def test_instants_written_as_fourteen_digits_are_no_milliseconds(tmp_path):
    """20250106142851 is the sixth of January 2025, as a number too."""
    found = looked(payments(paid_at=AT.dt.strftime("%Y%m%d%H%M%S").astype("int64")), tmp_path)

    rows = read_transactions(contract_of(found, tmp_path)).rows["_time"]

    assert (rows.min(), rows.max()) == (FIRST, LAST)


def test_a_time_that_only_frauds_have_is_asked_about_unless_its_name_says_so(tmp_path):
    """A refund's date may be when the fraud became known."""
    found = looked(payments(refund_date=REPORTED), tmp_path)

    assert found.clocks.known_at.name == "refund_date"
    assert "Is it?" in asked(found, "label.known_at")
