"""Outcomes: decisions beside the labels known at an instant, later ones superseding."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fraud_assets.decisions.outcomes import known_labels, outcomes, unknown_payments
from fraud_assets.documents.decision import Label
from tests.decisions.entries import decision


def label(payment: str, is_fraud: bool, known_at: int, received_at: int = 0) -> Label:
    return Label(payment_id=payment, is_fraud=is_fraud, known_at=known_at, received_at=received_at)


def test_a_reversed_chargeback_worked_by_hand():
    """Fraud at 10, taken back at 20: each instant has its own truth, and all stay on record."""
    made = decision(payment_id="p", decided_at=5)
    said = [label("p", True, 10), label("p", False, 20)]

    def at(instant):
        (found,) = outcomes([made], known_labels(said, instant), instant)
        return found.label and found.label.is_fraud, found.said, found.turned

    assert at(9) == (None, 0, 0)
    assert at(10) == (True, 1, 0)
    assert at(20) == (False, 2, 1)


def test_of_two_labels_of_one_instant_the_later_received_holds():
    """Known at the same time, the second word counts."""
    said = known_labels([label("p", True, 10, received_at=2), label("p", False, 10, received_at=1)])

    assert said["p"][-1].is_fraud


def test_decisions_to_come_are_not_there_yet():
    """At T there is no decision made after T."""
    assert list(outcomes([decision(decided_at=11)], {}, 10)) == []


def test_a_payment_without_id_has_no_label():
    """Where the contract names no id, nothing can be said of a payment."""
    (found,) = outcomes([decision(payment_id="")], known_labels([label("", True, 1)]))

    assert found.label is None


def test_labels_of_payments_that_nobody_decided_are_named():
    """They are kept, and told apart."""
    said = [label("p", True, 1), label("q", True, 1)]

    assert unknown_payments([decision(payment_id="p")], said) == ["q"]


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.integers(0, 9)), max_size=8),
    st.integers(0, 9),
    st.integers(0, 9),
    st.randoms(),
)
def test_what_holds_at_an_instant_does_not_depend_on_order_nor_on_the_future(rows, at, late, mix):
    """Labels in any order of arrival, and any label known later, change nothing at `at`."""
    said = [label(p, fraud, known, received_at=i) for i, (p, fraud, known) in enumerate(rows)]
    shuffled = [*said, label("a", True, at + 1 + late, received_at=99)]
    mix.shuffle(shuffled)

    assert known_labels(said, at) == known_labels(shuffled, at)
