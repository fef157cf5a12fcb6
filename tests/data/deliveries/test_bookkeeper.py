"""A bookkeeper who enters each delivery as it comes has each week's labels in hand; so has a run.

He knows nothing of periods: his book holds for each payment the last amount, the last word and
the last label that came. Files are named so that their order is not that of their letters, and
several deliveries may bear one time, as exports that know the day alone do.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud_assets.contract import Contract
from fraud_assets.data.splits.windows import labels_known_at
from fraud_assets.data.transactions import read_typed, transactions_at
from tests.exports import NOW, export

START = datetime(2025, 1, 1)
MADE = {"A": 0, "B": 1, "C": 3}
LAST = 25

DELIVERY = st.fixed_dictionaries(
    {
        "payment_id": st.sampled_from(sorted(MADE)),
        "delivered": st.integers(4, LAST),
        "file": st.integers(8, 11),
        "is_fraud": st.sampled_from(["0", "1", "1", ""]),
        "country": st.sampled_from(["DE", "FR", ""]),
    }
)


def day(number: int) -> str:
    return f"{START + timedelta(days=number):%Y-%m-%d}"


def instant(number: int) -> np.datetime64:
    return np.datetime64(START + timedelta(days=number), "us")


def amount_of(one: dict) -> str:
    """One amount for each payment and time: two of one moment would contradict each other."""
    return str(10 + (7 * one["delivered"] + ord(one["payment_id"])) % 5)


def book(drawn: list[dict], at: int) -> dict[str, tuple[str, str, str]]:
    """Amount, country and label in hand on the morning of day `at`, entry by entry."""
    entries = sorted(
        enumerate(drawn), key=lambda pair: (pair[1]["delivered"], pair[1]["file"], pair[0])
    )
    found: dict[str, tuple[str, str, str]] = {}
    for _, one in entries:
        if one["delivered"] <= at:
            _, country, label = found.get(one["payment_id"], ("", "", ""))
            found[one["payment_id"]] = (
                amount_of(one),
                one["country"] or country,
                one["is_fraud"] or label,
            )
    return found


def exported(drawn: list[dict], folder) -> Contract:
    made = pd.DataFrame(drawn)
    made["paid_at"] = made["payment_id"].map(MADE).map(day)
    made["amount"] = [amount_of(one) for one in drawn]
    made["sent"] = made["delivered"].map(day)
    made = made.assign(customer_id="c", account_age="1", reported_at="")
    files = {f"week_{number}": part for number, part in made.groupby("file")}
    return export(folder, files, columns='delivered_at = "sent"')


def read_book(raw) -> dict[str, tuple[str, str, str]]:
    rows = raw.rows
    labels = rows["_label"].astype(object).where(rows["_label"].notna(), "").astype(str)
    amounts = rows["amount"].map(lambda value: f"{value:g}")
    parts = zip(amounts, rows["country"].fillna(""), labels, strict=True)
    return dict(zip(rows["payment_id"], parts, strict=True))


@settings(max_examples=30, deadline=None)
@given(st.lists(DELIVERY, min_size=1, max_size=14))
def test_each_day_reads_what_the_book_says(tmp_path_factory, drawn):
    """Law: every day from the first delivery on, and what later days know of earlier ones."""
    contract = exported(drawn, tmp_path_factory.mktemp("book"))
    source = read_typed(contract)
    first = min(one["delivered"] for one in drawn)

    books = {at: book(drawn, at) for at in range(first, LAST + 1, 5)}
    read = {at: transactions_at(source, contract, instant(at), NOW) for at in books}

    for at, raw in read.items():
        assert read_book(raw) == books[at]
        seen = [one for one in drawn if one["delivered"] <= at]
        assert len(raw.rows) + len(raw.superseded) == len(seen) == raw.read
        assert raw.rule_counts == {}
    last = read[max(read)].rows
    for at, pages in books.items():
        known = dict(zip(last["payment_id"], labels_known_at(last, instant(at)), strict=True))
        assert {name: str(known[name]) for name in pages} == {
            name: label or "0" for name, (_, _, label) in pages.items()
        }


@pytest.mark.parametrize(
    ("labels", "expected"),
    [(("1", "0"), "0"), (("0", "1"), "1"), (("1", "0", "1"), "1"), (("1", "0", "", "0"), "0")],
)
def test_labels_of_one_moment_count_in_the_order_of_files(tmp_path, labels, expected):
    """By hand: several files of one day; the last word holds from that day on, not weeks later."""
    drawn = [
        {"payment_id": "A", "delivered": 5, "file": 8 + at, "is_fraud": label, "country": "DE"}
        for at, label in enumerate(labels)
    ]
    contract = exported(drawn, tmp_path)

    for at in (5, 6, 14, 20):
        raw = transactions_at(read_typed(contract), contract, instant(at), NOW)
        assert read_book(raw)["A"][2] == expected


def test_a_delivery_that_comes_late_in_an_older_file_counts_by_its_time(tmp_path):
    """The file of week 8 is written anew and holds a later delivery than week 11's."""
    drawn = [
        {"payment_id": "A", "delivered": 20, "file": 8, "is_fraud": "1", "country": "DE"},
        {"payment_id": "A", "delivered": 6, "file": 11, "is_fraud": "0", "country": "FR"},
    ]
    contract = exported(drawn, tmp_path)
    source = read_typed(contract)

    early, late = (transactions_at(source, contract, instant(at), NOW) for at in (10, 21))

    assert read_book(early)["A"][1:] == ("FR", "0")
    assert read_book(late)["A"][1:] == ("DE", "1")
