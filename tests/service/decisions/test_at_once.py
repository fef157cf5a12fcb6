"""A payment, its answer and its record belong together, whatever refuses and whoever is killed."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from fraud_assets.decisions.log import LogSettings, open_log
from fraud_assets.decisions.log.clock import Clock
from fraud_assets.decisions.reading import read_decisions, read_labels
from fraud_assets.decisions.verify import verify_log
from fraud_assets.errors import RecordError, StateError
from fraud_assets.payments.kept import plan_for
from fraud_assets.service.decisions.decider import Decider
from fraud_assets.service.decisions.desk import Desk
from fraud_assets.service.decisions.gathering import Waiting, answers_to
from fraud_assets.service.decisions.keeping import Keeping
from fraud_assets.service.decisions.labelling import take_labels
from fraud_assets.service.metrics import ServiceMetrics
from fraud_assets.service.settings import ServiceSettings
from fraud_assets.service.versions.holder import Holder
from fraud_assets.state.opening import begin, close, open_adapter
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from tests.decisions.plain import decision
from tests.service.decisions.test_decisions import CONTRACT, payment
from tests.service.stores import new_store, promote
from tests.waiting import wait_until

ROOT = Path(__file__).parents[3]
DAY = 86_400_000_000
SYNC, WINDOW = LogSettings(sync=True), LogSettings(window_seconds=0.01)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store whose version carries its contract."""
    made = new_store(tmp_path_factory.mktemp("store"))
    promote(made, "gradient_boosting", {"contract.toml": CONTRACT.encode()})
    return made


def desk_of(store: Store, folder: Path, settings: LogSettings) -> Desk:
    """What one worker decides with, on the state and the record in `folder`; no server."""
    models, keys, place = str(store.root), store.keys.folder, str(folder / "state")
    holder = Holder.start(ServiceSettings(models=models, keys=keys), ServiceMetrics())
    desk = Desk(holder, place, Keeping(folder / "log", settings))
    if not (folder / "state").exists():
        contract = holder.served.contract
        assert contract is not None
        close(begin(open_adapter(place, contract.name), plan_for(contract)))
    return desk


def decided(decider: Decider, *numbers: int, **changes: Any) -> list[dict[str, Any]]:
    """The answers to payments of those numbers, before anything is settled."""
    raws = [payment(number, **changes) for number in numbers]
    return [json.loads(answer) for answer in decider.decide(raws, always=False)]


async def settle(desk: Desk) -> None:
    """What a route does before it answers with `--record-sync`."""
    waiting = desk.keeping.unsettled.all()
    await desk.keeping.settled()
    desk.decider().keep(waiting)


def let_go(desk: Desk) -> None:
    """The worker is gone, and its locks with it; what it had not flushed is lost."""
    desk.keeping.close()
    if desk._adapter is not None:
        desk._adapter.close()


def test_a_batch_that_holds_a_payment_twice_decides_on_it_once(store: Store, tmp_path: Path):
    """Whether the answer waits for the disk or not: one entry, the second answer says repeated."""
    for settings in (WINDOW, SYNC):
        folder = tmp_path / str(settings.sync)
        folder.mkdir()
        desk = desk_of(store, folder, settings)

        first, second, again = decided(desk.decider(), 0, 1, 0)
        asyncio.run(settle(desk))
        (later,) = decided(desk.decider(), 1)
        let_go(desk)

        assert again == first | {"repeated": True}
        assert later == second | {"repeated": True}
        assert len(read_decisions(folder / "log")) == 2


def test_of_payments_that_come_together_one_that_is_refused_hinders_no_other(
    store: Store, tmp_path: Path
):
    """Each gets the answer that it would get alone, and those decided on are on record once."""
    desk = desk_of(store, tmp_path, WINDOW)
    raws = [payment(0), payment(1), payment(0, amount=1.0), payment(2, amount=-1.0), payment(0)]
    bodies = [*(json.dumps(raw).encode() for raw in raws), b"no JSON", json.dumps(raws[1]).encode()]

    found = answers_to(desk, [Waiting(body, False, "", 0.0, print) for body in bodies])
    let_go(desk)

    assert not any(isinstance(one, Exception) for one in found)
    assert [one[0] for one in found] == [200, 200, 409, 422, 200, 422, 200]
    first, second, _, _, again, _, later = [json.loads(one[1]) for one in found]
    assert [first["features"]["count"], second["features"]["count"]] == [1, 2]
    assert [again, later] == [first | {"repeated": True}, second | {"repeated": True}]
    kept = verify_log(tmp_path / "log")
    assert (kept.decisions, kept.missing) == (2, 0)


