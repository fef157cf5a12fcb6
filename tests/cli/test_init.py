"""`fraud-assets init` drafts a contract that reads the very file it looked at."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fraud_assets.cli import init
from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.transactions import RawTransactions, read_transactions
from fraud_assets.errors import DataError

NOW = datetime(2030, 1, 1)
START = 1_735_732_800
"""2025-01-01 12:00 in seconds since 1970."""


def payments(**columns: object) -> pd.DataFrame:
    """Forty payments of four customers, two of them frauds, and whatever else is given."""
    number = np.arange(40)
    frame = {
        "id": [f"p{i}" for i in number],
        "created_at": pd.to_datetime(START + number * 3600, unit="s"),
        "customer": [f"c{i % 4}" for i in number],
        "amount": number + 0.5,
        "country": np.where(number % 2, "DE", "FR"),
        "is_fraud": (number % 20 == 0).astype(int),
    }
    return pd.DataFrame({key: value for key, value in (frame | columns).items() if key})


def drafted(folder: Path, frame: pd.DataFrame, name: str = "payments.parquet") -> Contract:
    """The contract that `init` drafts from the frame as a file of that name."""
    file, out = folder / name, folder / "made" / "here" / "contract.toml"
    frame.to_parquet(file) if file.suffix == ".parquet" else frame.to_csv(file, index=False)
    parser = argparse.ArgumentParser()
    init.register(parser.add_subparsers())
    args = parser.parse_args(["init", str(file), "--out", str(out)])
    assert args.run(args) == 0
    return load_contract(out)


def test_an_identifier_that_could_be_read_as_a_time_is_none(tmp_path: Path) -> None:
    """Ids such as T0000000001 parse as times; of the times the one named so is the event's."""
    ids = [f"T{i:010d}" for i in range(40)]
    frame = payments(id=ids)
    frame.insert(1, "first_seen", frame["created_at"] - pd.Timedelta("9D"))

    contract = drafted(tmp_path, frame)

    assert contract.columns.event_time is not None
    assert contract.columns.event_time.column == "created_at"
    assert contract.columns.id == "id"


def read(contract: Contract) -> RawTransactions:
    return read_transactions(contract, now=NOW)


@pytest.mark.parametrize("name", ["2024_payments.csv", "2024.parquet", "Ünï 7.csv", "_.csv"])
def test_any_file_name_gives_a_contract_that_reads_its_file(tmp_path, name):
    """Names that open with digits or hold no letter too; the folder of --out is made."""
    contract = drafted(tmp_path, payments(), name)

    assert contract.name[0].isalpha()
    assert len(read(contract).rows) == 40


def test_an_existing_contract_is_not_overwritten(tmp_path):
    """The second draft to the same place is refused."""
    drafted(tmp_path, payments())

    with pytest.raises(DataError, match="not overwritten"):
        drafted(tmp_path, payments())


@pytest.mark.parametrize(
    ("unit", "factor"), [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)]
)
@pytest.mark.parametrize("name", ["payments.csv", "payments.parquet"])
def test_counts_since_1970_are_known_by_their_size(tmp_path, unit, factor, name):
    """Each unit gives the same first instant."""
    stamps = (START + np.arange(40) * 3600) * factor

    contract = drafted(tmp_path, payments(created_at=stamps, amount_time=1.5), name)

    assert contract.columns.event_time.unit == unit
    assert read(contract).rows["_time"][0] == pd.Timestamp("2025-01-01 12:00")


def test_small_counts_of_seconds_leave_the_origin_to_their_owner(tmp_path):
    """Seconds since a first payment do not say when that was."""
    contract = drafted(tmp_path, payments(created_at=np.arange(40) * 3600))

    assert contract.columns.event_time.origin == datetime(2000, 1, 1)


def test_dates_that_fit_both_readings_are_declared_with_a_comment(tmp_path):
    """The draft reads its file, and says what to change if the month comes first."""
    days = [f"0{1 + i % 9}/04/2025" for i in range(40)]

    contract = drafted(tmp_path, payments(created_at=days), "payments.csv")

    assert contract.columns.event_time.day_first is True
    assert "day_first = false }" in contract.text
    assert read(contract).newest == np.datetime64("2025-04-09", "us")


def test_a_rule_on_the_amount_is_drafted(tmp_path):
    """Negative amounts go to quarantine, unless there are so many that they mean something."""
    rule = drafted(tmp_path, payments()).rules["amount_not_negative"]

    assert (rule.column, rule.min) == ("amount", 0)


def test_many_negative_amounts_make_no_rule(tmp_path):
    """Half of the rows would go to quarantine."""
    contract = drafted(tmp_path, payments(amount=np.arange(40) - 20.0))

    assert contract.rules == {}
    assert len(read(contract).rows) == 40


def test_lists_and_numbers_too_large_are_left_out_and_said(tmp_path):
    """They are no features; the draft names them and why."""
    contract = drafted(
        tmp_path,
        payments(tags=[["a", "b"]] * 40, wei=np.arange(40) * 1e18, _label=1, Country="x"),
    )

    assert set(contract.features.names) & {"tags", "wei", "_label", "Country"} == set()
    for name in ("tags", "wei", "_label", "Country"):
        assert f'# left out: "{name}" (' in contract.text


def test_a_column_named_like_a_drafted_feature_keeps_its_name(tmp_path):
    """The derived feature takes another."""
    contract = drafted(tmp_path, payments(sender_count_24h=np.arange(40) / 3))

    assert "sender_count_24h" in contract.features.numeric
    assert "sender_count_24h_derived" in contract.derived


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(NAMES, min_size=1, max_size=4, unique=True))
def test_columns_of_any_name_are_drafted_and_read(tmp_path_factory, names):
    """Law: emoji, quotes, line breaks and control characters neither break TOML nor reading."""
    folder = tmp_path_factory.mktemp("names")
    extra = {name: np.arange(40) % 3 for name in names}

    contract = drafted(folder, payments(**extra))

    assert len(read(contract).rows) > 0


@pytest.mark.parametrize("name", ["payments.csv", "payments.parquet"])
def test_columns_with_emoji_are_features_and_those_with_line_breaks_left_out(tmp_path, name):
    """The law's plainest case, by hand: what JSON cannot carry is told in a comment."""
    contract = drafted(
        tmp_path, payments(**{"😀 level": np.arange(40) % 7 / 2, "two\nlines": np.arange(40)}), name
    )

    assert "😀 level" in contract.features.numeric
    assert "two\nlines" not in contract.features.names
    assert "# left out:" in contract.text


def test_without_labels_the_file_is_refused_in_a_sentence(tmp_path):
    """Nothing can be learned from it."""
    with pytest.raises(DataError, match="must hold the label"):
        drafted(tmp_path, payments(is_fraud=np.arange(40)).drop(columns=["country"]))
