"""The laws of the port, which every kind of place holds; a new kind is one more line in KINDS."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from fraud_assets.errors import StoreError
from fraud_assets.store.keys import Keys
from fraud_assets.store.storage.port import LOG_FILE, POINTER_FILE, STAGING, Staged, Storage, read
from fraud_assets.store.storage.registry import Address, storage_at
from fraud_assets.store.store import Store
from tests.store.storage.servers import BUCKET
from tests.store.stores import files, metadata, promoted

MOST = 1 << 20
TREE = "fraud_detector_20261123_063000"
OTHER = "fraud_detector_20261123_063001"

KINDS: dict[str, Callable[[Path], Address]] = {
    "folder": lambda folder: folder / "models",
    "memory": lambda _: f"memory://{uuid.uuid4().hex}",
    "s3": lambda _: f"s3://{BUCKET}/stores/{uuid.uuid4().hex}",
}


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Address:
    """An empty place of each kind; the last one's server is started by its first test."""
    if request.param == "s3":
        request.getfixturevalue("s3")
    return KINDS[request.param](tmp_path)


@pytest.fixture
def storage(address: Address) -> Storage:
    made = storage_at(address)
    with made.writing():
        return made


def made(storage: Storage, tree: str = TREE, content: bytes = b"pipeline") -> Staged:
    """A tree ready to be published."""
    with storage.writing():
        staged = storage.begin(tree)
    assert staged is not None
    staged.path.mkdir()
    for name, data in {"pipeline.joblib": content, "model.sig": b"signature"}.items():
        (staged.path / name).write_bytes(data)
    return staged


def shown(storage: Storage, tree: str = TREE) -> dict[str, bytes | None]:
    return {name: read(storage, f"{tree}/{name}", MOST) for name in storage.sizes(tree, 10)}


WHOLE = {"pipeline.joblib": b"pipeline", "model.sig": b"signature"}


def test_nothing_is_there_at_first(storage: Storage) -> None:
    """No names, no ledger, no pointer; a tree that is none says so."""
    assert [name for name in storage.names() if not name.startswith(".")] == []
    assert read(storage, LOG_FILE, MOST) is None or read(storage, LOG_FILE, MOST) == b""
    assert read(storage, POINTER_FILE, MOST) is None
    assert read(storage, f"{TREE}/model.sig", MOST) is None
    with pytest.raises(FileNotFoundError):
        storage.sizes(TREE, 10)


def test_a_refused_tree_is_there_whole_once_published(storage: Storage) -> None:
    """Until then it shows as one in the making; afterwards its bytes are those that were made."""
    staged = made(storage, f"refused/{TREE}")
    assert TREE not in storage.names("refused")
    assert f"{STAGING}{TREE}" in storage.names("refused")

    with storage.writing():
        storage.publish(staged)
        storage.discard(staged)

    assert TREE in storage.names("refused")
    assert f"{STAGING}{TREE}" not in storage.names("refused")
    assert shown(storage, f"refused/{TREE}") == WHOLE


def test_a_tree_is_reserved_by_one_alone(storage: Storage) -> None:
    """Whether it is in the making or visible; given up, it may be begun anew."""
    staged = made(storage)
    with storage.writing():
        assert storage.begin(TREE) is None
        storage.discard(staged)
        storage.discard(staged)
    again = made(storage, content=b"second")
    move(storage, b"", b"line of fraud 1\n", again)
    with storage.writing():
        assert storage.begin(TREE) is None
    assert shown(storage)["pipeline.joblib"] == b"second"


def move(storage: Storage, seen: bytes, line: bytes, staged: Staged | None = None) -> None:
    """Move as the journal does, with the tree's name in the line."""
    if staged is not None:
        line = b'{"version":"%b"}\n' % staged.version.encode()
    with storage.writing():
        storage.move(seen, line, staged)
        if staged is not None:
            storage.discard(staged)


def test_pointer_log_and_tree_move_together(storage: Storage) -> None:
    """The pointer is the log's last line."""
    move(storage, b"", b"", made(storage))
    first = read(storage, LOG_FILE, MOST)
    assert first is not None
    assert read(storage, POINTER_FILE, MOST) == first

    move(storage, first, b"second\n")

    assert read(storage, LOG_FILE, MOST) == first + b"second\n"
    assert read(storage, POINTER_FILE, MOST) == b"second\n"
    assert shown(storage) == WHOLE


def test_the_pointer_lies_there_for_other_readers_too(address: Address, storage: Storage) -> None:
    """`latest.json` is a file or an object of that name, with the bytes of the last move."""
    move(storage, b"", b"first\n")
    move(storage, b"first\n", b"second\n")

    if isinstance(address, Path):
        assert (address / POINTER_FILE).read_bytes() == b"second\n"
    else:
        assert b"".join(storage.client.chunks(POINTER_FILE)) == b"second\n"  # type: ignore[attr-defined]