def test_a_payment_is_on_record_as_it_was_sent(store: Store, tmp_path: Path):
    """Its own bytes, whatever its white space; never a column that the contract does not name."""
    desk = desk_of(store, tmp_path, WINDOW)
    raws = [payment(number) for number in range(5)]
    raws[3]["chain"] = ["ETH"]
    texts = [
        json.dumps(raws[0]),
        json.dumps(raws[1], indent=2),
        json.dumps(raws[2] | {"note": "none of yours"}),
        json.dumps(raws[3]),
        json.dumps(raws[4]) + " " * 5000,
    ]

    found = answers_to(desk, [Waiting(text.encode(), False, "", 0.0, print) for text in texts])
    many = desk.decider().decide([payment(5)], always=False)
    let_go(desk)

    kept = {one.payment_id: one for one in read_decisions(tmp_path / "log")}
    expected = [*raws[:3], raws[3] | {"chain": "['ETH']"}, raws[4], payment(5)]
    assert [one.payment for one in kept.values()] == expected
    answers = [*(one[1] for one in found if not isinstance(one, Exception)), *many]
    data = b"".join(path.read_bytes() for path in (tmp_path / "log" / "w0").glob("*.log"))
    assert all(answer in data for answer in answers)
    assert texts[0].encode() in data
    assert b"none of yours" not in data
    assert texts[3].encode() not in data
    assert len(data) < 5000


