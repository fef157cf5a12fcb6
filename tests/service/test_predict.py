"""What POST /predict and /predict/batch answer, over real HTTP."""

from __future__ import annotations

import pandas as pd
import pytest

from fraud_assets.scoring.scorer import load_scorer
from tests.scoring.worlds import files, fitted, payments
from tests.service.stores import PAYMENT, RISKY, Server


@pytest.fixture(scope="module")
def scorer():
    return load_scorer(files("gradient_boosting", calibrated=True))


def test_a_payment_gets_the_pipelines_probability_unrounded_with_flag_and_version(server, scorer):
    """All four names of the interface, and nothing else."""
    status, answer = server.ask("/predict", PAYMENT)

    frame = pd.DataFrame([PAYMENT]).astype({"count": "float64", "chain": "object"})
    expected = fitted("gradient_boosting", calibrated=True).predict_proba(frame)[0, 1]
    assert status == 200
    assert answer["fraud_probability"] == pytest.approx(expected, abs=1e-14)
    assert answer["is_flagged"] is bool(expected >= scorer.threshold)
    assert set(answer) == {"fraud_probability", "is_flagged", "model_version", "reasons"}
    assert answer["model_version"].startswith("fraud_detector_")


def test_a_flagged_payment_has_reasons_and_another_only_on_request(server, scorer):
    """`?reasons=always` asks for them on any payment."""
    assert server.ask("/predict", PAYMENT)[1]["reasons"] == []

    asked = server.ask("/predict?reasons=always", PAYMENT)[1]["reasons"]
    flagged = server.ask("/predict", RISKY)[1]

    assert flagged["is_flagged"]
    assert [r["code"] for r in flagged["reasons"]] == [r.code for r in scorer.reasons(RISKY)]
    assert 1 <= len(asked) <= 4
    names = {"code", "feature", "value", "contribution", "percentile", "text"}
    assert all(set(reason) == names for reason in asked + flagged["reasons"])


def test_all_contributions_on_request_sum_with_the_base_to_the_margin(server):
    """`?reasons=full` is for the page and for auditors."""
    told = server.ask("/predict?reasons=full", PAYMENT)[1]["explanation"]

    assert told["scale"] == "log-odds"
    total = told["base"] + sum(told["contributions"].values())
    assert total == pytest.approx(told["margin"], abs=1e-6)


def test_null_is_what_training_took_for_missing(server, scorer):
    """Every field may be null, and that is the payment with everything missing."""
    empty = dict.fromkeys(PAYMENT)

    status, answer = server.ask("/predict", empty)

    assert status == 200
    assert answer["fraud_probability"] == scorer.score({})


def test_a_batch_gives_what_its_payments_give_one_by_one(server):
    """In order, reasons included."""
    rows = payments(40, 3).features
    sent = [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in rows.to_dict("records")
    ] + [RISKY]

    status, answer = server.ask("/predict/batch", {"transactions": sent})

    assert status == 200
    assert set(answer) == {"predictions", "model_version"}
    for one, payment in zip(answer["predictions"], sent, strict=True):
        alone = server.ask("/predict", payment)[1]
        assert one["fraud_probability"] == pytest.approx(alone["fraud_probability"], abs=1e-14)
        assert one["is_flagged"] == alone["is_flagged"]
        assert [r["code"] for r in one["reasons"]] == [r["code"] for r in alone["reasons"]]


def faulty(body, *locs: tuple[object, ...]):
    return pytest.param(body, [["body", *loc] for loc in locs], id=repr(body)[:40])


