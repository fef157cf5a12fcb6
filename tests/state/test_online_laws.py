"""One definition, two engines: what the state answers is what the batch derives, bit for bit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from msgspec.structs import replace

from fraud_assets.data.features import derive_features
from fraud_assets.state.acts.saying import Saying, take_saying
from fraud_assets.state.acts.tidy import tidy
from fraud_assets.state.adapters.memory import Memory
from fraud_assets.state.meeting import Found
from fraud_assets.state.payment import Payment
from fraud_assets.state.state import State
from fraud_assets.state.tracks import distinct, pages
from tests.data.features_support import contract_of, payments
from tests.state.worlds import derived, labels_of, payments_of, state_of

some = settings(deadline=None, max_examples=40)
CONTRACT = contract_of()
NAMES = list(CONTRACT.derived)


@contextmanager
def small_pages(capacity: int) -> Iterator[None]:
    """Pages of so few payments, and windows that are counted on from the second page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "CAPACITY", capacity)
        patch.setattr(distinct, "FROM_PAGES", 2)
        yield


def plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Without labels that were taken back, which come over deliveries."""
    return rows[[name for name in rows if not name.startswith("_was_fraud")]]


def told(state: State, rows: pd.DataFrame, upto: int | None) -> None:
    """Say every label that is known at an instant, once the payments are there."""
    for known, payment, is_fraud in labels_of(rows):
        if upto is None or known is None or known <= upto:
            take_saying(state, Saying(payment, is_fraud, known))


def batch(rows: pd.DataFrame) -> np.ndarray:
    """What the weekly run derives, (n, features)."""
    return derive_features(rows, CONTRACT)[NAMES].to_numpy()


def online(rows: pd.DataFrame, order: list[int]) -> np.ndarray:
    """What the state answers when all payments are there and each asks again, (n, features)."""
    state, came = state_of(CONTRACT, Memory()), payments_of(rows)
    for at in order:
        state.meet([came[at]])
    told(state, rows, None)
    return derived([state.look(payment) for payment in came], CONTRACT)


@some
@given(payments(), st.randoms(), st.sampled_from([2, 3, 512]))
def test_any_order_of_arrival_leaves_the_same_state(rows, random, capacity) -> None:
    """Shuffled, late and equal instants: whoever asks afterwards gets the batch's bits.

    Pages of two payments let a few payments meet every edge of pages.
    """
    rows, order = plain(rows), list(range(len(rows)))
    random.shuffle(order)
    with small_pages(capacity):
        found = online(rows, order)

    assert found.tobytes() == batch(rows).tobytes()


@some
@given(payments(), st.sampled_from([2, 512]))
def test_each_payment_gets_what_the_batch_gives_it_at_once(rows, capacity) -> None:
    """In event order with labels told when they are known, no answer waits for what comes later."""
    rows = plain(rows).sort_values("_time", kind="stable").reset_index(drop=True)
    state, found = state_of(CONTRACT, Memory()), []
    with small_pages(capacity):
        for payment in payments_of(rows):
            told(state, rows, payment.time)
            found += state.meet([payment])

    assert derived(found, CONTRACT).tobytes() == batch(rows).tobytes()


@some
@given(payments(), st.randoms(), st.sampled_from([2, 512]))
def test_a_late_payment_sees_what_came_before_it_in_time_and_has_come(
    rows, random, capacity
) -> None:
    """Each answer is the batch's over the payments that had come, the row's own included."""
    rows, order = plain(rows), list(range(len(rows)))
    random.shuffle(order)
    state, came = state_of(CONTRACT, Memory()), payments_of(rows)
    with small_pages(capacity):
        for count, at in enumerate(order, 1):
            here = rows.iloc[sorted(order[:count])].reset_index(drop=True)
            place = sorted(order[:count]).index(at)

            found = state.meet([came[at]])

            expected = batch(here.assign(_label=0))[place]
            assert derived(found, CONTRACT)[0].tobytes() == expected.tobytes()


@some
@given(payments(), st.randoms())
def test_what_is_dropped_is_missed_by_marked_answers_alone(rows, random) -> None:
    """With two hours for late ones an answer is the batch's over all that came, or is marked."""
    rows, order = plain(rows), list(range(len(rows)))
    random.shuffle(order)
    state, came = state_of(CONTRACT, Memory(), timedelta(hours=2)), payments_of(rows)
    with small_pages(2):
        for count, at in enumerate(order, 1):
            here = rows.iloc[sorted(order[:count])].reset_index(drop=True)
            (found,) = state.meet([came[at]])
            assert tidy(state, None, 1000) is None
            expected = batch(here.assign(_label=0))[sorted(order[:count]).index(at)]
            same = derived([found], CONTRACT)[0].tobytes() == expected.tobytes()
            assert same or found.is_late


@some
@given(payments())
def test_the_same_id_again_changes_nothing(rows) -> None:
    """Every payment comes twice: counted once, answered alike."""
    rows = plain(rows)
    state, came = state_of(CONTRACT, Memory()), payments_of(rows)
    state.meet(came)
    for payment in came:
        state.meet([payment])
    told(state, rows, None)

    again = derived([state.look(payment) for payment in came], CONTRACT)

    assert again.tobytes() == batch(rows).tobytes()


@some
@given(payments(), st.randoms(), st.sampled_from([2, 512]))
def test_payments_that_are_met_together_are_met_one_by_one(rows, random, capacity) -> None:
    """In groups of any size, with the same id again and one of other content among them."""
    rows, order = plain(rows), list(range(len(rows))) * 2
    random.shuffle(order)
    came = payments_of(rows)
    other = [replace(p, numbers={**p.numbers, "paid": 0.125}) for p in came]
    sent = [(other if random.random() < 0.2 else came)[at] for at in order]
    alone, together = state_of(CONTRACT, Memory()), state_of(CONTRACT, Memory())
    with small_pages(capacity):
        expected = [one for payment in sent for one in alone.meet_each([[payment]], answers)]
        found = []
        while len(found) < len(sent):
            group = sent[len(found) : len(found) + random.randint(1, 5)]
            found += together.meet_each([[payment] for payment in group], answers)

    assert list(map(_said, found)) == list(map(_said, expected))


def answers(those: Sequence[tuple[int, Found]]) -> list[bytes]:
    """The features as they were met, as answers."""
    return [repr(found.features).encode() for _, found in those]


def _said(met: list[Found] | Exception) -> str:
    """What came of a payment, for comparing; positions count transactions."""
    if isinstance(met, Exception):
        return str(met)
    return repr([replace(found, position=0) for found in met])


def test_a_state_that_leaks_one_later_event_fails_the_law() -> None:
    """The law has teeth: windows that hold the present instant are found out."""

    def leaky(rows: pd.DataFrame) -> bool:
        rows = plain(rows)
        state, came = state_of(CONTRACT, Memory()), payments_of(rows)
        state.meet(came)
        later = [Payment(p.id, (p.time or 0) + 1, p.numbers, p.values, p.times) for p in came]
        found = derived([state.look(payment) for payment in later], CONTRACT)
        return bool(found.tobytes() != batch(rows.assign(_label=0)).tobytes())

    try:
        find(payments(), leaky, settings=settings(max_examples=200, phases=[Phase.generate]))
    except NoSuchExample:
        pytest.fail("the law did not notice the leak")
