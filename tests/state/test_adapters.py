"""One suite for every place that can hold the state."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fraud_assets.errors import ConflictError, DamagedStateError, StateError
from fraud_assets.state.acts.tidy import tidy
from fraud_assets.state.adapter import Adapter, Transaction, Work
from fraud_assets.state.adapters.embedded import Embedded
from fraud_assets.state.adapters.memory import Memory
from fraud_assets.state.adapters.remote import Remote
from fraud_assets.state.payment import Payment
from tests.data.features_support import contract_of
from tests.state.worlds import derived, state_of

HOUR = 3_600_000_000
CONTRACT = contract_of()
Open = Callable[[], Adapter]


@pytest.fixture(params=["memory", "embedded", "remote"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same place again and again."""
    if request.param == "memory":
        memory = Memory()
        return lambda: memory
    if request.param == "embedded":
        return lambda: Embedded(tmp_path / "state")
    url, name = request.getfixturevalue("server"), tmp_path.name + str(os.getpid())
    return lambda: Remote(url, name)


@pytest.fixture
def shared(opened: Open, request: pytest.FixtureRequest) -> Open:
    """The same where several processes can hold it."""
    if "memory" in request.node.name:
        pytest.skip("memory belongs to one process")
    return opened


def _walked(adapter: Adapter) -> dict[bytes, bytes]:
    found, cursor = {}, None
    while True:
        items = adapter.walk(cursor, 2)
        found |= dict(items.found)
        cursor = items.cursor
        if cursor is None:
            return found


def test_what_is_written_is_there_after_opening_again(opened: Open) -> None:
    """Values stay, deletions stay, and a walk meets each key."""
    first = opened()
    values = {b"a%d" % n: b"v%d" % n for n in range(7)}

    first.transact(lambda t: [t.put(key, value) for key, value in values.items()])
    first.transact(lambda t: t.delete(b"a3"))

    first.close()
    again = opened()
    del values[b"a3"]
    assert _walked(again) == values
    assert again.transact(lambda t: (t.get(b"a1"), t.get(b"a3"))) == (b"v1", None)
    assert again.bytes_used() > 0
    again.clear()
    assert _walked(again) == {}


def test_what_a_transaction_wrote_it_reads(opened: Open) -> None:
    """Reads inside see the writes before them, deletions included."""

    def work(t: object) -> list[bytes | None]:
        t.put(b"k", b"1")
        seen = [t.get(b"k"), t.glance(b"k")]
        t.delete(b"k")
        return [*seen, t.get(b"k")]

    assert opened().transact(work) == [b"1", b"1", None]


def test_a_transaction_that_fails_leaves_nothing(opened: Open) -> None:
    """What was written before the error is as if it had never been."""
    adapter = opened()

    def work(t: object) -> None:
        t.put(b"k", b"1")
        raise ConflictError("no")

    with pytest.raises(ConflictError):
        adapter.transact(work)

    assert adapter.transact(lambda t: t.get(b"k")) is None


def test_several_transactions_are_each_their_own(opened: Open) -> None:
    """One that fails leaves nothing and hinders no other; each sees those before it."""
    adapter = opened()

    def adding(t: object) -> int:
        t.put(b"n", b"%d" % (int(t.get(b"n") or b"0") + 1))
        return int(t.get(b"n"))

    def failing(t: object) -> int:
        t.put(b"n", b"100")
        t.delete(b"m")
        raise ConflictError("no")

    adapter.transact(lambda t: t.put(b"m", b"1"))
    works = [Work(one, [b"n", b"m"]) for one in (adding, failing, adding, adding)]

    first, refused, *others = adapter.transact_each(works)

    assert (first, *others) == (1, 2, 3)
    assert isinstance(refused, ConflictError)
    assert adapter.transact_each([]) == []
    assert adapter.transact(lambda t: (t.get(b"n"), t.get(b"m"))) == (b"3", b"1")


