"""A store of objects whose server fails at any request: nothing half is visible or lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fraud_assets.errors import StoreError
from fraud_assets.store.keys import Keys
from fraud_assets.store.storage.kinds.memory import MemoryObjects
from fraud_assets.store.storage.registry import storage_at
from fraud_assets.store.store import Store
from tests.store.stores import files, metadata, promoted, released

UNHEARD, UNANSWERED = "not heard", "heard, not answered"
GONE, GONE_AFTER = "gone", "heard, then gone"


class Failing:
    """Lets the n-th request that writes fail, before or after the server did what was asked.

    A server that is gone answers nothing from then on, reads included.
    """

    def __init__(self, patch: pytest.MonkeyPatch, at: int, how: str) -> None:
        self.at, self.how, self.count, self.failed = at, how, 0, ""
        for name in ("create", "delete"):
            patch.setattr(MemoryObjects, name, self._wrapped(getattr(MemoryObjects, name), name))
        for name in ("found", "chunks"):
            patch.setattr(MemoryObjects, name, self._read(getattr(MemoryObjects, name)))

    def _wrapped(self, call, name):
        def request(*args):
            fails = self.count == self.at
            self.count += 1
            if fails:
                self.failed = f"{name} {args[1]}"
                if self.how in {UNANSWERED, GONE_AFTER}:
                    call(*args)
            if fails or self.is_gone:
                raise OSError("the network is down")
            return call(*args)

        return request

    def _read(self, call):
        def request(*args):
            if self.is_gone:
                raise OSError("the network is down")
            return call(*args)

        return request

    @property
    def is_gone(self) -> bool:
        return bool(self.failed) and self.how in {GONE, GONE_AFTER}


def objects_of(store: Store) -> set[str]:
    return {key.partition("/")[0] for key in storage_at(store.root).client.objects}  # type: ignore[attr-defined]


def is_whole(store: Store, version: str) -> bool:
    try:
        return store.verify(version).version == version
    except StoreError:
        return False


@pytest.mark.parametrize("how", [UNHEARD, UNANSWERED, GONE, GONE_AFTER])
def test_a_request_that_fails_leaves_the_old_or_the_new(
    keys: Keys, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Whichever it is; what the publisher is told is what happened, and a sweep clears the rest."""
    ends, half = set[str](), list[str]()
    for at in range(30):
        store = Store(f"memory://failing-{how}-{at}", keys)
        first = promoted(store, "1")
        with monkeypatch.context() as patch:
            failing = Failing(patch, at, how)
            told = told_of_a_release(store, failing, half)
        moves = store.history()
        if "not known" in told:
            assert how in {GONE, GONE_AFTER}
        else:
            assert told == "moved" or moves == [first], failing.failed
        ends.add("moved" if moves[1:] else "refused")
        assert moves[0] == first
        assert store.versions() == sorted(move.version for move in moves), failing.failed
        assert all(store.verify(version) for version in store.versions())
        with monkeypatch.context() as patch:
            patch.setattr("fraud_assets.store.storage.objects.making.LEASE", timedelta(0))
            store.sweep()
        assert store.versions() == sorted(move.version for move in store.history())
        kept = {"promotions", "latest.json", *store.versions()}
        assert objects_of(store) == kept, failing.failed
        if not failing.failed:
            break
    assert half == []
    assert ends == {"refused", "moved"}
    assert at > 8


def told_of_a_release(store: Store, failing: Failing, half: list[str]) -> str:
    """What its publisher is told: that it moved, or why not."""
    try:
        staged = store.stage(files("2"), metadata())
        try:
            released(store, staged)
        except StoreError:
            seen = [] if failing.is_gone else store.versions()
            half += [version for version in seen if not is_whole(store, version)]
            raise
        finally:
            store.discard(staged)
    except StoreError as error:
        return str(error)
    return "moved"


def test_who_took_too_long_does_not_publish(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others may have swept up what he reserved; he is told to run again."""
    store = Store("memory://too-long", keys)
    now = promoted(store, "1")
    staged = store.stage(files("2"), metadata())
    monkeypatch.setattr("fraud_assets.store.storage.objects.making.LEASE", timedelta(0))

    with pytest.raises(StoreError, match="took longer"):
        released(store, staged)

    assert store.current() == now