def test_a_move_from_where_it_was_not_is_none(storage: Storage) -> None:
    """Others moved meanwhile: pointer and log stay theirs, and the tree is not visible."""
    move(storage, b"", b"first\n")
    staged = made(storage)

    with pytest.raises(StoreError, match="run again"):
        move(storage, b"", b"mine\n", staged)
    with storage.writing():
        storage.discard(staged)

    assert read(storage, POINTER_FILE, MOST) == read(storage, LOG_FILE, MOST) == b"first\n"
    assert TREE not in storage.names()


def test_a_tree_is_never_written_over(storage: Storage) -> None:
    """Whoever wants another one's name is refused; what is there stays, byte for byte."""
    move(storage, b"", b"", made(storage))
    staged = made(storage, OTHER, b"other")
    taken = Staged(TREE, staged.path.rename(staged.path.with_name(TREE)), staged.lock)

    with pytest.raises(StoreError), storage.writing():
        storage.publish(taken)

    assert shown(storage) == WHOLE


def test_lines_are_added_in_order_by_one_at_a_time(storage: Storage) -> None:
    """Who adds after a line that is no longer the last one is refused."""
    with storage.writing():
        storage.append("pruned.jsonl", b"", b"a\n")
        storage.append("pruned.jsonl", b"a\n", b"b\n")
        with pytest.raises(StoreError, match="run again"):
            storage.append("pruned.jsonl", b"a\n", b"c\n")

    assert read(storage, "pruned.jsonl", MOST) == b"a\nb\n"


def test_of_many_writers_one_moves(storage: Storage) -> None:
    """All saw the same log; one line follows it."""
    move(storage, b"", b"first\n")
    outcomes: list[bytes | None] = []

    def mover(line: bytes) -> None:
        try:
            move(storage, b"first\n", line)
            outcomes.append(line)
        except StoreError:
            outcomes.append(None)

    threads = [threading.Thread(target=mover, args=(b"%d\n" % n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (won,) = [line for line in outcomes if line is not None]
    assert len(outcomes) == 8
    assert read(storage, LOG_FILE, MOST) == b"first\n" + won
    assert read(storage, POINTER_FILE, MOST) == won


def test_reads_are_bounded(storage: Storage) -> None:
    """A file, a ledger and a listing of more than is asked for are not read to their end."""
    move(storage, b"", b"", made(storage, content=b"x" * 1000))
    log = read(storage, LOG_FILE, MOST)

    for name in (f"{TREE}/pipeline.joblib", LOG_FILE, POINTER_FILE):
        with pytest.raises(OSError, match="more than 10 bytes"):
            read(storage, name, 10)
    assert len(storage.sizes(TREE, 0)) == 1
    assert log is not None


def test_what_is_removed_is_out_of_sight(storage: Storage) -> None:
    """The others stay."""
    for tree in (TREE, OTHER):
        move(storage, read(storage, LOG_FILE, MOST) or b"", b"", made(storage, tree))

    with storage.writing():
        storage.remove(TREE)

    assert {TREE, OTHER} & set(storage.names()) == {OTHER}
    with pytest.raises(FileNotFoundError):
        storage.sizes(TREE, 10)


def test_a_move_changes_the_stamp_and_reading_does_not(storage: Storage) -> None:
    """So that a service sees it without reading the log each time."""
    move(storage, b"", b"first\n")
    read(storage, LOG_FILE, MOST)
    before = storage.stamp()
    read(storage, LOG_FILE, MOST)
    assert storage.stamp() == before

    move(storage, b"first\n", b"second\n")

    assert storage.stamp() != before


def test_a_sweep_spares_what_is_being_made(storage: Storage) -> None:
    """Its maker lives."""
    staged = made(storage)

    with storage.writing():
        assert storage.sweep("") == []
        assert not storage.recover(lambda _: True)

    move(storage, b"", b"", staged)
    assert shown(storage) == WHOLE


def test_a_whole_store_lives_there(address: Address, keys: Keys) -> None:
    """Publish, refuse, override, roll back, prune: every byte verifies, for other readers too."""
    from fraud_assets.store.inventory import take_inventory
    from fraud_assets.store.pruning import Keep

    store = Store(address, keys)
    moves = [promoted(store, mark) for mark in "123"]
    refused = store.refuse(files("bad"), metadata(decision="refuse"), reason="recall 0.81")
    moves.append(store.override(refused, actor="ada", reason="outage"))
    moves.append(store.rollback(actor="ada", reason="over"))

    reader = Store(address, keys)
    assert reader.history(is_thorough=True) == moves
    assert reader.current() == moves[-1]
    assert [reader.verify(move).version for move in moves] == [move.version for move in moves]
    assert reader.refused_versions() == [refused]
    assert reader.verify_refused(refused).metadata.refusal.reason == "recall 0.81"
    gone = store.prune(Keep(served=1), actor="ada", reason="room")
    assert gone
    assert not set(gone) & set(reader.versions())
    assert take_inventory(reader).gravest is None
    assert store.sweep() == []
