"""The factory's own record as a source: the same rows as from the files that were decided."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fraud_assets.contract import load_contract, parse_contract
from fraud_assets.data.cleaning import clean
from fraud_assets.data.columns import ROW
from fraud_assets.data.source import read_source
from fraud_assets.data.transactions import read_transactions
from fraud_assets.decisions.erasure import SubjectGuard, SubjectKeys, keys_folder, personal_of
from fraud_assets.decisions.log import open_log
from fraud_assets.documents.decision import Label
from fraud_assets.errors import ContractError, DataError
from tests.decisions.entries import decision

SHOP = """
format = 1
name = "shop"
[source]
decisions = true
[columns]
id = "id"
event_time = "at"
sender = "who"
amount = "amount"
[label]
column = "fraud"
known_at = "told"
maturity_days = 30
[features]
numeric = ["amount"]
categorical = ["chain"]
[decisions]
personal = ["ip"]
"""
DAY = 86_400_000_000


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The record's folder, as the environment names it."""
    monkeypatch.setenv("FRAUD_ASSETS_DECISIONS", str(tmp_path / "log"))
    return tmp_path / "log"


def put(folder, payments, labels=(), contract=None):
    """Payments with their ids decided in that order, and labels as (id, fraud, microseconds)."""
    personal = None if contract is None else personal_of(contract)
    guard = None if personal is None else SubjectGuard(personal, keys_folder(folder))
    log = open_log(folder, guard=guard)
    for number, payment in enumerate(payments):
        made = decision(
            decision_id=log.next_id(),
            payment_id=str(payment["id"]),
            decided_at=number,
            payment=payment,
            features={},
            reasons=(),
        )
        log.record(made)
        while log.status().recorded - log.status().flushed > 50_000:
            pass
    for payment, is_fraud, known in labels:
        label = Label(payment_id=payment, is_fraud=is_fraud, known_at=known, received_at=log.now())
        log.record(label)
    log.close()


def payment(number: int, **more):
    return {
        "id": f"p{number}",
        "at": f"1970-01-{number + 1:02d}T00:00:00Z",
        "who": f"s{number}",
        "amount": 1.5 * number,
        "chain": "ETH",
        "ip": f"ip{number}",
        **more,
    }


def labels_at(contract, day: int) -> dict[str, float]:
    """Each payment's label as a run on that day of January 1970 knows it."""
    rows = read_transactions(contract, f"1970-01-{day:02d}").rows
    return dict(zip(rows["id"], rows["_label"].astype(float), strict=True))


def test_what_was_known_at_an_instant_and_nothing_later(folder):
    """A chargeback of the 10th that was taken back on the 20th is a fraud on the 15th alone."""
    contract = parse_contract(SHOP)
    put(folder, [payment(1), payment(2)], [("p1", True, 9 * DAY), ("p1", False, 19 * DAY)])

    assert labels_at(contract, 15)["p1"] == 1
    assert labels_at(contract, 9).get("p1") != 1
    assert labels_at(contract, 25)["p1"] != 1
    assert len(read_transactions(contract, "1970-01-25").rows) == 2


def test_one_row_for_each_label_and_one_without(folder):
    """Payments stand as they were sent; numbers beside texts are texts."""
    contract = parse_contract(SHOP)
    mixed = payment(2, amount="7")
    put(folder, [payment(1), mixed, payment(3)], [("p1", True, 9 * DAY), ("p1", False, 19 * DAY)])

    frame = read_source(contract).frame

    assert list(frame["id"]) == ["p1", "p1", "p2", "p3"]
    assert list(frame["amount"]) == ["1.5", "1.5", "7", "4.5"]
    assert list(frame["fraud"][:2]) == ["1", "0"]
    assert list(frame["fraud"][2:]) == ["0", "0"]
    assert frame["told"][2:].isna().all()


