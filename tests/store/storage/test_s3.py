"""A store on a real S3 server: races, kills, tampering, and a service that follows it."""

from __future__ import annotations

import os
import secrets
import signal
import threading
import time
import uuid
from collections.abc import Mapping
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Barrier, Event

import pytest

from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store.journal.record import move_line
from fraud_assets.store.keys import Keys
from fraud_assets.store.storage.kinds.s3 import S3
from fraud_assets.store.storage.objects.place import Objects
from fraud_assets.store.storage.registry import storage_at
from fraud_assets.store.store import Store, stores_under
from tests.service import stores as service
from tests.store.storage.loose import loose_server
from tests.store.storage.servers import BUCKET, KEYS, S3Server, s3_server
from tests.store.stores import accept, files, metadata, promoted, released
from tests.waiting import wait_until


@pytest.fixture
def store(s3: S3Server, keys: Keys) -> Store:
    """An empty one on the running server."""
    return Store(f"s3://{BUCKET}/{uuid.uuid4().hex}", keys)


def objects(store: Store) -> Objects:
    storage = storage_at(store.root)
    assert isinstance(storage, Objects)
    return storage


def keys_of(store: Store) -> list[str]:
    return [found.key for found in objects(store).client.found("")]


def copy_of_pointer(store: Store) -> bytes:
    """As a reader who is not of this package gets it."""
    return b"".join(objects(store).client.chunks("latest.json"))


def overwrite(store: Store, key: str, data: bytes) -> None:
    """As somebody does who may write the bucket but has no signing key."""
    client = objects(store).client
    client.delete(key)
    assert client.create(key, data)


def test_what_is_stored_is_what_the_folder_has(store: Store) -> None:
    """A version's files by name, a numbered object for each move, the pointer's copy; no more."""
    first, second = promoted(store, "1"), promoted(store, "2")

    names = [*files(), "metadata.json", "model.sig"]
    versions = {f"{move.version}/{name}" for move in (first, second) for name in names}
    moves = {"promotions/000001.json", "promotions/000002.json", "latest.json"}
    assert set(keys_of(store)) == versions | moves
    assert copy_of_pointer(store) == move_line(second)


def test_a_copy_of_the_pointer_that_lags_is_mended_by_the_next_writer(store: Store) -> None:
    """Nobody here reads it: what serves is the last move, whatever the copy says."""
    first, second = promoted(store, "1"), promoted(store, "2")
    overwrite(store, "latest.json", move_line(first))

    assert store.current() == second
    store.sweep()

    assert copy_of_pointer(store) == move_line(second)


def test_several_contracts_lie_under_one_url(store: Store) -> None:
    """A store each, below the prefix; what belongs to a store itself is none."""
    alpha, beta = (Store(f"{store.root}/{name}", store.keys) for name in ("alpha", "beta"))
    promoted(alpha, contract={"name": "alpha", "digest": "0" * 64})
    promoted(beta, contract={"name": "beta", "digest": "0" * 64})

    assert stores_under(store.root) == [alpha.root, beta.root]
    assert stores_under(alpha.root) == [alpha.root]
    assert (alpha.owner(), beta.owner()) == ("alpha", "beta")


@pytest.mark.slow
def test_one_service_answers_for_each_contract_under_one_url(store: Store) -> None:
    """As it does for the stores of one folder."""
    for name, family in (("alpha", "gradient_boosting"), ("beta", "logistic_regression")):
        own = Store(f"{store.root}/{name}", store.keys)
        service.promote(own, family, contract={"name": name, "digest": "0" * 64})

    with service.serving(store, wait=120) as server:
        found = {
            name: server.ask(f"/contracts/{name}/predict", service.PAYMENT)
            for name in ("alpha", "beta")
        }

    assert {status for status, _ in found.values()} == {200}
    assert found["alpha"][1]["model_version"] != ""
    assert found["alpha"][1]["fraud_probability"] != found["beta"][1]["fraud_probability"]


@pytest.mark.parametrize("name", ["pipeline.joblib", "metadata.json", "model.sig"])
def test_a_changed_object_is_refused_and_named(store: Store, name: str) -> None:
    """Verified before anything is loaded."""
    version = promoted(store).version
    overwrite(store, f"{version}/{name}", b"{}")

    with pytest.raises(TrustError, match=name.replace(".", r"\.")):
        store.verify(version)


def test_an_added_object_is_refused(store: Store) -> None:
    """It was never signed."""
    version = promoted(store).version
    overwrite(store, f"{version}/evil.py", b"")

    with pytest.raises(TrustError, match=r"evil\.py was never signed"):
        store.verify(version)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_move_that_was_taken_out_is_noticed(store: Store, number: int) -> None:
    """In the middle by the chain, at the end by what this machine has seen."""
    for mark in "123":
        promoted(store, mark)
    objects(store).client.delete(f"promotions/{number:06d}.json")

    with pytest.raises(TrustError, match=r"does not follow|was seen before"):
        store.current()


