"""A new pair signs, what older ones signed stays trusted, and a crash in between is ended."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store.keys import Keys, fingerprint
from fraud_assets.store.keys.rotation import rotate
from fraud_assets.store.store import Store
from tests.store.stores import added, content, files, metadata, new_store, promoted

ACT = {"actor": "ada", "reason": "yearly"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path)


def scoring(store: Store, name: str = "scoring") -> Store:
    """The store as a machine sees it that was given `public.pem` as it is now."""
    keys = Keys(store.root.parent / name)
    keys.folder.mkdir()
    shutil.copy(store.keys.public, keys.public)
    return Store(store.root, keys)


def test_a_rotated_key_signs_and_the_old_ones_stay_trusted(store: Store) -> None:
    """Three pairs in a row: every version verifies, each move bears the key of its time."""
    moves = [promoted(store, "1")]
    for mark in "23":
        rotate(store.keys.folder, **ACT)
        moves.append(promoted(store, mark))

    assert len({move.key for move in moves}) == 3
    assert store.history(is_thorough=True) == moves
    assert list(store.keys.trusted().by_fingerprint) == [move.key for move in moves]
    for move in moves:
        assert store.verify(move).version == move.version
    assert {path.name for path in store.keys.folder.iterdir()} == {
        *("private.pem", "public.pem", "succession.jsonl", ".lock", "marks"),
    }


def test_a_machine_with_an_old_public_key_follows(store: Store) -> None:
    """It learns from the store what its key introduced, without restart or a new file."""
    promoted(store, "1")
    machine = scoring(store)
    assert machine.current() is not None
    for mark in "23":
        rotate(store.keys.folder, **ACT)
        latest = promoted(store, mark)

    assert machine.current() == latest
    assert machine.verify(latest).version == latest.version


def test_a_machine_with_the_new_public_key_takes_what_the_old_one_signed(store: Store) -> None:
    """A fresh machine verifies versions from before the rotation."""
    first = promoted(store, "1")
    rotate(store.keys.folder, **ACT)
    promoted(store, "2")
    machine = scoring(store)

    assert machine.verify(first).version == first.version
    assert machine.history() == store.history()


def test_a_lost_key_is_adopted_on_record(store: Store) -> None:
    """Old versions stay trusted; a machine with the old public key is not taken along."""
    first = promoted(store, "1")
    machine = scoring(store)
    store.keys.private.unlink()
    with pytest.raises(TrustError, match="keys rotate --adopt"):
        promoted(store, "2")

    record = rotate(store.keys.folder, actor="ada", reason="the disk died", is_lost=True)

    assert (record.cause, record.introduced) == ("adoption", "")
    second = promoted(store, "2")
    assert store.history() == [first, second]
    with pytest.raises(TrustError, match="foreign key"):
        machine.current()
    shutil.copy(store.keys.public, machine.keys.public)
    assert machine.history() == [first, second]


def test_nothing_is_adopted_while_nothing_is_lost(store: Store) -> None:
    """Adopting is for a lost key; rotating is for one that is there."""
    with pytest.raises(TrustError, match="Nothing is lost"):
        rotate(store.keys.folder, **ACT, is_lost=True)
    store.keys.private.chmod(0o644)
    with pytest.raises(TrustError, match="chmod 600"):
        rotate(store.keys.folder, **ACT, is_lost=True)
    store.keys.private.unlink()
    with pytest.raises(TrustError, match="say so with --adopt"):
        rotate(store.keys.folder, **ACT)
    store.keys.public.unlink()
    with pytest.raises(TrustError, match="bring it from a scoring machine"):
        rotate(store.keys.folder, **ACT, is_lost=True)


@pytest.mark.parametrize("act", [{"actor": "", "reason": "r"}, {"actor": "a", "reason": "x\ny"}])
def test_a_rotation_is_an_act_of_somebody(store: Store, act: dict[str, str]) -> None:
    """Actor and reason are said, in one line; the keys stay as they are otherwise."""
    before = content(store.keys.folder)

    with pytest.raises(StoreError, match="must"):
        rotate(store.keys.folder, **act)
    assert content(store.keys.folder) == before


def test_a_second_machine_with_the_old_pair_signs_nothing(store: Store) -> None:
    """What was rotated on one machine is refused on the other, with what to do."""
    promoted(store, "1")
    other = Store(store.root, Keys(store.root.parent / "other"))
    shutil.copytree(store.keys.folder, other.keys.folder)
    rotate(store.keys.folder, **ACT)
    promoted(store, "2")

    with pytest.raises(TrustError, match="bring the newer pair to this machine"):
        promoted(other, "3")
    assert other.current() == store.current()


def _crashing(monkeypatch: pytest.MonkeyPatch, at: int) -> Callable[[], int]:
    """Let the `at`-th change of a folder fail; returns how many there were."""
    count = itertools.count()

    def failing(call: Callable[..., object]) -> Callable[..., object]:
        def change(*args: object, **named: object) -> object:
            if next(count) >= at:
                raise KeyboardInterrupt
            return call(*args, **named)

        return change

    for name in ("write", "fsync", "replace", "rename", "unlink"):
        monkeypatch.setattr(os, name, failing(getattr(os, name)))
    for name in ("replace", "unlink", "rename"):
        monkeypatch.setattr(Path, name, failing(getattr(Path, name)))
    return lambda: next(count)


def test_a_crash_at_any_step_is_ended_by_the_next_use(tmp_path: Path) -> None:
    """Whatever was done until then, one pair signs, it is trusted, and the store verifies."""
    outcomes = set()
    for at in range(60):
        folder = tmp_path / str(at)
        folder.mkdir()
        store = new_store(folder)
        first = promoted(store, "1")
        with pytest.MonkeyPatch.context() as patch:
            _crashing(patch, at)
            try:
                rotate(store.keys.folder, **ACT)
                ended = True
            except KeyboardInterrupt:
                ended = False
        assert store.current() == first, "readers in the midst of it"
        second = promoted(store, "2")
        assert store.history(is_thorough=True) == [first, second]
        own = fingerprint(store.keys.ensure().public_key())
        assert own == store.keys.trusted(store.root).newest == second.key
        outcomes.add((ended, second.key != first.key))
        if ended:
            break
    assert outcomes == {(False, False), (False, True), (True, True)}


def test_a_version_slipped_in_under_a_retired_key_serves_nothing(store: Store) -> None:
    """A move that a replaced key signs after its successor's first one is refused."""
    promoted(store, "1")
    stolen = Store(store.root, Keys(store.root.parent / "stolen"))
    shutil.copytree(store.keys.folder, stolen.keys.folder)
    rotate(store.keys.folder, **ACT)
    promoted(store, "2")
    added(store, files("3"), metadata())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fraud_assets.store.writer.ArchiveWriter._demand_newest", lambda _: None)
        patch.setattr("fraud_assets.store.keys.Trusted.rank", lambda *_: 0)
        promoted(stolen, "4")

    with pytest.raises(TrustError, match="does not follow"):
        store.current()
