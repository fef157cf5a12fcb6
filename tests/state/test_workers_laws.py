"""Two workers on one place, on each kind of place: together they are one that saw everything."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fraud_assets.state.acts.filling import fill
from fraud_assets.state.adapter import Adapter
from fraud_assets.state.adapters.embedded import Embedded
from fraud_assets.state.adapters.memory import Memory
from fraud_assets.state.adapters.remote import Remote
from fraud_assets.state.opening import begin, finish, go_on
from fraud_assets.state.payment import Payment
from fraud_assets.state.state import State
from tests.data.features_support import payments
from tests.state.test_online_laws import CONTRACT, batch, plain, small_pages, told
from tests.state.worlds import derived, payments_of, state_of

PLAN = state_of(CONTRACT, Memory()).plan
some = settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
Open = Callable[[], Adapter]


@pytest.fixture(params=["embedded", "remote"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Gives an empty place each time, which can be opened again and again."""
    if request.param == "embedded":
        return (partial(Embedded, tmp_path / str(at)) for at in count())
    url = request.getfixturevalue("server")
    return (partial(Remote, url, f"{os.getpid()}-{tmp_path.name}-{at}") for at in count())


class Workers:
    """Two workers that take payments by turns, and are started anew now and then.

    LMDB is opened once in a process: there they share what is open.
    """

    def __init__(self, opened: Open, random: Random) -> None:
        self._opened, self._random = opened, random
        self._states: list[State] = []
        self.start()

    def start(self) -> None:
        """End both, as they stand, and start them anew."""
        for state in self._states:
            state.adapter.close()
        first = self._opened()
        second = first if isinstance(first, Embedded) else self._opened()
        self._states = [go_on(first, PLAN), go_on(second, PLAN)]

    def one(self) -> State:
        """Whichever is asked next; it may have been started anew just before."""
        if self._random.random() < 0.2:
            self.start()
        return self._random.choice(self._states)


def handed_over(adapter: Adapter, came: list[Payment], cut: int) -> None:
    """The first payments in event order, said to be whole."""
    state = begin(adapter, PLAN, is_complete=False)
    fill(state, [(one, []) for one in came[:cut]])
    finish(state, None)
    adapter.close()


@some
@given(payments(most=15), st.integers(0, 15), st.randoms(use_true_random=False))
def test_two_workers_answer_as_one_that_saw_everything(places, rows, cut, random) -> None:
    """Law: shuffled, late and equal instants, repeated ids, restarts, handed over at any cut.

    Each answer has the bits of one state in memory that met the same in the same order, and in the
    end the batch's over all payments.
    """
    rows = plain(rows).sort_values("_time", kind="stable").reset_index(drop=True)
    came = payments_of(rows)
    order = [*came, *random.sample(came, len(came) // 2)]
    random.shuffle(order)
    with small_pages(random.choice([2, 512])):
        opened, alone = next(places), begin(Memory(), PLAN)
        handed_over(opened(), came, cut)
        fill(alone, [(one, []) for one in came[:cut]])
        workers = Workers(opened, random)

        for one in order:
            found, expected = workers.one().meet([one]), alone.meet([one])
            assert derived(found, CONTRACT).tobytes() == derived(expected, CONTRACT).tobytes()

        told(workers.one(), rows, None)
        last = derived([workers.one().look(one) for one in came], CONTRACT)
        workers.start()
    assert last.tobytes() == batch(rows).tobytes()


class Forgetful(Remote):
    """A variant whose script is not told what was read, and so cannot tell that it has changed."""

    def _run(self, at, work):
        tried = super()._run(at, work)
        tried.attempt.read.clear()
        return tried


def test_workers_that_do_not_look_again_are_caught(server: str, tmp_path: Path) -> None:
    """The law has teeth: on a server such workers lose each other's payments."""
    came = payments_of(
        pd.DataFrame(
            {
                "who": ["a"] * 6,
                "shop": ["x"] * 6,
                "_time": pd.date_range("2025-01-01", periods=6, freq="30min").astype(
                    "datetime64[us]"
                ),
            }
        )
    )
    opened = partial(Forgetful, server, tmp_path.name)
    begin(opened(), PLAN)
    alone, workers = begin(Memory(), PLAN), [go_on(opened(), PLAN) for _ in range(2)]

    found = [workers[at % 2].meet([one])[0] for at, one in enumerate(came)]

    assert derived(found, CONTRACT).tobytes() != derived(alone.meet(came), CONTRACT).tobytes()