def test_a_server_that_does_not_answer_is_one_sentence(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without credentials in it."""
    pytest.importorskip("obstore")
    monkeypatch.setattr("fraud_assets.store.storage.kinds.s3._PATIENCE", timedelta(seconds=1))
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{service.free_port()}")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")

    with pytest.raises(StoreError, match=r"Cannot read s3://nobody/") as refused:
        Store(f"s3://nobody/{uuid.uuid4().hex}", keys).current()
    assert "very-secret" not in str(refused.value)
    with pytest.raises(StoreError, match="without user or password"):
        Store("s3://ada:secret@bucket/x", keys).current()


def test_a_server_that_is_away_for_seconds_is_waited_for(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It refuses connections meanwhile, so that each try fails at once."""
    pytest.importorskip("obstore")
    port = service.free_port()
    for name, value in {**KEYS, "AWS_REGION": "x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    done, away = threading.Event(), 6.0

    def come_back() -> None:
        time.sleep(away)
        with loose_server(port):
            done.wait(60)

    server = threading.Thread(target=come_back)
    began = time.monotonic()
    server.start()
    found = Store(f"s3://{BUCKET}/{uuid.uuid4().hex}", keys).history()
    took = time.monotonic() - began
    done.set()
    server.join()

    assert found == []
    assert took >= away


def _promoter(
    variables: Mapping[str, str], root: str, keys: Keys, barrier: Barrier, end: Connection
) -> None:
    """Each round: judge against what serves, meet at the barrier, release; say how it ended."""
    os.environ.update(variables)
    store = Store(root, keys)
    for _ in range(end.recv()):
        now = store.current()
        staged = store.stage(files(str(os.getpid())), metadata())
        barrier.wait(timeout=120)
        expected = now.version if now else None
        try:
            store.release(staged, expected=expected, actor="x", reason="race", judge=accept)
            end.send("moved")
        except StoreError as error:
            end.send(str(error))
        store.discard(staged)
        barrier.wait(timeout=120)


@pytest.mark.slow
@pytest.mark.parametrize("rounds", [50])
def test_of_two_promotions_at_once_one_moves(
    s3: S3Server, store: Store, processes: ForkServerContext, rounds: int
) -> None:
    """The other is told so, and leaves nothing behind; log and pointer agree."""
    barrier, ends = processes.Barrier(2), [processes.Pipe() for _ in range(2)]
    promoters = [
        processes.Process(
            target=_promoter, args=(s3.variables, store.root, store.keys, barrier, far), daemon=True
        )
        for _, far in ends
    ]
    for promoter, (near, _) in zip(promoters, ends, strict=True):
        promoter.start()
        near.send(rounds)
    outcomes = []
    for _ in range(rounds):
        assert all(near.poll(120) for near, _ in ends)
        outcomes.append([near.recv() for near, _ in ends])
    for promoter in promoters:
        promoter.join(timeout=60)

    assert [pair.count("moved") for pair in outcomes] == [1] * rounds, outcomes
    moves = store.history(is_thorough=True)
    assert len(moves) == rounds
    assert store.versions() == sorted(move.version for move in moves)
    assert all(store.verify(move).version for move in moves)
    assert not [key for key in keys_of(store) if key.startswith("staging/")]


def _publishing(
    variables: Mapping[str, str], root: str, keys: Keys, at: int, is_after: bool
) -> None:
    """Publish, killed before or after the n-th request that writes."""
    os.environ.update(variables)
    written = 0

    def killing(call):
        def request(*args):
            nonlocal written
            if written == at and not is_after:
                os.kill(os.getpid(), signal.SIGKILL)
            found = call(*args)
            if written == at and is_after:
                os.kill(os.getpid(), signal.SIGKILL)
            written += 1
            return found

        return request

    for name in ("create", "replace", "delete"):
        setattr(S3, name, killing(getattr(S3, name)))
    store = Store(root, keys)
    released(store, store.stage(files("new"), metadata()))


@pytest.mark.slow
@pytest.mark.parametrize("is_after", [False, True])
def test_kill_at_every_request_that_writes(
    s3: S3Server,
    store: Store,
    processes: ForkServerContext,
    monkeypatch: pytest.MonkeyPatch,
    is_after: bool,
) -> None:
    """Nothing half is visible, the next writer goes on, and a later sweep removes what was left."""
    promoted(store, "1")
    for at in range(100):
        before = store.history()
        process = processes.Process(
            target=_publishing, args=(s3.variables, store.root, store.keys, at, is_after)
        )
        process.start()
        process.join(timeout=120)
        assert process.exitcode in (0, -signal.SIGKILL)

        after = store.history(is_thorough=True)
        assert after[: len(before)] == before
        assert len(after) - len(before) in (0, 1)
        assert all(store.verify(version).version == version for version in store.versions())
        assert store.verify(after[-1]).version == store.current().version
        with monkeypatch.context() as patch:
            patch.setattr("fraud_assets.store.storage.objects.making.LEASE", timedelta(0))
            store.sweep()
        assert store.versions() == sorted(move.version for move in after)
        kept = {"promotions", "latest.json", *store.versions()}
        assert {key.partition("/")[0] for key in keys_of(store)} == kept
        assert copy_of_pointer(store) == move_line(after[-1])
        if process.exitcode == 0:
            break
    assert at > 8


@pytest.mark.slow
def test_a_service_follows_and_outlives_the_server(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes each promotion, answers while the server is gone, and goes on when it is back."""
    keys = Keys(tmp_path_factory.mktemp("keys") / "pair").ensure()
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        for name, value in server.variables.items():
            monkeypatch.setenv(name, value)
        store = Store(f"s3://{BUCKET}/{uuid.uuid4().hex}", keys)
        first = service.promote(store, "logistic_regression")
        with service.serving(store, wait=120) as running:
            assert running.ask("/health")[1]["model_version"] == first
            second = service.promote(store, "gradient_boosting")
            running.wait_for(second)
            server.kill()
            statuses = [running.ask("/predict", service.PAYMENT)[0] for _ in range(50)]
            server.start()
            third = service.promote(store, "logistic_regression")
            running.wait_for(third)
            is_degraded = running.ask("/health")[1]["degraded"]

    assert set(statuses) == {200}
    assert is_degraded is False


@pytest.mark.parametrize("writers", [8, pytest.param(32, marks=pytest.mark.slow)])
def test_of_many_writers_on_one_move_one_moves(store: Store, writers: int) -> None:
    """Threads of one process race as well; the losers leave nothing behind."""
    now = promoted(store, "1")
    staged = [store.stage(files(str(n)), metadata()) for n in range(writers)]
    ends: list[str] = []

    def release(n: int) -> None:
        try:
            store.release(staged[n], expected=now.version, actor="a", reason="r", judge=accept)
            ends.append("moved")
        except StoreError as error:
            ends.append(str(error))
        store.discard(staged[n])

    threads = [threading.Thread(target=release, args=(n,)) for n in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ends.count("moved") == 1, ends
    assert len(ends) == writers
    assert len(store.history(is_thorough=True)) == 2
    assert len(store.versions()) == 2
    assert copy_of_pointer(store) == move_line(store.current())


def _promoting(
    variables: Mapping[str, str], root: str, keys: Keys, stop: Event, end: Connection
) -> None:
    """Promote over and over, whatever the server does; say which moves were said to be done."""
    os.environ.update(variables)
    store, moved, refused = Store(root, keys), list[str](), list[str]()
    while not stop.is_set():
        try:
            moved.append(promoted(store, secrets.token_hex(4)).version)
        except StoreError as error:
            refused.append(str(error))
    end.send((moved, refused))


@pytest.mark.slow
@pytest.mark.long
def test_a_server_restarted_under_load_loses_no_move(
    tmp_path_factory: pytest.TempPathFactory,
    processes: ForkServerContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two promoters go on while it is killed three times; the log is what they were told."""
    keys = Keys(tmp_path_factory.mktemp("keys") / "pair").ensure()
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        for name, value in server.variables.items():
            monkeypatch.setenv(name, value)
        store = Store(f"s3://{BUCKET}/{uuid.uuid4().hex}", keys)
        promoted(store, "first")
        stop, ends = processes.Event(), [processes.Pipe() for _ in range(2)]
        promoters = [
            processes.Process(
                target=_promoting, args=(server.variables, store.root, keys, stop, far), daemon=True
            )
            for _, far in ends
        ]
        for promoter in promoters:
            promoter.start()
        for _ in range(3):
            before = len(store.history())
            wait_until(lambda before=before: len(store.history()) > before + 1, 120)
            server.kill()
            server.start()
        stop.set()
        assert all(near.poll(120) for near, _ in ends)
        told = [near.recv() for near, _ in ends]
        store.sweep()
        moves = store.history(is_thorough=True)

        said = [version for moved, _ in told for version in moved]
        unknown = [error for _, refused in told for error in refused if "not known" in error]
        made = {move.version for move in moves[1:]}
        assert len(said) == len(set(said))
        assert set(said) <= made
        assert len(made) - len(said) <= len(unknown)
        assert all(store.verify(move).version for move in moves)
        assert store.versions() == sorted(move.version for move in moves)
        assert copy_of_pointer(store) == move_line(moves[-1])
