"""A payment that stands on record more than once counts once, wherever decisions are counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.contract import load_contract
from fraud_assets.data.transactions import read_transactions
from fraud_assets.decisions.log import open_log
from fraud_assets.decisions.once import counted_once
from fraud_assets.handover.recall import decided_on_record, recall_record
from fraud_assets.payments.kept import plan_for
from fraud_assets.state.adapters.memory import Memory
from fraud_assets.state.opening import begin
from tests.decisions.entries import decision, recorded

TOML = """
format = 1
name = "toy"
source = { decisions = true }
live = { late_after = "1d" }
[columns]
id = "id"
event_time = "made"
sender = "who"
amount = "paid"
[label]
column = "fraud"
known_at = "reported"
maturity_days = 2
[features]
numeric = ["paid", "n"]
[derived]
n = { kind = "count", entity = "who", window = "3d", include_current = true }
"""
DECIDED = 1_764_000_000_000_000


def test_the_first_decision_on_a_payment_counts_worked_by_hand():
    """Of three the one that was made first; the id that said something else is named."""
    first = decision(decision_id="b", payment_id="p", decided_at=1)
    again = decision(decision_id="a", payment_id="p", decided_at=2)
    other = decision(decision_id="c", payment_id="p", decided_at=3, payment={"amount": 9.0})
    alone = decision(decision_id="d", payment_id="q", decided_at=2)

    found = counted_once([again, other, first, alone])

    assert found.decisions == [first, alone]
    assert found.aside == [again, other]
    assert found.reused == ["p"]
    assert found.sentence == (
        "2 decisions are on payments that stand on record before; the first decision on each "
        "payment counts. With other content came: 'p'; give each payment an id of its own."
    )


def test_covered_values_are_no_other_content():
    """Each decision covers a personal value by bytes of its own."""
    one, other = (
        decision(decision_id=n, payment_id="p", payment={"who": f"~1:{n * 16}:{n * 8}"})
        for n in "ab"
    )

    assert counted_once([one, other]).reused == []


def test_payments_without_an_id_are_payments_of_their_own():
    """Nothing tells them apart from others."""
    found = counted_once([decision(decision_id=n, payment_id="") for n in "ab"])

    assert len(found.decisions) == 2
    assert found.sentence == ""


@given(st.lists(st.tuples(st.sampled_from("pqr"), st.integers(0, 3)), max_size=9), st.randoms())
def test_whatever_the_order_each_payment_counts_once(rows, random):
    """Law: the same decisions count in any order, one for each payment, and none is lost."""
    made = [
        decision(decision_id=f"d{at}", payment_id=payment, decided_at=when)
        for at, (payment, when) in enumerate(rows)
    ]
    mixed = random.sample(made, len(made))

    found, other = counted_once(made), counted_once(mixed)

    assert sorted(one.payment_id for one in found.decisions) == sorted({p for p, _ in rows})
    assert {one.decision_id for one in found.decisions} == {
        one.decision_id for one in other.decisions
    }
    assert len(found.decisions) + len(found.aside) == len(made)


@pytest.fixture
def twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A record of three payments, of which one stands there twice: the later one first."""
    monkeypatch.setenv("FRAUD_ASSETS_DECISIONS", str(tmp_path / "log"))
    (tmp_path / "toy.toml").write_text(TOML)
    for at, numbers in enumerate([(1, 2), (0, 1)]):
        log = open_log(tmp_path / "log")
        for number in numbers:
            made = f"2025-11-24T16:0{number}:00Z"
            recorded(
                log,
                payment_id=f"p{number}",
                event_time=DECIDED + number,
                decided_at=DECIDED - at,
                payment={"id": f"p{number}", "made": made, "who": "a", "paid": 5.0},
                features={"paid": 5.0, "n": 10.0 * at + number},
                probability=0.25 * (at + 1),
            )
        log.close()
    return tmp_path


def test_the_record_as_a_source_has_each_payment_once(twice: Path):
    """The run learns from three payments, and what was set aside is told."""
    found = read_transactions(load_contract(twice / "toy.toml"))

    assert sorted(found.rows["id"]) == ["p0", "p1", "p2"]
    (aside,) = found.skipped
    assert aside.why.startswith("1 decisions are on payments that stand on record before")


def test_a_state_from_the_record_has_each_payment_once_and_its_first_answer(twice: Path):
    """Whichever of the two stands first in the record's files."""
    contract = load_contract(twice / "toy.toml")
    state = begin(Memory(), plan_for(contract))

    found = recall_record(contract, state, twice / "log", None)

    decided = [one for one in decided_on_record(contract, state, twice / "log", None) if one]
    again = {one.payment.id: state.meet([one.payment])[0] for one in decided}
    assert found.added == 3
    assert again["p1"].features == {"n": 11.0}
    assert b'"fraud_probability":0.5' in (again["p1"].answer or b"")
    assert state.look(decided[0].payment).features != {}
