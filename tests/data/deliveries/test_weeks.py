"""Labels come and go over weeks: each week reads what a bookkeeper would have had in hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fraud_assets.data.splits.windows import labels_known_at
from fraud_assets.data.transactions import RawTransactions
from tests.exports import export, read

# One line for each delivery: payment, made on, amount, label, reported, delivered.
DELIVERIES = """
A 2025-01-06 10 0 -          2025-01-13
B 2025-01-07 20 0 -          2025-01-13
C 2025-01-08 30 0 -          2025-01-13
D 2025-01-09 40 1 2025-01-10 2025-01-13
E 2025-01-10 50 - -          2025-01-13
A 2025-01-06 10 1 2025-01-15 2025-01-20
B 2025-01-07 25 0 -          2025-01-20
F 2025-01-08 60 0 -          2025-01-20
A 2025-01-06 10 0 -          2025-01-27
C 2025-01-08 30 1 2025-01-24 2025-01-27
D 2025-01-09 40 1 2025-01-10 2025-01-27
A 2025-01-06 10 1 2025-01-30 2025-02-03
C 2025-01-08 30 1 2025-01-24 2025-02-03
E 2025-01-10 50 1 2025-02-01 2025-02-03
D 2025-01-09 40 0 -          2025-02-10
"""

# The books by hand: payment, amount, and label in hand on the morning of each day.
BOOKS = {
    "2025-01-14": "A10=0 B20=0 C30=0 D40=1 E50=?",
    "2025-01-21": "A10=1 B25=0 C30=0 D40=1 E50=? F60=0",
    "2025-01-28": "A10=0 B25=0 C30=1 D40=1 E50=? F60=0",
    "2025-02-04": "A10=1 B25=0 C30=1 D40=1 E50=1 F60=0",
    "2025-02-11": "A10=1 B25=0 C30=1 D40=0 E50=1 F60=0",
}
PUT_BY = {  # superseded and repeated deliveries in hand
    "2025-01-14": (0, 0),
    "2025-01-21": (2, 0),
    "2025-01-28": (4, 1),
    "2025-02-04": (6, 2),
    "2025-02-11": (7, 2),
}


def deliveries() -> pd.DataFrame:
    names = ["payment_id", "paid_at", "amount", "is_fraud", "reported_at", "delivered"]
    lines = [line.replace(" - ", "  - ").split() for line in DELIVERIES.split("\n") if line]
    made = pd.DataFrame(lines, columns=names).replace("-", "")
    return made.assign(customer_id=made["payment_id"] + "1", account_age="1", country="DE")


def booked(raw: RawTransactions) -> str:
    """The rows as a bookkeeper writes them."""
    rows = raw.rows.sort_values("payment_id")
    labels = rows["_label"].astype(object).where(rows["_label"].notna(), "?")
    pairs = zip(rows["payment_id"], rows["amount"], labels, strict=True)
    return " ".join(f"{name}{amount:g}={label}" for name, amount, label in pairs)


@pytest.fixture(params=["weekly", "one_file", "parquet"])
def contract(request, tmp_path):
    """The deliveries in a file for each week, in one file in disorder, or as Parquet."""
    made, timed = deliveries(), {"columns": 'delivered_at = "delivered"'}
    if request.param == "weekly":
        weeks = {f"week_{i}": part for i, (_, part) in enumerate(made.groupby("delivered"))}
        return export(tmp_path, weeks, **timed)
    if request.param == "one_file":
        return export(tmp_path, {"all": made.sample(frac=1, random_state=1)}, **timed)
    contract = export(tmp_path, {}, **timed)
    numbers = {"amount": made["amount"].astype(float), "is_fraud": pd.to_numeric(made["is_fraud"])}
    times = {name: pd.to_datetime(made[name]) for name in ("paid_at", "reported_at", "delivered")}
    made.assign(**numbers, **times).to_parquet(tmp_path / "in" / "all.parquet")
    return contract


@pytest.mark.parametrize("day", BOOKS)
def test_each_week_reads_what_the_bookkeeper_had(contract, day):
    """Rows, amounts and labels; what a later delivery superseded is kept aside and counted."""
    raw = read(contract, as_of=day)

    assert booked(raw) == BOOKS[day]
    words = raw.superseded["_why"]
    assert ((words == "superseded").sum(), (words == "repeated_exactly").sum()) == PUT_BY[day]
    assert len(raw.rows) + len(raw.superseded) == raw.read
    assert raw.tally.quarantined.rows == 0
    assert raw.tally.kept.frauds == BOOKS[day].count("=1")


@pytest.mark.parametrize("later", BOOKS)
def test_later_weeks_know_what_was_known_before(contract, later):
    """Law: the labels that a window of a later week uses are those that the earlier week read."""
    rows = read(contract, as_of=later).rows
    for day, book in BOOKS.items():
        if day <= later:
            known = labels_known_at(rows, np.datetime64(day, "us"))
            told = {name: f"{label}" for name, label in zip(rows["payment_id"], known, strict=True)}
            expected = {part[0]: part.split("=")[1].replace("?", "0") for part in book.split()}
            assert {name: told[name] for name in expected} == expected


def test_without_as_of_all_that_the_export_says_counts(contract):
    """The last week's books."""
    assert booked(read(contract)) == BOOKS["2025-02-11"]


# Without a time of delivery: reports have times, the export is one folder read by name order.
UNTIMED = {
    "2025-01-14": "A10=0 B25=0 C30=0 D40=1 E50=0 F60=0",
    "2025-01-16": "A10=1 B25=0 C30=0 D40=1 E50=0 F60=0",
    "2025-01-21": "A10=0 B25=0 C30=0 D40=1 E50=0 F60=0",  # A's reversal counts from 2025-01-20 on
    "2025-01-24": "A10=0 B25=0 C30=1 D40=0 E50=0 F60=0",  # D's from 2025-01-23 on
    "2025-02-04": "A10=1 B25=0 C30=1 D40=0 E50=1 F60=0",
}


@pytest.mark.parametrize("day", UNTIMED)
def test_without_times_of_delivery_reports_and_maturity_say_when(tmp_path, day):
    """The latest values; labels from their report, a reversal without one 14 days after it."""
    made = deliveries()
    weeks = {f"week_{i + 8}": part for i, (_, part) in enumerate(made.groupby("delivered"))}
    contract = export(tmp_path, weeks)  # week_8 to week_12: "week_9" stands last in plain order

    raw = read(contract, as_of=day)

    assert booked(raw) == UNTIMED[day]
    assert "deliveries_untimed" in {note.code for note in raw.notes}
