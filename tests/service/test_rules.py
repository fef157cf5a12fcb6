"""Rules on features: golden rows keep to them, and the service enforces them."""

from __future__ import annotations

import json

import msgspec
import pytest

from fraud_assets.contract import parse_contract
from fraud_assets.errors import StoreError
from fraud_assets.scoring.golden import read_golden
from fraud_assets.scoring.making.export import export_scorer
from fraud_assets.scoring.spec import GOLDEN, SPEC, read_spec
from fraud_assets.service.faults import MOST_FAULTS, UNREADABLE
from fraud_assets.service.payments.payment import payment_reader
from tests.scoring.worlds import CONTRACT, fitted, legitimate, payments
from tests.service.stores import PAYMENT

RULES = """
[rules.amount_in_bounds]
column = "amount"
min = 0.5
max = 5000
required = true
[rules.few]
column = "count"
one_of = [1, 2, 3]
[rules.known_chain]
column = "chain"
one_of = ["ETH", "BTC", "SOL"]
required = true
"""


@pytest.fixture(scope="module")
def exported():
    contract = parse_contract(CONTRACT + RULES)
    rows = payments(800, 2)
    rows.features.loc[0, "amount"] = 1e31
    rows.features.loc[1, "country"] = "x" * 400
    return export_scorer(fitted("gradient_boosting"), contract, legitimate(), 0.3, rows)


@pytest.fixture(scope="module")
def reader(exported):
    return payment_reader(read_spec(exported[SPEC]))


def test_the_service_accepts_every_golden_row(exported, reader):
    """Bounds, required fields and lists hold for edges too, and for rows drawn from an export."""
    golden = read_golden(exported[GOLDEN])

    rows = [reader.one(json.dumps(row.values).encode()) for row in golden.rows]

    amounts = {row[0] for row in rows}
    assert {0.5, 5000.0} <= amounts
    assert None not in amounts
    assert {row.is_flagged for row in golden.rows} == {True, False}


@pytest.mark.parametrize("text", ["eth", " ETH ", "Btc"])
def test_a_rule_on_texts_tests_what_training_tested(reader, text):
    """Trimmed, in the contract's case; the second time from memory."""
    for _ in range(2):
        assert reader.one(json.dumps(PAYMENT | {"chain": text}).encode())[3] == text


@pytest.mark.parametrize(
    ("changes", "locs"),
    [
        ({"chain": "DOGE"}, [["body", "chain"]]),
        ({"chain": " n/a "}, [["body", "chain"]]),
        ({"chain": None, "amount": 5001}, [["body", "amount"], ["body", "chain"]]),
        ({"count": 4}, [["body", "count"]]),
    ],
)
def test_values_that_break_a_rule_are_named(reader, changes, locs):
    """By the fast reader's refusal and the exact model's faults alike, alone and in a batch."""
    body = json.dumps(PAYMENT | changes).encode()

    with pytest.raises(UNREADABLE) as alone:
        reader.one(body)
    with pytest.raises(UNREADABLE) as among:
        reader.many(b'{"transactions":[%b]}' % body)

    assert [fault["loc"] for fault in reader.faults(body, alone.value)] == locs
    told = reader.batch_faults(b'{"transactions":[%b]}' % body, among.value)
    assert [fault["loc"][3:] for fault in told] == [loc[1:] for loc in locs]


def test_the_model_describes_the_rules(reader):
    """A list of numbers as enum, of texts in words, since other spellings are taken too."""
    fields = reader.payment.model_json_schema()["properties"]

    assert fields["count"]["anyOf"][0]["enum"] == [1.0, 2.0, 3.0]
    said = fields["chain"]["description"]
    assert "in upper case it must be one of: ETH, BTC, SOL." in said
    assert "null means missing" not in said
    assert fields["amount"]["maximum"] == 5000


def test_faults_that_are_cut_say_how_many_more_there_are(reader):
    """A thousand are told, and the last entry counts the others."""
    body = json.dumps({"transactions": [{}] * 500}).encode()

    found = reader.batch_faults(body, msgspec.ValidationError("x"))

    assert len(found) == MOST_FAULTS + 1
    assert found[-1]["msg"] == "And 1500 more faults"


def test_a_field_given_twice_counts_the_last_time_and_a_faulty_first_is_named(reader):
    """As the document says."""
    good = json.dumps(PAYMENT).encode()

    assert reader.one(good[:-1] + b', "age": 7}')[1] == 7
    twice = b'{"age": "old", ' + good[1:]
    with pytest.raises(UNREADABLE) as refused:
        reader.one(twice)
    assert reader.faults(twice, refused.value)[0]["loc"] == ["body", "age"]


@pytest.mark.parametrize("body", [b'{"x": "\xff", ', b'{"\xff": 1, '])
def test_fields_that_nobody_reads_must_be_utf8_too(reader, body):
    """JSON is UTF-8 as a whole."""
    sent = body + json.dumps(PAYMENT).encode()[1:]

    with pytest.raises(UNREADABLE) as refused:
        reader.one(sent)

    assert reader.faults(sent, refused.value)[0]["loc"] == ["body"]


def test_a_name_that_json_would_escape_is_refused_in_a_sentence(exported):
    """The reader's own ValueError would be a traceback."""
    spec = read_spec(exported[SPEC])
    odd = msgspec.structs.replace(spec.features[0], name='a"b')

    with pytest.raises(StoreError, match="rename it in the contract"):
        payment_reader(msgspec.structs.replace(spec, features=(odd, *spec.features[1:])))


def test_a_batch_may_be_as_large_as_its_payments_and_not_larger(reader):
    """Hundreds of bytes a payment, for a contract of few features."""
    assert 600_000 <= reader.batch_limit < 1_000_000