@pytest.mark.parametrize(
    ("body", "locs"),
    [
        faulty({}, *((name,) for name in PAYMENT)),
        faulty(PAYMENT | {"amount": "12", "chain": 5}, ("amount",), ("chain",)),
        faulty(PAYMENT | {"amount": True}, ("amount",)),
        faulty(PAYMENT | {"amount": -0.01}, ("amount",)),
        faulty(PAYMENT | {"age": 1e31, "count": -1e31}, ("age",), ("count",)),
        faulty(PAYMENT | {"chain": "x" * 257}, ("chain",)),
        faulty(PAYMENT | {"chain": ["ETH"], "age": {}}, ("age",), ("chain",)),
        faulty(
            b'{"amount": NaN, "age": 1, "count": 1, "chain": null, "country": null}',
            ("amount",),
        ),
        faulty(
            b'{"amount": 1, "age": -Infinity, "count": 1, "chain": null, "country": null}',
            ("age",),
        ),
    ],
)  # fmt: skip
def test_every_field_at_fault_is_named(server, body, locs):
    """Wrong types, bounds of the contract, NaN and infinities never reach the model."""
    status, answer = server.ask("/predict", body)

    assert status == 422
    assert [fault["loc"] for fault in answer["detail"]] == locs
    assert all(set(fault) == {"loc", "msg", "type"} for fault in answer["detail"])


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b'{"amount": 1e999}', b"[" * 60_000,
     b'{"a":' * 12_000, b'{"chain": "\\ud800"}', b'{"amount": ' + b"9" * 500 + b"}"],
    ids=lambda body: repr(body[:20]),
)  # fmt: skip
@pytest.mark.parametrize("path", ["/predict", "/predict/batch"])
def test_what_is_no_payment_is_422(server, path, body):
    """Broken JSON, broken text, deep nesting, numbers past every size."""
    status, answer = server.ask(path, body)

    assert status == 422
    assert answer["detail"]


def test_faults_in_a_batch_name_the_payment(server):
    """The index stands in the loc."""
    sent = {"transactions": [PAYMENT, PAYMENT | {"age": "old"}]}

    status, answer = server.ask("/predict/batch", sent)

    assert status == 422
    assert answer["detail"][0]["loc"] == ["body", "transactions", 1, "age"]


def test_too_many_payments_are_refused(server):
    """1,000 at once, not more."""
    assert server.ask("/predict/batch", {"transactions": [PAYMENT] * 1000})[0] == 200

    status, answer = server.ask("/predict/batch", {"transactions": [PAYMENT] * 1001})

    assert status == 422
    assert answer["detail"][0]["loc"] == ["body", "transactions"]


@pytest.mark.parametrize("query", ["reasons=never", "reasons=", "reasons=full&reasons=full"])
def test_another_wish_for_reasons_is_refused(server, query):
    """The choices are flagged, always and full."""
    status, answer = server.ask(f"/predict?{query}", PAYMENT)

    assert status == 422
    assert answer["detail"][0]["loc"] == ["query", "reasons"]


def test_huge_bodies_are_413_with_and_without_a_length(server):
    """Refused by the header alone, and while a chunked body arrives."""
    assert server.ask("/predict", b" " * 70_000)[0] == 413
    assert server.ask("/predict/batch", b" " * 5_000_000)[0] == 413
    assert chunked(server, b" " * 1000, 100) == 413


def chunked(server: Server, part: bytes, times: int) -> int:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    headers = {"content-type": "application/json"}
    parts = iter([part] * times)
    try:
        connection.request("POST", "/predict", parts, headers, encode_chunked=True)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_other_content_types_are_415(server, kind):
    """JSON only; a charset beside it is fine."""
    assert server.ask("/predict", PAYMENT, headers={"content-type": kind})[0] == 415
    fine = {"content-type": "Application/JSON; charset=utf-8"}
    assert server.ask("/predict", PAYMENT, headers=fine)[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": 'application/json; charset="latin-1"'},
        {"content-encoding": "gzip"},
    ],
)
def test_bodies_in_another_coding_are_415(server, headers):
    """UTF-8 as it is: nothing is recoded or unpacked."""
    assert server.ask("/predict", PAYMENT, headers=headers)[0] == 415
    same = {"content-encoding": "identity"}
    assert server.ask("/predict", PAYMENT, headers=same)[0] == 200


def test_other_methods_are_405_and_other_paths_404(server):
    """As HTTP says."""
    assert server.ask("/predict", method="GET")[0] == 405
    assert server.ask("/predict/batch", method="DELETE")[0] == 405
    assert server.ask("/nothing")[0] == 404


def test_fields_of_no_interest_are_ignored(server):
    """A caller may send its whole record."""
    more = PAYMENT | {"transaction_id": "a-1", "note": {"deep": [1]}}

    assert server.ask("/predict", more) == server.ask("/predict", PAYMENT)
