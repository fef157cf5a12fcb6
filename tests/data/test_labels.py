"""Labels that stand in files: their own, or those of the contract's source."""

from __future__ import annotations

from pathlib import Path

import pytest

from fraud_assets.contract import Contract, load_contract
from fraud_assets.data.labels import labels_in, source_labels
from fraud_assets.errors import DataError

CONTRACT = """
format = 1
name = "shop"
[source]
path = "export.csv"
[columns]
id = "order"
event_time = "at"
amount = "amount"
[label]
column = "chargeback"
positive = ["cb"]
negative = ["ok"]
known_at = "told"
maturity_days = 30
[features]
numeric = ["amount"]
"""
NOW = 1_767_225_600_000_000  # 2026-01-01
DAY = 86_400_000_000


def shop(folder: Path, text: str = CONTRACT) -> Contract:
    (folder / "contract.toml").write_text(text)
    return load_contract(folder / "contract.toml")


def labels_file(folder: Path, *lines: str) -> Path:
    path = folder / "labels.csv"
    path.write_text("\n".join(("order,chargeback,told", *lines)) + "\n")
    return path


def test_each_row_is_a_label_in_the_contracts_words(tmp_path: Path) -> None:
    """A chargeback and its reversal are two labels, each known since its own time."""
    path = labels_file(
        tmp_path, "o1,CB,2025-12-30T00:00:00Z", "o1,ok,2025-12-31T00:00:00Z", "o2,,", "o3,cb,"
    )

    found = labels_in(path, shop(tmp_path), NOW)

    said = [(one.payment_id, one.is_fraud, one.known_at) for one in found.labels]
    assert said == [("o1", True, NOW - 2 * DAY), ("o1", False, NOW - DAY)]
    assert (found.silent, found.broken) == (2, {})


def test_rows_that_break_a_rule_are_counted_under_its_name(tmp_path: Path) -> None:
    """No id, another word, a time that does not read or that nobody can know yet."""
    path = labels_file(
        tmp_path,
        ",cb,2025-12-30T00:00:00Z",
        "o2,perhaps,2025-12-30T00:00:00Z",
        "o3,cb,soon",
        "o4,cb,2026-01-02T00:00:00Z",
        "o5,cb,2025-12-30T00:00:00Z",
    )

    found = labels_in(path, shop(tmp_path), NOW)

    assert [one.payment_id for one in found.labels] == ["o5"]
    assert found.broken == {"no_payment_id": 1, "label_unknown": 1, "known_at_unparsable": 2}


def test_without_a_time_of_report_a_files_labels_are_known_now(tmp_path: Path) -> None:
    """The contract names none, so the file needs none."""
    path = tmp_path / "labels.csv"
    path.write_text("order,chargeback\no1,cb\n")

    found = labels_in(path, shop(tmp_path, CONTRACT.replace('known_at = "told"', "")), NOW)

    assert [(one.payment_id, one.known_at) for one in found.labels] == [("o1", NOW)]


def test_the_source_speaks_of_the_payments_that_were_decided(tmp_path: Path) -> None:
    """Others have no decision; with no time of report a label is known at its maturity."""
    (tmp_path / "export.csv").write_text(
        "order,at,amount,chargeback,told\n"
        "o1,2025-11-01T00:00:00Z,1,cb,2025-11-09T00:00:00Z\n"
        "o2,2025-11-02T00:00:00Z,1,ok,\n"
        "o3,2025-11-03T00:00:00Z,1,cb,2025-11-10T00:00:00Z\n"
    )
    known = source_labels(shop(tmp_path), {"o1", "o2"})
    mature = source_labels(shop(tmp_path, CONTRACT.replace('known_at = "told"', "")), {"o1", "o2"})

    assert [(one.payment_id, one.known_at) for one in known] == [("o1", NOW - 53 * DAY)]
    said = [(one.payment_id, one.is_fraud, one.known_at) for one in mature]
    assert said == [("o1", True, NOW - 31 * DAY), ("o2", False, NOW - 30 * DAY)]


def test_without_a_payment_id_no_label_meets_a_decision(tmp_path: Path) -> None:
    """The sentence names the key."""
    with pytest.raises(DataError, match=r"columns\.id of contract shop must name"):
        labels_in(labels_file(tmp_path), shop(tmp_path, CONTRACT.replace('id = "order"', "")), NOW)
