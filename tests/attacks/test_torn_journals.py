"""A journal that a crash of the machine, or somebody, cut off in the middle.

At d2ae1cc a torn last line of the log made the store unreadable for ever, though the pointer
carries that very line.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from tests.attacks.journals import put, saved
from tests.store.stores import leftovers, promoted


def _cut(store: Store, left: int) -> None:
    """Leave that many bytes of the log's last line."""
    log = store.root / "promotions.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:-1]) + lines[-1][:left])


@pytest.mark.parametrize("left", [0, 1, 40, 400, -1])
def test_a_torn_last_line_is_read_and_mended(store: Store, tmp_path: Path, left: int) -> None:
    """Readers with the public key alone go on; the next writer completes the log."""
    moves = [promoted(store, mark) for mark in "123"]
    whole = saved(store)
    _cut(store, left)

    reader = Store(store.root, Keys(tmp_path / "scoring"))
    reader.keys.folder.mkdir()
    reader.keys.public.write_bytes(store.keys.public.read_bytes())
    assert reader.current() == moves[-1]
    assert reader.history() == moves
    assert store.sweep() == [f"logged the promotion of {moves[-1].version}"]
    assert saved(store) == whole
    assert promoted(store, "4").sequence == 4
    assert leftovers(store) == []


def test_a_torn_first_line_is_mended_too(store: Store) -> None:
    """Also where the log holds nothing but half a line."""
    first = promoted(store, "1")
    _cut(store, 100)

    assert store.current() == first
    store.sweep()
    assert store.history(is_thorough=True) == [first]


@pytest.mark.parametrize("tail", [b"x", b'{"actor":', b"\x00" * 512, b"{}", b'{"actor":"mallory"}'])
def test_a_tail_that_is_not_the_pointers_line_is_refused(store: Store, tail: bytes) -> None:
    """What was appended by others is not taken for a torn line, nor dropped in silence."""
    promoted(store, "1"), promoted(store, "2")
    log = store.root / "promotions.jsonl"
    log.write_bytes(log.read_bytes() + tail)

    with pytest.raises(TrustError, match=r"half a line: .*restore the log"):
        store.current()


def test_a_line_torn_where_the_pointer_is_lost_too_is_an_act_to_mend(store: Store) -> None:
    """Then one move is gone for good: it is said, and accepted by an act alone."""
    first = promoted(store, "1")
    promoted(store, "2")
    _cut(store, 50)
    (store.root / "latest.json").unlink()

    with pytest.raises(StoreError, match=r"latest\.json is missing"):
        store.current()
    with pytest.raises(StoreError, match="move 2 was seen before"):
        store.rollback(first.version, actor="ada", reason="the disk died")
    mended = store.rollback(first.version, actor="ada", reason="the disk died", is_restored=True)
    assert store.history(is_thorough=True) == [first, mended]


def test_a_torn_pointer_is_mended_by_a_named_rollback(store: Store) -> None:
    """The log has the line; the rollback is on record."""
    promoted(store, "1")
    second = promoted(store, "2")
    pointer = saved(store)["latest.json"]
    put(store.root, {"latest.json": pointer[:77]})

    with pytest.raises(TrustError, match="models rollback"):
        store.current()
    assert store.rollback(second.version, actor="ada", reason="torn").sequence == 3
