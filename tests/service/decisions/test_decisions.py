"""POST /decisions takes the raw payment: the real server, on a real state."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from fraud_assets.contract import parse_contract
from fraud_assets.payments.kept import plan_for
from fraud_assets.state.opening import begin, close, open_adapter
from tests.service.stores import Server, new_store, promote, serving
from tests.waiting import wait_until

CONTRACT = """
format = 1
name = "crypto_gateway"
source = { path = "none.csv" }
label = { column = "fraud", maturity_days = 1 }
rules.amount_not_negative = { column = "amount", min = 0 }
[columns]
id = "id"
event_time = "made"
sender = "who"
amount = "amount"
[features]
numeric = ["amount", "age", "count"]
categorical = ["chain", "country"]
case = "upper"
[derived.count]
kind = "count"
entity = "who"
window = "24h"
include_current = true
[derived.age]
kind = "age"
entity = "who"
"""


def payment(number: int, **changes: object) -> dict:
    """A raw payment, an hour after the one before it."""
    plain = {
        "id": f"p{number}",
        "made": f"2026-11-01T{number % 24:02}:00:00Z",
        "who": "a",
        "amount": 120.5,
        "chain": "eth",
        "country": "DE",
    }
    return plain | changes


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the state lies; nothing is there yet."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def server(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on an empty state, which it was without at first."""
    store = new_store(tmp_path_factory.mktemp("store"))
    promote(store, "gradient_boosting", {"contract.toml": CONTRACT.encode()})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRAUD_ASSETS_STATE", str(place))
        with serving(store) as running:
            status, told = running.ask("/decisions", payment(0))
            assert status == 503
            assert "fraud-assets state build" in told["detail"][0]["msg"]
            contract = parse_contract(CONTRACT)
            close(begin(open_adapter(str(place), contract.name), plan_for(contract)))
            wait_until(lambda: running.ask("/decisions", payment(0))[0] == 200)
            yield running


def test_a_raw_payment_gets_features_and_a_decision(server: Server) -> None:
    """The second payment of a sender: two within a day, the first an hour ago."""
    status, told = server.ask("/decisions", payment(1))

    assert status == 200
    assert told["features"] == {
        "amount": 120.5, "age": 1 / 24, "count": 2.0, "chain": "ETH", "country": "DE",
    }  # fmt: skip
    scored = server.ask("/predict", told["features"])[1]
    assert told["fraud_probability"] == scored["fraud_probability"]
    assert told["is_flagged"] == scored["is_flagged"]
    assert (told["payment_id"], told["released"]) == ("p1", False)


def test_the_same_payment_again_gets_the_first_answer(server: Server) -> None:
    """Also when it is written otherwise; with other content its id is refused."""
    first = server.ask("/decisions", payment(2, who="b"))[1]

    again = server.ask("/decisions", payment(2, who=" b", amount="120.50"))[1]
    status, told = server.ask("/decisions", payment(2, who="b", amount=1.0))

    assert again == first | {"repeated": True}
    assert (status, told["detail"][0]["type"]) == (409, "conflict")


def test_what_breaks_a_rule_is_named_and_leaves_nothing(server: Server) -> None:
    """All faults at once; the next payment of the sender sees none of them."""
    bad = payment(3, who="c", made="2999-01-01", amount=-1)
    status, told = server.ask("/decisions", bad)
    lacking = {name: value for name, value in payment(3, who="c").items() if name != "amount"}
    missing = server.ask("/decisions", lacking)[1]

    good = server.ask("/decisions", payment(3, who="c"))[1]

    assert status == 422
    assert {fault["type"] for fault in told["detail"]} == {"time_after_now", "amount_not_negative"}
    assert missing["detail"][0]["loc"] == ["body", "amount"]
    assert good["features"]["count"] == 1


def test_each_fault_says_bound_and_value_once_and_alike_on_every_route(server: Server) -> None:
    """A sentence with the rule's name; what cannot be read is not called missing as well."""
    bad = payment(3, who="c", made="at noon", amount=-1, id=None)
    paths = ("/decisions", "/decisions/preview", "/decisions/batch")
    bodies = (bad, bad, {"payments": [payment(4), bad]})
    told = [server.ask(path, body)[1]["detail"] for path, body in zip(paths, bodies, strict=True)]
    lacking = {name: value for name, value in bad.items() if name not in {"made", "id"}}
    absent = server.ask("/decisions", lacking)[1]["detail"]
    no_object = server.ask("/decisions/batch", {"payments": [payment(4), 7]})[1]["detail"]
    no_label = server.ask("/labels", {"labels": [{"payment_id": "p1", "known_at": None}]})[1]

    by_column = {fault["loc"][-1]: fault for fault in told[0]}
    assert len(told[0]) == len(by_column) == 3
    assert by_column["amount"]["msg"] == (
        "amount must be at least 0, got -1: rule amount_not_negative"
    )
    assert by_column["made"]["msg"].startswith("made must be a time, as the contract says it")
    assert "got 'at noon': rule unparsable_made" in by_column["made"]["msg"]
    assert by_column["id"]["msg"] == "id must be there, got None: rule id_missing"
    assert told[1] == told[0]
    within = [{**fault, "loc": ["body", *fault["loc"][3:]]} for fault in told[2]]
    assert within == told[0]
    assert [fault["loc"][:3] for fault in told[2]] == [["body", "payments", 1]] * 3
    assert sorted((fault["loc"][-1], fault["type"]) for fault in absent) == [
        ("amount", "amount_not_negative"),
        ("id", "missing"),
        ("made", "missing"),
    ]
    assert no_object[0]["loc"] == ["body", "payments", 1]
    assert no_label["detail"][0]["loc"] == ["body", "labels", 0, "is_fraud"]


