"""Erasure: personal values stand under a key of their subject's own, and go with it."""

from __future__ import annotations

import os
import sqlite3

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fraud_assets.cli import main
from fraud_assets.contract import parse_contract
from fraud_assets.decisions.erasure import (
    DecisionOpener,
    Personal,
    SubjectGuard,
    SubjectKeys,
    keys_folder,
    personal_of,
)
from fraud_assets.decisions.log import LogSettings, open_log
from fraud_assets.decisions.outcomes import known_labels, outcomes
from fraud_assets.decisions.reading import read_decisions, read_entries
from fraud_assets.decisions.verify import verify_log
from fraud_assets.documents.decision import Label
from fraud_assets.documents.reason import Reason
from fraud_assets.errors import ContractError, RecordError
from tests.decisions.entries import decision, decisions, recorded, texts
from tests.scoring.worlds import CONTRACT
from tests.waiting import wait_until

WHO = Personal("sender", frozenset({"sender", "ip", "chain"}))
QUICK = LogSettings(window_seconds=0.01)


def bytes_below(folder) -> bytes:
    """Everything in every file."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def payment_of(sender: str, **more):
    """A payment's fields with the sender's name in all places where it may stand."""
    reason = Reason("CHAIN", "chain", f"{sender}-chain", 1.0, 1.0, f"Chain is {sender}-chain.")
    payment = {"sender": sender, "ip": f"ip-of-{sender}", "amount": 5, "chain": f"{sender}-chain"}
    features = {"amount": 5.0, "chain": f"{sender}-chain"}
    return {"payment": payment, "features": features, "reasons": (reason,), **more}


@given(decisions, st.sets(texts, max_size=3), texts)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_covered_opens_to_the_same_bits(tmp_path, made, columns, subject):
    """Any decision, any columns: covered and opened it is equal, and the rest never changed."""
    guard = SubjectGuard(Personal(subject, frozenset(columns | {subject})), tmp_path)
    hidden = guard.cover(made)
    guard.flush()

    assert DecisionOpener(tmp_path).open(hidden) == made
    for name, value in made.payment.items():
        is_covered = value is not None and name in columns | {subject}
        assert (hidden.payment[name] != value) == is_covered


def test_the_subject_stands_nowhere_and_its_decisions_can_be_read(tmp_path):
    """Neither log nor keys hold its name; whoever has the keys reads the decisions."""
    log = open_log(tmp_path / "log", guard=SubjectGuard(WHO, keys_folder(tmp_path / "log")))
    made = recorded(log, 2, **payment_of("Mallory"))
    log.close()

    assert b"Mallory" not in bytes_below(tmp_path)
    opener = DecisionOpener(keys_folder(tmp_path / "log"))
    assert [opener.open(one) for one in read_decisions(tmp_path / "log")] == made


def test_forgetting_destroys_the_key_and_nothing_else(tmp_path, capsys):
    """The chain verifies, others are read, counts and labels stay, the payload is gone."""
    folder = tmp_path / "log"
    log = open_log(folder, guard=SubjectGuard(WHO, keys_folder(folder)))
    recorded(log, 3, **payment_of("Mallory", payment_id="m"))
    (other,) = recorded(log, 1, **payment_of("Alice", payment_id="a"))
    log.record(Label(payment_id="m", is_fraud=True, known_at=1, received_at=log.now()))
    log.close()
    before = list(read_entries(folder))
    with sqlite3.connect(keys_folder(folder) / "subjects.db") as database:
        keys = [row[0] for row in database.execute("SELECT key FROM keys")]

    assert main(["decisions", "forget", "Mallory", "--log", str(folder)]) == 0
    assert "Destroyed 1 keys" in capsys.readouterr().out

    kept = bytes_below(tmp_path)
    assert sum(key in kept for key in keys) == 1
    assert b"Mallory" not in kept
    assert list(read_entries(folder)) == before
    assert verify_log(folder).difference == ""
    opened = [DecisionOpener(keys_folder(folder)).open(one) for one in read_decisions(folder)]
    assert opened[3] == other
    assert all(str(one.payment["sender"]).startswith("~1:") for one in opened[:3])
    labels = known_labels(entry for entry in before if isinstance(entry, Label))
    found = list(outcomes(opened, labels))
    assert [one.label is not None for one in found] == [True, True, True, False]
    with pytest.raises(RecordError, match="erased with their subject's key"):
        DecisionOpener(keys_folder(folder)).demand(opened[0])
    assert main(["decisions", "forget", "Mallory", "--log", str(folder)]) == 0
    assert "No key of this subject is left" in capsys.readouterr().out


def test_nothing_is_forgotten_where_nothing_is_covered(tmp_path, capsys):
    """A contract without personal columns: its record stays readable, and the command says so."""
    folder = tmp_path / "log"
    log = open_log(folder, QUICK)
    recorded(log, 1, **payment_of("Mallory"))
    log.close()

    assert main(["decisions", "forget", "Mallory", "--log", str(folder)]) != 0

    assert "nothing on record is" in capsys.readouterr().err
    assert not keys_folder(folder).exists()


def test_who_was_forgotten_may_come_back(tmp_path):
    """A service that runs meanwhile draws a new key at once: its next decision can be read."""
    folder = tmp_path / "log"
    log = open_log(folder, QUICK, SubjectGuard(WHO, keys_folder(folder)))
    recorded(log, 1, **payment_of("Mallory"))
    recorded(log, 1, **payment_of("Alice"))
    wait_until(lambda: log.status().flushed == 2)
    SubjectKeys(keys_folder(folder)).forget("Mallory", "now")
    recorded(log, 1, **payment_of("Mallory"))
    log.close()

    opener = DecisionOpener(keys_folder(folder))
    senders = [opener.open(one).payment["sender"] for one in read_decisions(folder)]
    assert str(senders[0]).startswith("~1:")
    assert senders[1:] == ["Alice", "Mallory"]


def test_a_decision_on_its_way_to_disk_is_forgotten_too(tmp_path):
    """Its key, drawn before the act, never comes to disk; that of a later decision does."""
    guard, keys = SubjectGuard(WHO, tmp_path), SubjectKeys(tmp_path)
    made = decision(**payment_of("Mallory"))

    before = guard.cover(made)
    keys.forget("Mallory", "now")
    after = guard.cover(made)
    guard.flush()

    assert str(DecisionOpener(tmp_path).open(before).payment["sender"]).startswith("~1:")
    assert DecisionOpener(tmp_path).open(after) == made


def test_an_act_of_forgetting_that_was_cut_off_is_noted_with_the_next(tmp_path):
    """Killed between the database and its note: services see it once the command runs again."""
    keys = SubjectKeys(tmp_path)
    keys.forget("Mallory", "now")
    os.truncate(tmp_path / "forgotten", 0)

    keys.forget("Mallory", "again")

    assert keys.stamp == 2


def test_a_key_is_on_disk_before_what_it_covers(tmp_path, monkeypatch):
    """Where the keys cannot be kept, nothing that they cover is written."""
    folder = tmp_path / "log"
    log = open_log(folder, QUICK, SubjectGuard(WHO, keys_folder(folder)))
    add = SubjectKeys.add

    def fail(self, keys):
        raise RecordError("The subjects' keys cannot be used.")

    monkeypatch.setattr(SubjectKeys, "add", fail)
    recorded(log, 1, **payment_of("Mallory"))
    wait_until(lambda: log.status().sentence != "")
    assert log.status().flushed == 0
    monkeypatch.setattr(SubjectKeys, "add", add)
    wait_until(lambda: log.status().flushed == 1)
    log.close()
    assert (
        DecisionOpener(keys_folder(folder)).open(read_decisions(folder)[0]).payment["sender"]
        == "Mallory"
    )


def test_a_token_holds_at_its_own_place_alone(tmp_path):
    """Moved to another decision or field it does not open, and that is said."""
    guard = SubjectGuard(WHO, tmp_path)
    hidden = guard.cover(decision(**payment_of("Mallory")))
    guard.flush()

    moved = msgspec.structs.replace(hidden, decision_id="another")

    with pytest.raises(RecordError, match="was not covered at this place"):
        DecisionOpener(tmp_path).open(moved)


def test_a_number_and_its_text_are_one_subject(tmp_path):
    """Payments that name 1001 and "1001" are forgotten together."""
    guard = SubjectGuard(WHO, tmp_path)
    for sender in (1001, "1001", 1001.0):
        guard.cover(decision(payment={"sender": sender}))
    guard.flush()

    assert SubjectKeys(tmp_path).forget("1001", "now") == 1


def contract(text: str):
    return parse_contract(f"{CONTRACT}\n[decisions]\n{text}")


def test_the_contract_says_what_is_personal():
    """The sender by default; nothing where nothing is named; a subject of one's own."""
    assert personal_of(parse_contract(CONTRACT)) is None
    assert personal_of(contract('personal = ["ip"]')) == Personal("who", frozenset({"who", "ip"}))
    assert personal_of(contract('subject = "card"')) == Personal("card", frozenset({"card"}))


def test_the_payment_s_id_cannot_be_personal():
    """Labels would not find their decisions any more; a key without a subject is nobody's."""
    text = CONTRACT.replace('sender = "who"', 'id = "tx"')

    with pytest.raises(ContractError) as found:
        parse_contract(f'{text}\n[decisions]\npersonal = ["TX"]')

    assert "decisions: must not be the payment's id" in str(found.value)
    assert "decisions.subject: must name whose payment it is" in str(found.value)