def test_a_group_comes_through_beside_a_faster_worker(server: str, tmp_path: Path) -> None:
    """One that writes the same key again before two of ours have run: ours go one by one."""
    ours, rival, run = Remote(server, tmp_path.name), Remote(server, tmp_path.name), []

    def adding(t: object) -> None:
        t.put(b"n", b"%d" % (int(t.get(b"n") or b"0") + 1))

    def slowly(t: object) -> None:
        adding(t)
        run.append(1)
        if len(run) % 2 == 0:
            rival.transact(adding)

    found = ours.transact_each([Work(slowly)] * 5)

    assert found == [None] * 5
    assert ours.transact(lambda t: t.get(b"n")) == b"%d" % (5 + len(run) // 2)


def test_a_script_that_the_server_lost_is_loaded_again(server: str, tmp_path: Path) -> None:
    """A server that was started anew, or told to forget its scripts, is asked once more."""
    adapter = Remote(server, tmp_path.name)
    adapter._client.script_flush()

    adapter.transact(lambda t: t.put(b"k", b"1"))

    assert Remote(server, tmp_path.name).transact(lambda t: t.get(b"k")) == b"1"


def _count(opened: Open, times: int, together: int) -> None:
    adapter = opened()

    def work(t: object) -> None:
        t.put(b"n", b"%d" % (int(t.get(b"n") or b"0") + 1))

    for _ in range(times // together):
        adapter.transact_each([Work(work)] * together)


def test_two_workers_lose_no_write(shared: Open) -> None:
    """Two processes add to one number: every addition counts."""
    fork = multiprocessing.get_context("fork")
    workers = [fork.Process(target=_count, args=(shared, 200, n)) for n in (1, 5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)

    assert [worker.exitcode for worker in workers] == [0, 0]
    fresh = shared()
    assert fresh.transact(lambda t: t.get(b"n")) == b"400"


def _payments(count: int, start: int = 0) -> list[Payment]:
    random = np.random.default_rng(7)
    return [
        Payment(
            f"p{start + at}",
            at * HOUR // 7,
            {"paid": float(random.integers(1, 10_000)) / 100},
            {"who": f"s{random.integers(3)}", "shop": f"d{random.integers(5)}"},
        )
        for at in range(count)
    ]


def test_every_place_answers_alike(opened: Open) -> None:
    """A few hundred payments over pages: the bits that memory gives."""
    came = _payments(300)

    found = state_of(CONTRACT, opened()).meet(came)

    expected = state_of(CONTRACT, Memory()).meet(came)
    assert derived(found, CONTRACT).tobytes() == derived(expected, CONTRACT).tobytes()


def test_an_id_with_other_content_is_refused_and_leaves_nothing(opened: Open) -> None:
    """The whole batch is refused; what came before stays as it was."""
    state, (one, two, other) = state_of(CONTRACT, opened()), _payments(3)
    state.meet([one])
    state.answered([(one, b"first")])
    forged = Payment(one.id, one.time, {"paid": 1.0}, one.values, one.times)

    with pytest.raises(ConflictError, match="came before with other content"):
        state.meet([two, forged])

    assert state.meet([one])[0].answer == b"first"
    assert derived(state.meet([other]), CONTRACT)[0].tobytes() == (
        derived(state_of(CONTRACT, Memory()).meet([one, other]), CONTRACT)[1].tobytes()
    )


def test_a_flipped_byte_is_never_served_from(opened: Open) -> None:
    """Every record has a check sum over its key and value."""
    adapter = opened()
    state, came = state_of(CONTRACT, adapter), _payments(4)
    state.meet(came)
    records = _walked(adapter)
    flipped = {key: value[:-1] + bytes([value[-1] ^ 1]) for key, value in records.items()}
    adapter.transact(lambda t: [t.put(key, value) for key, value in flipped.items()])

    with pytest.raises(DamagedStateError, match="must be as it was written"):
        state.meet(_payments(1, start=90))


def _meet_until_killed(opened: Open, acknowledged: str) -> None:
    state = state_of(CONTRACT, opened())
    with Path(acknowledged).open("a") as file:
        for payment in _payments(2_000):
            state.meet([payment])
            file.write(f"{payment.id}\n")
            file.flush()


def test_a_killed_worker_loses_nothing_that_it_acknowledged(shared: Open, tmp_path: Path) -> None:
    """Kill -9 in the middle of writing, five times: the replay over the rest agrees to the bit."""
    fork, log = multiprocessing.get_context("fork"), tmp_path / "acknowledged"
    log.touch()
    for turn in range(5):
        worker = fork.Process(target=_meet_until_killed, args=(shared, str(log)))
        before = log.stat().st_size
        worker.start()
        deadline = time.monotonic() + 60
        while (
            log.stat().st_size < before + 200 * (turn + 1)
            and worker.is_alive()
            and time.monotonic() < deadline
        ):
            time.sleep(0.002)
        worker.kill()
        worker.join()

    met = dict.fromkeys(log.read_text().split())
    state, came = state_of(CONTRACT, shared()), _payments(len(met) + 3)
    found = state.meet(came)

    expected = state_of(CONTRACT, Memory()).meet(came)
    assert derived(found, CONTRACT)[-1].tobytes() == derived(expected, CONTRACT)[-1].tobytes()


def test_a_server_that_is_not_there_is_one_sentence() -> None:
    """The sentence says what to do, and no password."""
    with pytest.raises(StateError, match=r"must answer within 2 s.*See to the server") as caught:
        Remote("redis://:secret@127.0.0.1:1/0", "x")

    assert "secret" not in str(caught.value)


def test_a_folder_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    """A file in the place of the folder is refused."""
    (tmp_path / "state").write_text("no folder")

    with pytest.raises(StateError, match="must be a folder that can be written"):
        Embedded(tmp_path / "state")


def test_a_full_state_is_one_sentence_and_keeps_what_it_has(tmp_path: Path) -> None:
    """The write that does not fit leaves nothing; the others stay."""
    adapter = Embedded(tmp_path / "state", largest=64 * 1024)
    adapter.transact(lambda t: t.put(b"k", b"1"))

    with pytest.raises(StateError, match="cannot be written"):
        adapter.transact(lambda t: [t.put(b"%d" % n, b"x" * 9000) for n in range(100)])

    assert adapter.transact(lambda t: t.get(b"k")) == b"1"


def test_times_far_apart_and_labels_stay_bounded(opened: Open) -> None:
    """What no window can reach is dropped, also of entities that never pay again."""
    adapter = opened()
    state = state_of(CONTRACT, adapter, pd.Timedelta(0).to_pytimedelta())
    state.meet([Payment(f"o{n}", n, {"paid": 1.0}, {"who": f"o{n}"}) for n in range(9)])
    for at in range(300):
        payment = Payment(f"q{at}", at * HOUR, {"paid": 1.0}, {"who": "a", "shop": "x"})
        state.meet([payment])

    cursor = tidy(state, None, 20)
    while cursor is not None:
        cursor = tidy(state, cursor, 20)

    kept = _walked(adapter)
    assert sum(map(len, kept.values())) < 6_000
    assert sum(key[:1] == b"I" for key in kept) < 15  # those of the last hours


def test_a_payment_that_another_worker_met_is_taken_for_no_new_one(
    server: str, tmp_path: Path
) -> None:
    """Its id was likely new; the answer is the first one all the same, and it counts once."""
    one = Payment("p1", HOUR, {"paid": 5.0}, {"who": "a", "shop": "b"})
    first, second = (state_of(CONTRACT, Remote(server, tmp_path.name)) for _ in range(2))
    asked: list[int] = []

    def answering(those: Sequence[tuple[int, object]]) -> list[bytes]:
        asked.extend(at for at, _ in those)
        return [b"answer %d" % len(asked)]

    met = first.meet([one], answering)
    again = second.meet([one], answering)

    assert met[0].answer is None
    assert again[0].answer == b"answer 1"
    later = Payment("p2", 2 * HOUR, {"paid": 5.0}, {"who": "a", "shop": "b"})
    alone = state_of(CONTRACT, Memory())
    alone.meet([one])
    assert second.meet([later])[0].features == pytest.approx(
        alone.meet([later])[0].features, nan_ok=True
    )


def test_values_of_two_moments_are_no_damage(server: str) -> None:
    """What raises upon what it remembered is run again where that no longer holds."""
    mine, other = (Remote(server, "two-moments") for _ in range(2))
    pair = (b"x", b"y")

    def put(value: bytes) -> Callable[[Transaction], None]:
        return lambda t: [t.put(key, value) for key in pair] and None

    def look(transaction: Transaction) -> bytes | None:
        found = {transaction.get(key) for key in pair}
        if len(found) > 1:
            raise DamagedStateError("they differ")
        return found.pop()

    mine.transact(put(b"1"))
    other.transact(put(b"2"))
    del mine._kept[b"y"]  # as when too many others came since

    assert mine.transact(look) == b"2"

    other.transact(lambda t: t.put(b"y", b"3"))
    with pytest.raises(DamagedStateError):
        mine.transact(look)