def test_a_payment_that_was_stopped_is_no_legitimate_one(folder):
    """Nobody will ever report it, so it has no label; one let through has one in time."""
    log = open_log(folder)
    for number, changes in enumerate(
        ({"is_flagged": True}, {"is_flagged": True, "released": True}, {"is_flagged": False})
    ):
        log.record(
            decision(
                decision_id=log.next_id(),
                payment_id=f"p{number}",
                decided_at=number,
                payment=payment(number),
                release_probability=0.1,
                **changes,
            )
        )
    log.close()

    found = read_source(parse_contract(SHOP))

    assert found.frame["fraud"].isna().tolist() == [True, False, False]
    (aside,) = found.skipped
    assert aside.why.startswith("1 of 3 payments were stopped, so nobody will say what they were")


def test_the_forgotten_are_missing(folder):
    """With its key gone a subject's values are missing, and its payment still counts."""
    contract = parse_contract(SHOP)
    put(folder, [payment(1), payment(2)], contract=contract)
    assert list(read_source(contract).frame["who"]) == ["s1", "s2"]

    SubjectKeys(keys_folder(folder)).forget("s1", "now")

    frame = read_source(contract).frame
    assert frame["who"].isna().tolist() == [True, False]
    assert list(frame["id"]) == ["p1", "p2"]


def test_no_record_is_said(folder):
    """The run stops in a sentence that names the folder."""
    with pytest.raises(DataError, match=r"source\.decisions of contract shop: There is no log"):
        read_source(parse_contract(SHOP))


def test_a_record_that_does_not_hold_is_not_learned_from(folder):
    """A flipped byte is named, and nothing is read."""
    put(folder, [payment(1)])
    put(folder, [payment(2)])
    path = folder / "w0" / "00000001.log"
    path.write_bytes(path.read_bytes().replace(b"ETH", b"SOL", 1))

    with pytest.raises(DataError, match="does not hold at byte"):
        read_source(parse_contract(SHOP))


def test_the_contract_must_say_how_labels_meet_payments():
    """All faults at once: a path beside it, no id, no column for when a label is known."""
    text = SHOP.replace("decisions = true", 'decisions = true\npath = "x.csv"')
    text = text.replace('id = "id"', "").replace('known_at = "told"', "")

    with pytest.raises(ContractError) as found:
        parse_contract(text)

    for key in (
        "source.path: must not stand beside",
        "columns.id: must be",
        "label.known_at: must",
    ):
        assert key in str(found.value)


def test_a_week_from_the_record_is_the_week_from_its_files(week, folder):
    """Every payment of the files decided and labelled: rows and derived features are equal."""
    files = load_contract(week.contract)
    frame = pd.concat([pd.read_parquet(path) for path in sorted(week.folder.rglob("*.parquet"))])
    raw = read_transactions(files)
    sent = frame.drop(columns=["is_fraud", "label_time"])
    put(folder, [_sent(row) for row in sent.to_dict("records")], _labels(frame))
    text = week.contract.read_text()
    line = next(line for line in text.splitlines() if line.startswith("path ="))
    record = parse_contract(text.replace(line, "decisions = true"))

    again = read_transactions(record)

    one, other = clean(raw, files), clean(again, record)
    assert len(raw.rows) == len(again.rows) > 1000
    for name in one.frame.columns.drop(ROW, errors="ignore"):
        pd.testing.assert_series_equal(one.frame[name], other.frame[name], check_dtype=False)


def _sent(row):
    """A payment as a gateway sends it: times as text, missing values null."""
    plain = {}
    for name, value in row.items():
        if isinstance(value, pd.Timestamp):
            plain[name] = value.isoformat()
        elif value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
            plain[name] = None
        else:
            plain[name] = value.item() if isinstance(value, np.generic) else value
    plain["id"] = plain["transaction_id"]
    return plain


def _labels(frame):
    told = frame[frame["label_time"].notna()]
    days = pd.to_datetime(told["label_time"], utc=True).astype("datetime64[us, UTC]")
    known = days.astype("int64").tolist()
    return zip(told["transaction_id"], (told["is_fraud"] == 1).tolist(), known, strict=True)