def test_a_label_known_before_its_payment_is_refused(server: Server) -> None:
    """By more than a day, as a report may bear its day's midnight; all faults are told at once."""
    server.ask("/decisions", payment(12, id="early", who="g"))
    early = {"payment_id": "early", "is_fraud": True, "known_at": "2026-10-30T00:00:00Z"}
    others = [{**early, "known_at": "soon"}, {**early, "payment_id": "nobody"}]

    status, told = server.ask("/labels", {"labels": [early, *others]})
    same_day = server.ask("/labels", {"labels": [{**early, "known_at": "2026-11-01"}]})

    assert status == 422
    found = {fault["loc"][2]: (fault["loc"], fault["type"]) for fault in told["detail"]}
    assert found == {
        0: (["body", "labels", 0, "known_at"], "known_before_payment"),
        1: (["body", "labels", 1, "known_at"], "time"),
    }
    assert "made at 2026-11-01T12:00:00Z, got 2026-10-30T00:00:00Z" in told["detail"][1]["msg"]
    assert same_day[1]["accepted"] == 1


def test_a_batch_is_decided_in_order_or_not_at_all(server: Server) -> None:
    """One bad payment names its place, and none of the batch counts."""
    many = [payment(n, id=f"q{n}", who="d") for n in range(3)]
    status, told = server.ask("/decisions/batch", {"payments": [*many, payment(9, amount="x")]})
    good = server.ask("/decisions/batch", {"payments": many})[1]

    assert (status, told["detail"][0]["loc"]) == (422, ["body", "payments", 3, "amount"])
    assert [one["features"]["count"] for one in good["decisions"]] == [1, 2, 3]


def test_an_id_twice_in_a_batch_is_decided_once(server: Server) -> None:
    """The second is the first answer again, and the payment counts once."""
    one, next_one = payment(6, who="f"), payment(7, who="f")

    told = server.ask("/decisions/batch", {"payments": [one, one, next_one]})[1]["decisions"]

    assert told[1] == told[0] | {"repeated": True}
    assert told[2]["features"]["count"] == 2


def test_labels_are_accepted_repeated_or_unknown(server: Server) -> None:
    """By payment id, with the instant since when they were known."""
    server.ask("/decisions", payment(5, who="e"))
    known = {"payment_id": "p5", "is_fraud": True, "known_at": "2026-11-02T00:00:00Z"}

    told = server.ask("/labels", {"labels": [known, known, {**known, "payment_id": "nobody"}]})[1]
    ahead = server.ask("/labels", {"labels": [{**known, "known_at": "2999-01-01"}]})

    news = {**known, "known_at": None, "is_fraud": False}
    again = [server.ask("/labels", {"labels": [news]})[1]["repeated"] for _ in range(2)]

    assert told == {"accepted": 1, "repeated": 1, "unknown": ["nobody"]}
    assert again == [0, 1]
    assert (ahead[0], ahead[1]["detail"][0]["type"]) == (422, "time_after_now")


def test_health_and_metrics_tell_of_the_state(server: Server) -> None:
    """That it is there, and the room that it takes."""
    health, metrics = server.ask("/health")[1], server.ask("/metrics")[1]

    assert health["state"]["ready"]
    assert health["state"]["bytes"] > 0
    assert "fraud_assets_state_ready 1" in metrics
    assert "fraud_assets_state_bytes" in metrics


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"payments": 1}', b"\xff"])
def test_what_is_no_payment_is_refused(server: Server, body: bytes) -> None:
    """Neither 500 nor a decision."""
    for path in ("/decisions", "/decisions/batch", "/labels"):
        assert server.ask(path, body)[0] == 422


def test_requests_behind_each_other_on_one_connection_are_answered_in_their_order(
    server: Server,
) -> None:
    """Whether a body comes whole or in chunks, is sound or not; the last ends the connection."""
    chunk = json.dumps(payment(2, id="behind2", who="queue")).encode()
    sent = [
        request(json.dumps(payment(1, id="behind1", who="queue")).encode()),
        request(b"%x\r\n%b\r\n0\r\n\r\n" % (len(chunk), chunk), b"transfer-encoding: chunked"),
        request(b"{"),
        request(json.dumps(payment(1, id="behind1", who="queue", amount=1.0)).encode()),
        request(json.dumps(payment(3, id="behind3", who="queue")).encode(), b"connection: close"),
    ]
    with socket.create_connection((server.host, server.port), timeout=60) as connection:
        connection.sendall(b"".join(sent))
        with connection.makefile("rb") as stream:
            found = [answered(stream) for _ in sent]
            assert stream.read() == b""

    assert [status for status, _ in found] == [200, 200, 422, 409, 200]
    good = [told for status, told in found if status == 200]
    assert [one["payment_id"] for one in good] == ["behind1", "behind2", "behind3"]
    assert [one["features"]["count"] for one in good] == [1, 2, 3]


def request(body: bytes, header: bytes = b"") -> bytes:
    """A decision as it goes over the wire; `header` stands for its length unless that is needed."""
    length = b"" if header.startswith(b"transfer") else b"content-length: %d\r\n" % len(body)
    more = header + b"\r\n" if header else b""
    head = b"POST /decisions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    return head + length + more + b"\r\n" + body


def answered(stream: BinaryIO) -> tuple[int, dict[str, Any]]:
    """The next answer's status and body."""
    status, length = int(stream.readline().split()[1]), 0
    while (line := stream.readline().strip()) != b"":
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return status, json.loads(stream.read(length))
