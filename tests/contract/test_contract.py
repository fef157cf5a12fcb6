"""The contract says everything about a team's data, and tells every fault at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fraud_assets.contract import load_contract, parse_contract
from fraud_assets.contract.load import contract_digest
from fraud_assets.errors import ContractError
from fraud_assets.terms.duration import format_duration, parse_duration

MINIMAL = """
format = 1
name = "team"
[source]
path = "x.csv"
[columns]
event_time = "t"
[label]
column = "y"
[features]
numeric = ["a"]
"""


def test_every_fault_is_told_at_once_with_key_rule_and_value():
    """Three unrelated mistakes give three lines, each naming where, what and the value."""
    text = MINIMAL.replace('numeric = ["a"]', 'numeric = ["a", "y"]')
    text += '[policy]\nmin_recall = 0.5\n[derived.b]\nkind = "count"\nentity = "s"\nwindow = "x"\n'

    with pytest.raises(ContractError) as caught:
        parse_contract(text)

    keys = {fault.key for fault in caught.value.faults}
    assert {"policy.min_recall", "derived.b.window", "features", "derived.b"} <= keys
    assert "0.5" in str(caught.value)


@pytest.mark.parametrize("recall", ["0.89", "0.0", "-1", "1.01", '"high"'])
def test_recall_may_only_be_demanded_higher(recall):
    """No contract may ask for less than 90 % recall."""
    with pytest.raises(ContractError, match=r"policy\.min_recall"):
        parse_contract(MINIMAL + f"[policy]\nmin_recall = {recall}\n")


def test_an_aim_below_the_floor_is_a_fault():
    """A plain aim must not lie under the recall that the policy demands."""
    text = MINIMAL + '[policy]\nmin_recall = 0.95\n[policy.threshold]\nrule = "aim"\naim = 0.94\n'

    with pytest.raises(ContractError, match=r"policy\.threshold\.aim"):
        parse_contract(text)


def test_without_event_time_nothing_is_derived_and_rows_are_split_by_shares():
    """What needs a clock is refused where the contract names none."""
    text = MINIMAL.replace('event_time = "t"', "")

    with pytest.raises(ContractError, match=r"windows\.by"):
        parse_contract(text)


def test_a_missing_file_and_broken_toml_are_sentences():
    """Neither ends in a traceback of another library."""
    with pytest.raises(ContractError, match="readable"):
        load_contract("nowhere.toml")
    with pytest.raises(ContractError, match="TOML"):
        parse_contract("format = ")


def test_the_digest_depends_on_what_is_said_not_on_how():
    """Comments and order of keys do not change the digest; a bound does."""
    same = parse_contract("# a comment\n" + MINIMAL)

    changed = parse_contract(MINIMAL + "[policy]\nmax_alert_rate = 0.04\n")

    assert contract_digest(same) == contract_digest(parse_contract(MINIMAL))
    assert contract_digest(changed) != contract_digest(same)


@pytest.mark.parametrize("name", ["crypto_gateway"])
def test_shipped_contracts_are_valid(name):
    """What ships with the package loads."""
    assert load_contract(name).name == name


@pytest.mark.parametrize(
    ("text", "length"),
    [("90s", timedelta(seconds=90)), ("24h", timedelta(days=1)), (" 1.5 d ", timedelta(hours=36))],
)
def test_durations_read_as_people_write_them(text, length):
    """Seconds, minutes, hours and days, with fractions and blanks."""
    assert parse_duration(text) == length


def test_durations_are_written_in_their_largest_whole_unit():
    """24 hours are a day; 90 minutes stay minutes."""
    assert format_duration(timedelta(hours=24)) == "1d"
    assert format_duration(timedelta(minutes=90)) == "90m"


@pytest.mark.parametrize("text", ["", "0h", "-1d", "24", "1 week"])
def test_a_duration_must_be_positive_and_have_a_unit(text):
    """Anything else is a fault with an example of what is meant."""
    with pytest.raises(ValueError, match="24h"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("crypto_gateway", "aa019d07daa12400c64b27b1c95d8095f179d07792326da02b63ce358f5a0357"),
        ("handbook", "4fe94ae079c8f80ce448e34c99bf659ab6a872ec7c761f65e0e75d2383de7f2f"),
        ("ulb_creditcard", "3ce894425a880e2dea229c4e1badd29277ff2c5f86435cbbb5b81217c5cfc59d"),
    ],
)
def test_keys_that_came_later_leave_the_digest_of_an_older_contract(name: str, digest: str):
    """Versions published under a contract still name it: a new key counts only where it is set.

    Name each new key in its section's LATER.
    """
    assert contract_digest(load_contract(name)) == digest
