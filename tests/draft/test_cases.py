"""On real exports every guess is right or asked: cases beside the repository, what ships."""

from __future__ import annotations

from pathlib import Path

import pytest

from fraud_assets.data.transactions import read_transactions
from fraud_assets.draft import FirstLook, take_first_look
from tests.draft.drafts import asked, contract_of
from tests.shared import shared

ROOT = Path(__file__).parents[2]


def case(cases: Path, name: str) -> FirstLook:
    return take_first_look(str(cases / "init" / f"{name}.csv"), cases)


def roles_are_right(found: FirstLook, amount: str = "amount") -> None:
    """What all the cases share."""
    assert found.label.column == "is_fraud"
    assert found.label.positive == {"1": 108}
    assert found.roles.id.value == "payment_id"
    assert found.roles.sender.value == "customer_id"
    assert found.roles.amount.value == amount
    assert found.clocks.event.name == "paid_at"
    assert set(found.roles.numeric) == {amount, "account_age"}


def test_another_two_valued_column_stands_first(cases):
    """card_class is a category, is_fraud the label."""
    found = case(cases, "other_two_valued_column_first")

    roles_are_right(found)
    assert "card_class" in found.roles.categorical


def test_the_currency_is_in_the_name(cases):
    """amount_eur is in EUR."""
    found = case(cases, "currency_in_the_name")

    roles_are_right(found, "amount_eur")
    assert found.roles.currency.value == "EUR"


def test_fraud_is_the_majority(cases):
    """1 is fraud, and somebody is asked."""
    found = case(cases, "fraud_is_the_majority")

    roles_are_right(found)
    assert "108 of 168" in asked(found, "label.positive")


def test_leaks_are_left_out(cases):
    """A copy of the label, and a status."""
    found = case(cases, "leaks")

    roles_are_right(found)
    assert {"risk_flag", "status"} <= set(found.roles.left_out)
    assert {"risk_flag", "status"} & set(found.roles.categorical) == set()


@pytest.mark.parametrize("name", ["utc_suffix", "excel_serial_days"])
def test_times_of_other_systems(cases, name):
    """The first and the last payment are when they were."""
    found = case(cases, name)
    times = read_transactions(contract_of(found, cases)).rows["_time"].dt.round("s")

    roles_are_right(found)
    assert str(times.min()) == "2025-01-06 00:25:10"
    assert str(times.max())[:10] == "2025-07-06"


def test_the_data_that_ship():
    """Roles and features of the contract that ships, but for its two policies of windows."""
    found = take_first_look(str(ROOT / "data" / "transactions"), ROOT)

    assert found.label.column == "is_fraud"
    assert found.label.positive == {"1": 4_139}
    assert found.clocks.event.name == "created_at"
    assert found.clocks.known_at.name == "label_time"
    assert 12 <= found.clocks.maturity.value <= 16
    assert found.roles.id.value == "transaction_id"
    assert found.roles.sender.value == "sender_address"
    assert (found.roles.amount.value, found.roles.currency.value) == ("amount_usd", "USD")
    assert set(found.roles.numeric) == {"amount_usd", "gas_price"}
    assert set(found.roles.categorical) == {"chain", "token_type", "sender_country"}
    assert found.clocks.since == ["first_seen"]
    assert found.roles.case.value == "upper"
    assert {question.key for question in found.questions} == {"columns.event_time"}


def test_the_handbooks_cards():
    """The scenario leaks, seconds and days repeat the time, the terminal is an entity."""
    found = take_first_look(str(shared("data", "handbook", "transactions_raw.parquet")))

    assert found.label.column == "TX_FRAUD"
    assert found.label.positive == {"1": 14_681}
    assert found.clocks.event.name == "TX_DATETIME"
    assert found.roles.id.value == "TRANSACTION_ID"
    assert found.roles.sender.value == "CUSTOMER_ID"
    assert found.roles.amount.value == "TX_AMOUNT"
    assert set(found.roles.numeric) == {"TX_AMOUNT"}
    assert found.roles.categorical == {}
    assert "may tell the label" in found.roles.left_out["TX_FRAUD_SCENARIO"]
    assert "EUR" in str([question.instead for question in found.questions])


def test_ulbs_cards():
    """Class is the label, 28 components are features, and the start of Time is asked for."""
    found = take_first_look(str(shared("data", "ulb_creditcard", "creditcard.parquet")))

    assert found.label.column == "Class"
    assert found.label.positive == {"1": 492}
    assert found.clocks.event.name == "Time"
    assert set(found.roles.numeric) == {*(f"V{at}" for at in range(1, 29)), "Amount"}
    assert found.roles.sender is None
    assert "counts from a start" in asked(found, "columns.event_time")
