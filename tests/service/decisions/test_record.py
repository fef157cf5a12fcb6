"""What POST /decisions answers is on record: the real server, killed, crowded out, asked again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from fraud_assets.cli import main
from fraud_assets.contract import parse_contract
from fraud_assets.decisions.copies.parquet import copy_to_parquet
from fraud_assets.decisions.erasure import DecisionOpener, keys_folder
from fraud_assets.decisions.reading import read_decisions, read_labels
from fraud_assets.decisions.verify import verify_log
from fraud_assets.payments.kept import plan_for
from fraud_assets.replay.one import replay
from fraud_assets.replay.versions import Versions
from fraud_assets.state.opening import begin, close, open_adapter
from fraud_assets.store.store import Store
from tests.service.decisions.test_decisions import CONTRACT, payment
from tests.service.stores import Server, new_store, promote, serving
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store whose version carries its contract, with personal columns."""
    made = new_store(tmp_path_factory.mktemp("store"))
    contract = CONTRACT + '[decisions]\nsubject = "who"\n'
    promote(made, "gradient_boosting", {"contract.toml": contract.encode()})
    return made


@contextmanager
def deciding(
    store: Store, folder: Path, *options: str, log: Path | None = None, text: str = CONTRACT
) -> Iterator[Server]:
    """A server with an empty state of its own, and its record in `log`."""
    contract = parse_contract(text)
    state = str(folder / "state")
    if not (folder / "state").exists():
        close(begin(open_adapter(state, contract.name), plan_for(contract)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRAUD_ASSETS_STATE", state)
        patch.setenv("FRAUD_ASSETS_DECISIONS", str(log or folder / "log"))
        with serving(store, *options) as server:
            yield server


def test_what_was_answered_is_on_record_and_replays(store: Store, tmp_path: Path) -> None:
    """The record as kept, the label beside it, no second record of a repeated payment."""
    with deciding(store, tmp_path) as server:
        answers = [server.ask("/decisions", payment(number))[1] for number in range(5)]
        again = server.ask("/decisions", payment(4))[1]
        odd = server.ask("/decisions", payment(5, chain=["ETH"]))
        label = {"payment_id": "p1", "is_fraud": True, "known_at": "2026-11-02T00:00:00Z"}
        assert server.ask("/labels", {"labels": [label, label]})[0] == 200
        decision_id = answers[1]["decision_id"]
        status, kept = server.ask(f"/decisions/{decision_id}")
        health = server.ask("/health")[1]["record"]
        metrics = server.ask("/metrics")[1]
        assert server.ask("/decisions/nothing")[0] == 404

    assert status == 200
    assert kept["payment"]["who"] == "a"
    assert kept["probability"] == answers[1]["fraud_probability"]
    assert again["repeated"]
    assert odd[0] == 200, odd
    answers.append(odd[1])
    assert health["recorded"] == 7
    assert health["why"] is None
    assert "fraud_assets_record_recorded_total 7" in metrics
    log = tmp_path / "log"
    found = read_decisions(log)
    assert [one.decision_id for one in found] == [one["decision_id"] for one in answers]
    assert [one.features for one in found] == [one["features"] for one in answers]
    assert all(str(one.payment["who"]).startswith("~1:") for one in found)
    assert [(one.payment_id, one.is_fraud) for one in read_labels(log)] == [("p1", True)]
    epochs, positions = zip(*(one.state.split("-") for one in found), strict=True)
    assert len(set(epochs)) == 1
    assert list(map(int, positions)) == sorted(set(map(int, positions)))
    versions = Versions(store)
    assert {replay(one, versions).standing for one in found} == {"match"}
    opened = [DecisionOpener(keys_folder(log)).open(one) for one in found]
    assert {replay(one, versions).standing for one in opened} == {"match"}
    other = msgspec.structs.replace(opened[2], payment=opened[2].payment | {"amount": 121})
    assert [d.field for d in replay(other, versions).differences] == ["features.amount"]
    assert verify_log(log).difference == ""


def test_flagged_payments_pass_by_a_draw_that_is_on_record(tmp_path: Path) -> None:
    """About half of them, up to an amount; never one that is not flagged."""
    text = CONTRACT + "[live]\nrelease_share = 0.5\nrelease_up_to = 95000\n"
    store = new_store(tmp_path / "store")
    promote(store, "gradient_boosting", {"contract.toml": text.encode()})
    amounts = {f"q{i}": 9e4 if i % 3 else 1e5 for i in range(60)}
    sent = [
        payment(0, id=one, who=one, amount=amount, chain="SOL", country="US")
        for one, amount in amounts.items()
    ]
    with deciding(store, tmp_path, text=text) as server:
        told = server.ask("/decisions/batch", {"payments": sent})[1]["decisions"]

    found = read_decisions(tmp_path / "log")
    passed = {one.payment_id for one in found if one.released}
    assert sum(one["is_flagged"] for one in told) >= 50
    assert all(one["is_flagged"] for one in told if one["released"])
    assert {one["payment_id"] for one in told if one["released"]} == passed
    assert 8 <= len(passed) <= 32
    assert all(amounts[one] == 9e4 for one in passed)
    assert {one.release_probability for one in found} == {0.5, 0.0}
    assert {one.get("release_probability") for one in told} == {0.5, None}


def test_a_batch_is_on_record_before_its_answer(store: Store, tmp_path: Path) -> None:
    """With --record-sync every decision of an answered batch is on disk, also after kill -9."""
    answered = 0
    with deciding(store, tmp_path, "--record-sync") as server:
        for start in range(0, 40, 10):
            batch = [payment(number) for number in range(start, start + 10)]
            status, told = server.ask("/decisions/batch", {"payments": batch})
            assert status == 200, told
            answered += len(told["decisions"])
        server.process.kill()

    assert len(read_decisions(tmp_path / "log")) == answered == 40


def test_a_folder_that_cannot_be_written_is_one_sentence(store: Store, tmp_path: Path) -> None:
    """Decisions are refused with what to do, nothing enters the state, and scores are given on."""
    (tmp_path / "file").write_text("in the way")
    with deciding(store, tmp_path, log=tmp_path / "file") as server:
        status, told = server.ask("/decisions", payment(0))
        health = server.ask("/health")[1]["record"]

        assert status == 503
        assert "Cannot keep decisions in" in told["detail"][0]["msg"]
        assert "Cannot keep decisions in" in health["why"]
        (tmp_path / "file").unlink()
        wait_until(lambda: server.ask("/decisions", payment(0))[0] == 200)
        assert "repeated" not in server.ask("/decisions", payment(1))[1]
    assert len(read_decisions(tmp_path / "file")) == 2


def test_two_services_on_one_folder(store: Store, tmp_path: Path) -> None:
    """The second one says who is in the way, and decides once the first has ended."""
    (tmp_path / "second").mkdir()
    with deciding(store, tmp_path / "second", log=tmp_path / "log") as second:
        with deciding(store, tmp_path, log=tmp_path / "log") as first:
            assert first.ask("/decisions", payment(0))[0] == 200
            status, told = second.ask("/decisions", payment(1))
            assert status == 503
            assert "Another service keeps its decisions in" in told["detail"][0]["msg"]
        wait_until(lambda: second.ask("/decisions", payment(1))[0] == 200)
    assert len(read_decisions(tmp_path / "log")) == 2


def test_two_services_share_a_folder_where_both_say_so(store: Store, tmp_path: Path) -> None:
    """Each writes segments of its own; the record holds all of it."""
    (tmp_path / "second").mkdir()
    shared = ("--record-shared",)
    with (
        deciding(store, tmp_path, *shared, log=tmp_path / "log") as first,
        deciding(store, tmp_path / "second", *shared, log=tmp_path / "log") as second,
    ):
        statuses = [
            one.ask("/decisions", payment(number))[0]
            for number in range(3)
            for one in (first, second)
        ]

    assert set(statuses) == {200}
    assert len(read_decisions(tmp_path / "log")) == 6
    assert verify_log(tmp_path / "log").difference == ""


def test_a_file_of_labels_reaches_the_record(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """`decisions label` sends it; sent again nothing is kept twice, and each fault is counted."""
    (tmp_path / "contract.toml").write_text(CONTRACT)
    monkeypatch.setenv("FRAUD_ASSETS_CONTRACT", str(tmp_path / "contract.toml"))
    contract = parse_contract(CONTRACT)
    head = f"{contract.columns.id},{contract.label.column}"
    (tmp_path / "labels.csv").write_text(f"{head}\np1,1\np2,0\nnobody,1\n,1\n")
    command = ["decisions", "label", str(tmp_path / "labels.csv"), "--url"]
    with deciding(store, tmp_path) as server:
        for number in range(3):
            server.ask("/decisions", payment(number))
        status = main([*command, f"http://127.0.0.1:{server.port}"])
    printed = capsys.readouterr().out

    assert status == 1
    assert "1 are of payments that were not decided here: nobody." in printed
    assert "1 rows were not sent: no_payment_id." in printed
    said = {one.payment_id: one.is_fraud for one in read_labels(tmp_path / "log")}
    assert said["p1"] is True
    assert said["p2"] is False
    assert main([*command, "http://127.0.0.1:9"]) == 1


def test_a_payments_id_leads_to_its_decisions(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """By the API and by the command; `show` of a payment's id names the decision's."""
    with deciding(store, tmp_path) as server:
        first = server.ask("/decisions", payment(1))[1]["decision_id"]
        server.ask("/decisions", payment(2))
        status, told = server.ask("/decisions?payment_id=p1")
        none = server.ask("/decisions?payment_id=nobody")
        assert server.ask("/decisions?payment_id=")[0] == server.ask("/decisions", method="GET")[0]
        assert server.ask("/decisions?payment_id=")[0] == 422
        assert server.ask("/decisions", method="PUT")[0] == 405
    monkeypatch.setenv("FRAUD_ASSETS_DECISIONS", str(tmp_path / "log"))

    assert status == 200
    assert [one["decision_id"] for one in told["decisions"]] == [first]
    assert told["decisions"][0]["payment"]["who"] == "a"
    assert none == (200, {"decisions": []})
    assert main(["decisions", "find", "p1"]) == 0
    assert capsys.readouterr().out.startswith(f"{first}  2")
    assert main(["decisions", "find", "nobody"]) == 1
    assert "No decision on payment 'nobody'" in capsys.readouterr().err
    assert main(["decisions", "show", "p1"]) == 1
    assert f"is a payment's id; it was decided on as {first}." in capsys.readouterr().err


def everything(folder: Path) -> bytes:
    """Every byte of every file."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_personal_feature_is_in_no_file_once_its_subject_is_forgotten(tmp_path: Path) -> None:
    """Neither state nor record nor copies; until then the same payment gets its first answer."""
    text = CONTRACT + '[decisions]\nsubject = "who"\npersonal = ["country"]\n'
    store = new_store(tmp_path / "store")
    promote(store, "gradient_boosting", {"contract.toml": text.encode()})
    paid = payment(0, who="Zaphod", country="Betelgeuse", amount=9e4, chain="SOL")
    with deciding(store, tmp_path, text=text) as server:
        first = server.ask("/decisions", paid)[1]
        again = server.ask("/decisions", paid)[1]
        assert first["features"]["country"] == "BETELGEUSE"
        assert again == first | {"repeated": True}
        wait_until(lambda: server.ask("/health")[1]["record"]["waiting"] == 0)
        copy_to_parquet(tmp_path / "log", tmp_path / "copy")
        assert main(["decisions", "forget", "Zaphod"]) == 0
        found = everything(tmp_path).lower()
        server.ask("/decisions", payment(1))
        wait_until(lambda: server.ask("/health")[1]["record"]["waiting"] == 0)
        later = server.ask("/decisions", paid)[1]

    assert b"zaphod" not in found
    assert b"betelgeuse" not in found
    assert later["features"]["country"] is None
    assert later["fraud_probability"] == first["fraud_probability"]
    assert verify_log(tmp_path / "log").difference == ""


@pytest.mark.slow
def test_several_workers_write_beside_each_other(store: Store, tmp_path: Path) -> None:
    """Each has a chain of its own, and any of them finds any decision that is on disk."""
    with deciding(store, tmp_path, "--workers", "2") as server:
        answers = [server.ask("/decisions", payment(number))[1] for number in range(30)]
        for one in answers:
            path = f"/decisions/{one['decision_id']}"
            wait_until(lambda path=path: server.ask(path)[0] == 200)

    assert len(read_decisions(tmp_path / "log")) == 30
    assert verify_log(tmp_path / "log").difference == ""
    assert os.environ.get("FRAUD_ASSETS_DECISIONS") is None
