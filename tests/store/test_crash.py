"""Kill -9 at every write step: the store holds the old or the new state, and is swept up."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Literal

import pytest

from fraud_assets.documents.signed.move import Move
from fraud_assets.errors import StoreError
from fraud_assets.store.store import Store
from tests.store.crash import Crash
from tests.store.stores import files, leftovers, metadata, promoted, released

Act = Literal["publish", "rollback", "override", "refuse"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="watches open files in /proc"),
]


def _serving(store: Store) -> str:
    now = store.current()
    assert now is not None
    return now.version


def _publish(store: Store) -> None:
    staged = store.stage(files("new"), metadata())
    store.restage(staged, files("proven"), metadata())
    released(store, staged, actor="graph", reason="a week")


def _rollback(store: Store) -> None:
    moves = store.history()
    back = moves[0].version if moves[-1].version != moves[0].version else moves[1].version
    store.rollback(back, actor="on call", reason="alerts doubled")


def _override(store: Store) -> None:
    refused = next(v for v in store.refused_versions() if v not in store.versions())
    store.override(refused, actor="a", reason="outage")


def _offer(store: Store, act: Act) -> None:
    """See to it that there is something to override."""
    if act == "override" and set(store.refused_versions()) <= set(store.versions()):
        _refuse(store)


def _refuse(store: Store) -> None:
    store.refuse(files("bad"), metadata(decision="refuse"), reason="recall 0.81")


ACTS: dict[Act, Callable[[Store], None]] = {
    "publish": _publish,
    "rollback": _rollback,
    "override": _override,
    "refuse": _refuse,
}


def _crashing(store: Store, act: Act, crash: Crash, end: Connection) -> None:
    crash.arm()
    ACTS[act](store)
    end.send(crash.steps)


def _polling(store: Store, stop: Event, end: Connection) -> None:
    """Read whatever is visible, over and over; every version seen must verify."""
    polls, seen, faults = 0, set[str](), list[str]()
    while not stop.is_set():
        polls += 1
        try:
            pointer = store.current()
            assert pointer is not None
            seen.add(store.verify(pointer).version)
            for version in store.versions()[-3:]:
                store.verify(version)
            for version in store.refused_versions()[-1:]:
                store.verify_refused(version)
        except (StoreError, AssertionError) as error:
            faults.append(str(error))
        time.sleep(0.002)
    end.send((polls, len(seen), faults))


def _run(
    processes: ForkServerContext, store: Store, act: Act, at: int | None, *, is_torn: bool = False
) -> list[str] | None:
    """The steps of a run to its end, or None where it was killed."""
    near, far = processes.Pipe()
    crash = Crash(store.root.parent, at, is_torn=is_torn)
    process = processes.Process(target=_crashing, args=(store, act, crash, far))
    process.start()
    far.close()
    process.join(timeout=60)
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return near.recv() if process.exitcode == 0 else None


def _assert_sound(store: Store, before: list[Move]) -> bool:
    """Everything visible verifies; returns whether production moved, by one move at most."""
    after = store.history()
    assert after[: len(before)] == before
    assert len(after) - len(before) in (0, 1)
    assert after[-1] == store.current()
    assert store.verify(after[-1]).version == after[-1].version
    for version in store.versions():
        store.verify(version)
    for version in store.refused_versions():
        store.verify_refused(version)
    return len(after) > len(before)


@pytest.mark.parametrize("act", list(ACTS))
def test_kill_at_every_step(store: Store, processes: ForkServerContext, act: Act) -> None:
    """At whichever step a writer is killed, the store verifies and the next run sweeps up.

    A reader that polls throughout never sees half a version.
    """
    for mark in "12":
        promoted(store, mark)
    refused = store.refuse(files("a"), metadata(decision="refuse"), reason="r")
    steps = _run(processes, store, act, None)
    assert steps is not None
    stop, (near, far) = processes.Event(), processes.Pipe()
    reader = processes.Process(target=_polling, args=(store, stop, far), daemon=True)
    reader.start()
    kills = [(at, False) for at in range(len(steps))]
    kills += [(at, True) for at, step in enumerate(steps) if step == "write"]
    moved = finished = 0
    for at, is_torn in kills:
        before, visible = store.history(), store.versions()
        _offer(store, act)
        assert _run(processes, store, act, at, is_torn=is_torn) is None
        has_moved = _assert_sound(store, before)
        done = store.sweep()
        has_finished = _assert_sound(store, before) and not has_moved
        assert leftovers(store) == []
        assert set(store.versions()) - set(visible) <= {_serving(store)}, "an orphan"
        assert not has_finished or any(note.startswith("finished") for note in done)
        moved, finished = moved + has_moved, finished + has_finished
    before = store.history()
    _offer(store, act)
    whole = _run(processes, store, act, len(steps))
    assert whole is not None
    assert len(whole) == len(steps), "a step that was never killed at"
    stop.set()
    assert near.poll(60)
    polls, seen, faults = near.recv()
    reader.join(timeout=30)

    assert faults == []
    assert polls > 20
    assert _assert_sound(store, before) == (act != "refuse")
    assert (moved + finished > 0) == (act != "refuse")
    assert refused in store.refused_versions()
    _assert_oracle_agrees(store)
    print(  # noqa: T201 - the measured counts, shown by pytest -s
        f"{act}: {len(steps)} steps, {len(kills)} kills; afterwards {moved} had moved, {finished} "
        f"were finished by the next run; {polls} polls saw {seen} versions serve"
    )


def _assert_oracle_agrees(store: Store) -> None:
    """model-signing's command accepts what serves."""
    folder = store.root / _serving(store)
    command = [sys.executable, "-m", "model_signing", "verify", "key", str(folder)]
    keys = ["--signature", str(folder / "model.sig"), "--public_key", str(store.keys.public)]
    subprocess.run([*command, *keys], check=True, capture_output=True, timeout=60)