def test_what_cannot_be_recorded_leaves_nothing_in_the_state(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """An entry that would not be read back fails the transaction; asked again it is the first."""
    desk = desk_of(store, tmp_path, WINDOW)
    decider = desk.decider()
    with monkeypatch.context() as patch:
        patch.setattr(
            "fraud_assets.service.decisions.draft.demand_numbers",
            lambda *_: (_ for _ in ()).throw(RecordError("no entry")),
        )
        with pytest.raises(RecordError):
            decided(decider, 0, 1)

    told = decided(decider, 0, 1)
    let_go(desk)

    assert not any("repeated" in one for one in told)
    assert [one["features"]["count"] for one in told] == [1, 2]
    found = verify_log(tmp_path / "log")
    assert (found.decisions, found.missing) == (2, 0)


def test_a_state_that_refuses_ends_the_promise(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """No decision was made, so none is missing: the next process declares no loss."""
    desk = desk_of(store, tmp_path, WINDOW)
    decider = desk.decider()

    def refuse(*_: object) -> None:
        raise StateError("full")

    with monkeypatch.context() as patch:
        patch.setattr(decider.state.adapter, "transact_each", refuse)
        with pytest.raises(StateError):
            decided(decider, 0)
    decided(decider, 1)
    let_go(desk)

    desk = desk_of(store, tmp_path, WINDOW)
    decided(desk.decider(), 2)
    assert desk.keeping.status is not None
    assert desk.keeping.status.lost == 0
    let_go(desk)
    assert verify_log(tmp_path / "log").missing == 0


def test_with_sync_no_answer_is_repeated_that_is_not_on_record(store: Store, tmp_path: Path):
    """Killed between decision and flush, the next process decides again and records that."""
    places = [str(store.root), str(store.keys.folder), str(tmp_path)]
    killed = subprocess.run([sys.executable, "-m", __name__, *places], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL

    desk = desk_of(store, tmp_path, SYNC)
    (told,) = decided(desk.decider(), 0)
    asyncio.run(settle(desk))
    let_go(desk)

    assert "repeated" not in told
    assert told["features"]["count"] == 1
    assert [one.decision_id for one in read_decisions(tmp_path / "log")] == [told["decision_id"]]


def test_with_sync_what_is_on_record_and_was_not_answered_is_the_answer(
    store: Store, tmp_path: Path
):
    """Killed between flush and answer, whoever gets the payment next finds it on record."""
    desk = desk_of(store, tmp_path, SYNC)
    first, _ = decided(desk.decider(), 0, 1)
    asyncio.run(desk.keeping.settled())
    let_go(desk)

    desk = desk_of(store, tmp_path, SYNC)
    (told,) = decided(desk.decider(), 0)
    asyncio.run(settle(desk))
    (again,) = decided(desk.decider(), 0)
    let_go(desk)

    assert told == again == first | {"repeated": True}
    assert len(read_decisions(tmp_path / "log")) == 2


def test_scores_of_decisions_are_counted_as_those_of_predict(store: Store, tmp_path: Path):
    """In the histogram and, where flagged, in the counter; a repeated payment counts once."""
    desk = desk_of(store, tmp_path, WINDOW)

    told = decided(desk.decider(), 0, 1, 1)
    let_go(desk)

    numbers = desk.holder.metrics.numbers
    assert sum(numbers.scores) == 2
    assert numbers.flagged == sum(one["is_flagged"] for one in told[:2])


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """A disk of the record that takes nothing while its list holds anything."""
    held: list[bool] = []
    pwrite = os.pwrite

    def write(descriptor: int, data: bytes, at: int) -> int:
        if held:
            raise OSError(errno.ENOSPC, "No space left on device")
        return pwrite(descriptor, data, at)

    monkeypatch.setattr(os, "pwrite", write)
    return held


def test_on_a_full_disk_no_payment_enters_the_state(store: Store, tmp_path: Path, full: list[bool]):
    """Refused in one sentence; once there is room it is decided as at its first coming."""
    desk = desk_of(store, tmp_path, WINDOW)
    decided(desk.decider(), 0)
    full.append(True)
    decided(desk.decider(), 1)  # the disk is not known to be full yet
    wait_until(lambda: desk.keeping.status.sentence != "")

    with pytest.raises(RecordError, match=r"^Cannot keep decisions in .*: the disk is full"):
        decided(desk.decider(), 2)

    full.clear()
    wait_until(lambda: desk.keeping.status.sentence == "")
    (told,) = decided(desk.decider(), 2)
    let_go(desk)
    assert "repeated" not in told
    assert told["features"]["count"] == 3
    found = verify_log(tmp_path / "log")
    assert (found.decisions, found.missing) == (3, 0)


def test_on_a_full_disk_decisions_go_on_and_are_counted_where_that_is_wanted(
    store: Store, tmp_path: Path, full: list[bool]
):
    """Each is answered; those that could not wait are missing by number, in status and record."""
    settings = LogSettings(window_seconds=0.01, when_failing="count", most_waiting=2)
    desk = desk_of(store, tmp_path, settings)
    desk.keeping.promise(desk.decider().contract, 0)  # opened while the disk still writes
    full.append(True)

    told = [decided(desk.decider(), number)[0] for number in range(5)]

    wait_until(lambda: desk.keeping.status.sentence != "")
    assert [one["features"]["count"] for one in told] == [1, 2, 3, 4, 5]
    assert desk.keeping.status.missing == 3
    full.clear()
    wait_until(lambda: desk.keeping.status.sentence == "")
    let_go(desk)
    found = verify_log(tmp_path / "log")
    assert (found.decisions, found.missing) == (2, 3)


def test_a_clock_that_goes_back_is_refused_or_passed_by_policy(store: Store, tmp_path: Path):
    """Far behind the record: one sentence and no decision, or decisions whose times stand still."""
    ahead = open_log(tmp_path / "log", clock=Clock(wall=lambda: time.time_ns() // 1000 + DAY))
    newest = ahead.now()
    ahead.record(decision(decision_id=ahead.next_id(), decided_at=newest))
    ahead.close()

    desk = desk_of(store, tmp_path, WINDOW)
    with pytest.raises(RecordError, match=r"^The clock is 86,\d{3} s behind the newest time on"):
        decided(desk.decider(), 0)
    let_go(desk)

    desk = desk_of(store, tmp_path, LogSettings(window_seconds=0.01, when_failing="count"))
    (told,) = decided(desk.decider(), 0)
    let_go(desk)
    assert told["features"]["count"] == 1
    assert all(one.decided_at >= newest for one in read_decisions(tmp_path / "log"))


if __name__ == "__main__":
    _models, _keys, _folder = map(Path, sys.argv[1:])
    _desk = desk_of(Store(_models, Keys(_keys)), _folder, SYNC)

    def _die(*_: object) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    _decider = _desk.decider()
    _desk.keeping.promise(_decider.contract, 0)  # opened while the disk still writes
    os.pwrite = _die  # the entry never reaches the disk
    decided(_decider, 0)
    asyncio.run(settle(_desk))


def test_a_label_is_on_record_before_the_state_has_it(store: Store, tmp_path: Path, monkeypatch):
    """A service that is killed before the flush leaves none behind that would say "repeated"."""
    desk = desk_of(store, tmp_path, SYNC)
    decided(desk.decider(), 0, 1)
    asyncio.run(settle(desk))
    label = {"payment_id": payment(0)["id"], "is_fraud": True, "known_at": None}
    body = json.dumps({"labels": [label, label]}).encode()

    async def killed(_: Keeping) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(Keeping, "settled", killed)
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(take_labels(desk, body, "key"))
    told = [json.loads(asyncio.run(take_labels(desk, body, "key"))) for _ in range(2)]
    let_go(desk)

    assert told[0] == {"accepted": 1, "repeated": 1, "unknown": []}
    assert told[1] == {"accepted": 0, "repeated": 2, "unknown": []}
    assert [one.payment_id for one in read_labels(tmp_path / "log")] == [label["payment_id"]] * 2
