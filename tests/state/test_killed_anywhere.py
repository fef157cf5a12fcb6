"""Killed at any write, a state counts every acknowledged payment once and none twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from fraud_assets.errors import UnbuiltStateError
from fraud_assets.state.acts.filling import fill
from fraud_assets.state.acts.saying import Saying, take_saying
from fraud_assets.state.acts.tidy import tidy
from fraud_assets.state.adapter import Adapter
from fraud_assets.state.adapters.embedded import Embedded
from fraud_assets.state.adapters.memory import Memory
from fraud_assets.state.adapters.remote import Remote
from fraud_assets.state.meeting import Found
from fraud_assets.state.opening import begin, finish, go_on
from fraud_assets.state.payment import Payment
from fraud_assets.state.state import State
from tests.data.features_support import contract_of
from tests.state.dying import dying, in_a_life
from tests.state.test_adapters import _payments
from tests.state.worlds import derived, state_of

CONTRACT = contract_of()
PLAN = state_of(CONTRACT, Memory()).plan
Open = Callable[[], Adapter]


@pytest.fixture(params=["embedded", "remote"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same place again and again."""
    if request.param == "embedded":
        return partial(Embedded, tmp_path / "state")
    return partial(Remote, request.getfixturevalue("server"), tmp_path.name)


def decided_until_death(opened: Open, at: int, log: Path, came: list[Payment]) -> None:
    """Ask again for what was answered last and go on; each answer is acknowledged in a file."""
    state = go_on(dying(opened(), at), PLAN)
    known = len(log.read_text().splitlines())
    with log.open("a") as file:
        for number in range(max(0, known - 2), len(came)):
            one = came[number]

            def answer_to(found: Found, number: int = number) -> bytes:
                return json.dumps([number, derived([found], CONTRACT)[0].tobytes().hex()]).encode()

            (found,) = state.meet([one], lambda those: [answer_to(found) for _, found in those])
            if number % 3 == 0:
                take_saying(state, Saying(str(one.id), is_fraud=True, known_at=one.time))
            answer = found.answer or answer_to(found)
            file.write(answer.decode() + "\n")
            file.flush()
            tidy(state, None, 5)


def test_at_any_write_of_payments(opened: Open, tmp_path: Path) -> None:
    """Each life dies one write later than the last; who asks again gets the first answer."""
    begin(opened(), PLAN)
    came, log, at = _payments(30), tmp_path / "acknowledged", 1
    log.touch()
    while not in_a_life(decided_until_death, opened, at, log, came):
        at += 1

    answers: dict[int, set[str]] = {}
    for number, features in map(json.loads, log.read_text().splitlines()):
        answers.setdefault(number, set()).add(features)
    assert [len(some) for some in answers.values()] == [1] * len(came)
    assert at > 20
    state, alone = go_on(opened(), PLAN), _replayed(came)
    later = _payments(45)[30:]
    assert derived(state.meet(later), CONTRACT).tobytes() == (
        derived(alone.meet(later), CONTRACT).tobytes()
    )


def _replayed(came: list[Payment]) -> State:
    """One by one without a kill."""
    state = begin(Memory(), PLAN)
    for number, one in enumerate(came):
        state.meet([one])
        if number % 3 == 0:
            take_saying(state, Saying(str(one.id), is_fraud=True, known_at=one.time))
    return state


def built_until_death(opened: Open, at: int, came: list[Payment]) -> None:
    """The hand-over: begun anew, filled in small pieces, and said to be whole."""
    state = begin(dying(opened(), at), PLAN, is_complete=False)
    for start in range(0, len(came), 4):
        fill(state, [(one, [(True, one.time)]) for one in came[start : start + 4]])
    finish(state, came[-1].time)


def is_whole(opened: Open) -> bool:
    """Whether the state is served from."""
    adapter = opened()
    try:
        go_on(adapter, PLAN)
    except UnbuiltStateError:
        return False
    finally:
        adapter.close()
    return True


def test_at_any_write_of_the_hand_over(opened: Open) -> None:
    """What was not said to be whole is answered from by nobody; built again it is the replay's."""
    came, at = _payments(9), 1
    begin(opened(), PLAN, is_complete=False)
    while not in_a_life(built_until_death, opened, at, came) and not is_whole(opened):
        at += 1

    state = go_on(opened(), PLAN)
    alone = begin(Memory(), PLAN)
    fill(alone, [(one, [(True, one.time)]) for one in came])
    later = _payments(20)[9:]
    assert at > 15
    assert derived(state.meet(later), CONTRACT).tobytes() == (
        derived(alone.meet(later), CONTRACT).tobytes()
    )


def counted_twice(opened: Open, at: int, came: list[Payment]) -> None:
    """A variant that keeps the payment in one transaction and its id in the next."""
    state = go_on(dying(opened(), at), PLAN)
    for one in came:
        nameless = Payment(None, one.time, one.numbers, one.values, one.times)
        if not state.adapter.transact(lambda t, one=one: t.get(b"X" + str(one.id).encode())):
            state.meet([nameless])
            state.adapter.transact(lambda t, one=one: t.put(b"X" + str(one.id).encode(), b"1"))


def test_a_variant_with_two_transactions_is_caught(opened: Open) -> None:
    """The test above has teeth: somewhere a kill makes such a state count a payment twice."""
    came = _payments(6)
    begin(opened(), PLAN)
    at = 1
    while not in_a_life(counted_twice, opened, at, came):
        at += 1

    alone = begin(Memory(), PLAN)
    alone.meet(came)
    later = _payments(9)[6:]
    assert derived(go_on(opened(), PLAN).meet(later), CONTRACT).tobytes() != (
        derived(alone.meet(later), CONTRACT).tobytes()
    )
