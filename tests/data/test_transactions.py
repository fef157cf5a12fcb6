"""Reading loses nothing: bad rows are kept, counted and explained; the rest flow on."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fraud_assets.contract import parse_contract
from fraud_assets.data.as_of import parse_as_of
from fraud_assets.data.transactions import read_transactions
from fraud_assets.draft import contract_text, take_first_look
from fraud_assets.errors import DataError

TOML = """
format = 1
name = "team"
[source]
path = "payments.csv"
[columns]
id = "Id"
event_time = "Paid At"
sender = "Customer"
amount = "Amount"
[label]
column = "Fraud"
positive = ["yes"]
negative = ["no"]
[features]
numeric = ["Amount"]
categorical = ["Country"]
case = "upper"
[rules.amount_not_negative]
column = "Amount"
min = 0
"""
HEADER = "Id;Paid At;Customer;Amount;Country;Fraud\n"
GOOD = "a{i};2025-01-0{d} 10:00;c{i};{i}0.5;de;no\n"
NOW = datetime(2025, 2, 1)


def write(folder: Path, *lines: str, header: str = HEADER) -> None:
    good = [GOOD.format(i=i, d=1 + i % 5) for i in range(1, 9)]
    (folder / "payments.csv").write_text(header + "".join([*good, *lines]))


def read(folder: Path, **options):
    return read_transactions(parse_contract(TOML, base=folder), now=NOW, **options)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("x;2025-01-02;c;abc;DE;no\n", "unparsable_Amount"),
        ("x;2025-01-02;c;-1;DE;no\n", "amount_not_negative"),
        ("x;2031-01-02;c;1;DE;no\n", "time_after_now"),
        ("x;soon;c;1;DE;no\n", "time_missing"),
        ("x;2025-01-02;c;1;DE;maybe\n", "label_unknown"),
    ],
)
def test_a_bad_row_goes_to_quarantine_with_its_rule(tmp_path, line, rule):
    """One bad row is kept aside under the rule's name; the good ones stay, in time order."""
    write(tmp_path, line)

    raw = read(tmp_path)

    assert raw.rule_counts[rule] == 1
    assert rule in raw.quarantine["_rules"].iloc[0]
    assert len(raw.rows) + len(raw.quarantine) == raw.read == 9
    assert raw.rows["_time"].is_monotonic_increasing


def test_a_row_that_breaks_two_rules_names_both(tmp_path):
    """All faults at once, for rows too."""
    write(tmp_path, "x;2031-01-01;c;-5;DE;no\n")

    rules = read(tmp_path).quarantine["_rules"].iloc[0]

    assert set(rules.split(", ")) == {"time_after_now", "amount_not_negative"}


def test_unlabelled_rows_flow_on_without_label(tmp_path):
    """A missing label is no fault: the row serves as history and is never judged."""
    write(tmp_path, "x;2025-01-02;c;1;DE;\n")

    raw = read(tmp_path)

    assert raw.rows["_label"].isna().sum() == 1
    assert raw.rule_counts == {}


def test_names_are_found_in_spite_of_blanks_and_case(tmp_path):
    """A header of " paid at " is the contract's "Paid At"."""
    write(tmp_path, header="id; paid at ;CUSTOMER;Amount;country;fraud\n")

    assert len(read(tmp_path).rows) == 8


def test_missing_columns_are_told_together_with_a_guess(tmp_path):
    """Two missing columns give one sentence that names both and what the file has."""
    write(tmp_path, header="Id;Paid At;Customer;Amount_EUR;Country;Froud\n")

    with pytest.raises(DataError, match=r"'Amount'.*'Amount_EUR'.*'Fraud'.*'Froud'"):
        read(tmp_path)


def test_an_older_as_of_hides_what_came_later(tmp_path):
    """Rows after T are not quarantined, only not yet seen."""
    write(tmp_path)

    raw = read(tmp_path, as_of="2025-01-03")

    assert raw.rows["_time"].max() < pd.Timestamp("2025-01-03")
    assert raw.after_as_of + len(raw.rows) == 8


def test_the_default_as_of_is_the_newest_plausible_row(tmp_path):
    """A clock that is years ahead does not move the week."""
    write(tmp_path, "x;2031-01-02;c;1;DE;no\n")

    assert read(tmp_path).as_of == np.datetime64("2025-01-05T10:00:00", "us")


def test_no_file_and_no_rows_are_sentences(tmp_path):
    """Neither an empty folder nor a table of faults ends in a traceback."""
    with pytest.raises(DataError, match="nothing lies at"):
        read(tmp_path)
    (tmp_path / "payments.csv").write_text(HEADER + "x;soon;c;abc;DE;no\n")
    with pytest.raises(DataError, match="At least one of the 1 rows"):
        read(tmp_path)


def test_a_folder_of_parquet_reads_like_one_file(tmp_path):
    """Files of a folder are read in name order; the source may be a glob too."""
    frame = pd.DataFrame(
        {"t": pd.to_datetime(["2025-01-01", "2025-01-02"]), "y": [0, 1], "a": [1.0, 2]}
    )
    for name in ("w1", "w2"):
        frame.to_parquet(tmp_path / f"{name}.parquet")
    text = 'format = 1\nname = "t"\n[source]\npath = "{}"\n[columns]\nevent_time = "t"\n'
    text += '[label]\ncolumn = "y"\n[features]\nnumeric = ["a"]\n'

    counts = [
        len(read_transactions(parse_contract(text.format(path), base=tmp_path), now=NOW).rows)
        for path in (".", "*.parquet", "w1.parquet")
    ]

    assert counts == [4, 4, 2]


def test_as_of_must_be_a_date():
    """A word is refused with an example; a zone is converted."""
    with pytest.raises(DataError, match="ISO date"):
        parse_as_of("monday")
    assert parse_as_of("2025-01-01T02:00:00+02:00") == np.datetime64("2025-01-01", "us")


def test_a_drafted_contract_reads_its_own_file(tmp_path):
    """What `init` writes is valid and types the file it looked at, decimal commas included."""
    lines = "".join(
        f"t{i};2025-01-01 {i % 24:02}:00;c{i % 4};{i},50;"
        f"{('DE', 'FR')[i % 2]};{('no', 'yes')[i == 3]}\n"
        for i in range(40)
    )
    file = tmp_path / "Our Payments.csv"
    file.write_text("Tx Id;Created At;Customer;Amount EUR;Country;Fraud?\n" + lines)

    contract = parse_contract(contract_text(take_first_look(str(file))))
    raw = read_transactions(contract, now=NOW)

    assert contract.columns.sender == "Customer"
    assert raw.rule_counts == {}
    assert raw.rows["_label"].sum() == 1
    assert raw.rows["_amount"].max() == 39.5
