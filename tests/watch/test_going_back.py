"""Going back on an alarm: killed at any write, by two monitors, under load, in turning worlds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
import time_machine

from fraud_assets.contract import load_contract
from fraud_assets.decisions.log import open_log
from fraud_assets.documents.decision import Label
from fraud_assets.store.store import Store
from fraud_assets.watch.once import Look, look
from fraud_assets.watch.react import go_back
from tests.decisions.entries import decision
from tests.service.stores import PAYMENT, new_store, promote, serving
from tests.store.crash import Crash

DAY = 86_400
FRAUDS = 250
FAMILIES = ("logistic_regression", "gradient_boosting", "hist_gradient_boosting")


class Turning:
    """A store and a record under a clock that goes on with the decisions."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store, self.made = folder, new_store(folder), 0
        self.now = datetime(2035, 1, 1, tzinfo=UTC).timestamp()
        self.clock = time_machine.travel(self.now, tick=False)

    def __enter__(self) -> Turning:
        self.moving = self.clock.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.clock.stop()

    def go_on(self, seconds: float) -> None:
        self.now += seconds
        self.moving.move_to(self.now)

    def promote(self) -> str:
        self.go_on(60)
        return promote(self.store, FAMILIES[len(self.store.versions())])

    def decide(self, recall: float) -> None:
        """What serves decides on frauds for some days; their labels come and mature."""
        version, random = self.store.current().version, np.random.default_rng(self.made)
        log = open_log(self.folder / "decisions")
        self.go_on(60)
        for _ in range(FRAUDS):
            self.made += 1
            self.go_on(DAY / 25)
            at = int(self.now * 1e6)
            log.record(
                decision(
                    decision_id=log.next_id(), payment_id=f"p{self.made}", event_time=at,
                    decided_at=at, version=version,
                    payment={"sender_address": f"s{self.made}", "amount_usd": 10.0},
                    is_flagged=bool(random.random() < recall),
                )
            )  # fmt: skip
            log.record(
                Label(payment_id=f"p{self.made}", is_fraud=True, known_at=at, received_at=at)
            )
        log.close()
        self.go_on(20 * DAY)

    def look(self) -> Look:
        return look(load_contract(), self.store, self.folder / "decisions")

    def monitor(self) -> str:
        found = self.look()
        return go_back(found.document, found.moves, self.store)


def accused(folder: Path) -> tuple[Store, Look, str]:
    """A good version, then one that is called bad and serves."""
    with Turning(folder) as world:
        good = world.promote()
        world.decide(0.95)
        world.promote()
        world.decide(0.5)
        found = world.look()
    assert found.document.alarmed
    return world.store, found, good


def test_a_world_that_turns_on_each_version_makes_no_two_take_turns(tmp_path: Path) -> None:
    """Each falls once it serves: production goes back over each once, and then stays.

    The accused one returns by a promotion of its own, and is watched anew.
    """
    with Turning(tmp_path) as world:
        versions = []
        for _ in FAMILIES:
            versions.append(world.promote())
            world.decide(0.95)
        said = []
        for _ in range(6):
            world.decide(0.4)
            said.append(world.monitor())
        moves = world.store.history(is_thorough=True)
        assert [m.version for m in moves[3:]] == [versions[1], versions[0]]
        assert {m.kind for m in moves[3:]} == {"rollback"}
        assert all("stays" in sentence for sentence in said[2:])

        world.store.override(versions[2], actor="on call", reason="mended")
        world.decide(0.95)

        assert "No alarm" in world.monitor()
        assert world.store.current().version == versions[2]


def _killed(store: Store, found: Look, crash: Crash) -> None:
    crash.arm()
    go_back(found.document, found.moves, store)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="watches open files in /proc")
def test_killed_at_each_write_there_is_one_signed_move_or_none(tmp_path: Path) -> None:
    """And the next monitor makes it where there is none."""
    context, at, done = get_context("fork"), 0, False
    made, seen, good = accused(tmp_path / "made")
    while not done:
        store, found = made, seen
        crash = Crash(store.root.parent, at)
        process = context.Process(target=_killed, args=(store, found, crash))
        process.start()
        process.join(timeout=60)
        assert process.exitcode in (0, -signal.SIGKILL)
        done = process.exitcode == 0
        moves = store.history(is_thorough=True)
        assert len(moves) - len(seen.moves) in (0, 1)
        assert moves[-1] == store.current()
        said = go_back(found.document, found.moves, store)
        moves = store.history(is_thorough=True)
        assert [m.version for m in moves[len(seen.moves) :]] == [good], said
        # The accused one serves again, by a move of its own, for the next kill.
        store.override(seen.moves[-1].version, actor="test", reason="again")
        seen = Look(seen.document, store.history())
        at += 1
    assert at > 10


@pytest.mark.slow
def test_two_monitors_as_processes_make_one_move(tmp_path: Path) -> None:
    """Both commands see the alarm and end with 1; production moved once."""
    store, found, good = accused(tmp_path)
    contract = tmp_path / "contract.toml"
    contract.write_text(load_contract().text + '\n[live]\nrollback = "alarm"\n')
    environment = {
        **os.environ,
        "FRAUD_ASSETS_CONTRACT": str(contract),
        "FRAUD_ASSETS_MODELS": str(store.root),
        "FRAUD_ASSETS_KEYS": str(store.keys.folder),
        "FRAUD_ASSETS_DECISIONS": str(tmp_path / "decisions"),
    }
    until = found.document.until
    monitors = [
        subprocess.Popen(
            [sys.executable, "-m", "fraud_assets", "monitor", "--until", until,
             "--out", str(tmp_path / f"page{number}")],
            env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        )
        for number in range(2)
    ]  # fmt: skip
    said = [monitor.communicate(timeout=120)[1] for monitor in monitors]

    moves = store.history(is_thorough=True)
    assert [m.version for m in moves[len(found.moves) :]] == [good], said
    assert {monitor.returncode for monitor in monitors} <= {0, 1}
    assert any("moved back" in sentence for sentence in said)


@pytest.mark.slow
def test_going_back_under_load_fails_no_request(tmp_path: Path) -> None:
    """Every answer is a version's own, and the good one serves within a second or so."""
    store, found, good = accused(tmp_path)
    bad, answers, stop = found.moves[-1].version, [], threading.Event()

    with serving(store) as server:

        def ask() -> None:
            while not stop.is_set():
                answers.append(server.ask("/predict", PAYMENT))

        callers = [threading.Thread(target=ask) for _ in range(3)]
        for caller in callers:
            caller.start()
        assert "moved back" in go_back(found.document, found.moves, store)
        server.wait_for(good)
        stop.set()
        for caller in callers:
            caller.join()
        last = server.ask("/predict", PAYMENT)[1]

    assert {status for status, _ in answers} == {200}
    by_version = {told["model_version"]: told["fraud_probability"] for _, told in answers}
    assert set(by_version) <= {good, bad}
    assert last["model_version"] == good
    assert all(
        told["fraud_probability"] == by_version[told["model_version"]] for _, told in answers
    )
