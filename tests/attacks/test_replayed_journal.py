"""Genuine records of another moment or store, put in place by somebody without the key.

At d2ae1cc all of these went through: the older journal, another store's and a deleted one were
taken for the truth, and a promotion could be made on top.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fraud_assets.errors import FraudAssetsError, RefusedError, StoreError, TrustError
from fraud_assets.store.journal.position import demand_fresh
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from tests.attacks.journals import put, remove, saved
from tests.store.stores import files, metadata, new_store, promoted, released

ACT = {"actor": "ada", "reason": "restored from Sunday's backup"}


def every_way_in(store: Store) -> list[str]:
    """What each reader and each way in says; every one must refuse."""
    said = []
    staged = store.stage(files("next"), metadata())
    for act in (
        store.current,
        store.history,
        lambda: store.demand_ready("shop"),
        lambda: store.demand_promotable("shop", "0" * 64),
        lambda: released(store, staged),
        lambda: store.rollback(**ACT),
        lambda: store.rollback(store.versions()[0], **ACT),
        lambda: store.override(store.versions()[0], **ACT),
        lambda: store.refuse(files("bad"), metadata(decision="refuse"), reason="recall 0.81"),
    ):
        with pytest.raises(FraudAssetsError) as refused:
            act()
        said.append(str(refused.value))
    store.discard(staged)
    return said


@pytest.mark.parametrize("kept", [1, 2])
def test_older_journal_is_refused(store: Store, kept: int) -> None:
    """Pointer and log of one or two moves ago, byte for byte as they were then."""
    older = [(promoted(store, mark), saved(store))[1] for mark in "123"]
    put(store.root, older[kept - 1])

    assert all(f"stands at move {kept}" in sentence for sentence in every_way_in(store))


def test_older_journal_is_refused_though_newer_versions_are_removed(store: Store) -> None:
    """Removing what the older journal does not know makes it no more credible."""
    promoted(store, "1")
    older = saved(store)
    newer = promoted(store, "2")
    put(store.root, older)
    shutil.rmtree(store.root / newer.version)

    assert all("move 2 was seen before" in sentence for sentence in every_way_in(store))


def test_pointer_alone_set_back_one_move_is_refused(store: Store) -> None:
    """Even where the log is cut by the same line."""
    promoted(store, "1"), promoted(store, "2")
    older = saved(store)
    promoted(store, "3")
    put(store.root, {"latest.json": older["latest.json"]})
    with pytest.raises(TrustError, match="one of them was replaced"):
        store.current()

    put(store.root, older)
    with pytest.raises(TrustError, match="stands at move 2"):
        store.current()


def test_another_stores_journal_under_the_same_key_is_refused(tmp_path: Path) -> None:
    """A longer journal too, with its versions copied along."""
    store = new_store(tmp_path / "one")
    other = Store(tmp_path / "other" / "models", store.keys)
    promoted(store, "1")
    for mark in "abc":
        promoted(other, mark)
    for version in other.versions():
        shutil.copytree(other.root / version, store.root / version, dirs_exist_ok=True)
    put(store.root, saved(other))

    assert all("holds the journal of store" in sentence for sentence in every_way_in(store))


def test_record_of_another_store_does_not_follow(tmp_path: Path) -> None:
    """A further line that another store signed over the same lines is no move of this one."""
    store = new_store(tmp_path)
    promoted(store, "1")
    copy = Store(tmp_path / "copy" / "models", store.keys)
    shutil.copytree(store.root, copy.root)
    promoted(store, "2")
    for mark in "ab":
        promoted(copy, mark)

    put(store.root, saved(copy))

    assert all("another move 2" in sentence for sentence in every_way_in(store))


def test_deleted_journal_is_no_empty_store(store: Store) -> None:
    """Without pointer and log a store with versions serves nothing and takes nothing."""
    promoted(store, "1"), promoted(store, "2")
    remove(store.root)

    said = every_way_in(store)

    assert all("both missing" in sentence for sentence in said)


def test_deleted_journal_is_noticed_by_the_public_key_alone(store: Store, tmp_path: Path) -> None:
    """A scoring machine that never saw this store before is not misled either."""
    promoted(store, "1")
    remove(store.root)

    with pytest.raises(StoreError, match="both missing"):
        Store(store.root, scoring_keys(store, tmp_path)).current()


def test_a_running_reader_does_not_go_back(store: Store, tmp_path: Path) -> None:
    """With the public key alone, and no mark on disk, what was seen is remembered in memory."""
    promoted(store, "1")
    older = saved(store)
    promoted(store, "2")
    reader = Store(store.root, scoring_keys(store, tmp_path))
    seen = reader.position()
    assert seen is not None

    put(store.root, older)
    with pytest.raises(TrustError, match=r"stands at move 1 .* move 2 was seen before"):
        reader.position(seen.mark)
    shutil.rmtree(store.root)
    with pytest.raises(TrustError, match="has no journal any more"):
        reader.position(seen.mark)


def test_the_same_folder_at_another_place_is_not_taken_back_either(
    store: Store, tmp_path: Path
) -> None:
    """A place seen for the first time is compared with what was seen of the store elsewhere."""
    promoted(store, "1")
    older = saved(store)
    promoted(store, "2")
    store.root.rename(tmp_path / "mounted")
    put(tmp_path / "mounted", older)

    with pytest.raises(TrustError, match="move 2 was seen before"):
        Store(tmp_path / "mounted", store.keys).current()


def test_a_copy_goes_its_own_way(store: Store, tmp_path: Path) -> None:
    """Trying something on a copy neither fails nor stands in production's way."""
    promoted(store, "1")
    copy = Store(tmp_path / "copy", store.keys)
    shutil.copytree(store.root, copy.root)
    promoted(store, "2")
    for mark in "ab":
        promoted(copy, mark)

    assert promoted(store, "3").sequence == promoted(copy, "c").sequence - 1 == 3


def test_accepting_a_backup_is_an_act_on_record(store: Store) -> None:
    """`--restored` takes the store as it is; from then on that history counts."""
    first = promoted(store, "1")
    older = saved(store)
    promoted(store, "2")
    newest = saved(store)
    put(store.root, older)

    accepted = store.rollback(first.version, is_restored=True, **ACT)

    assert store.history() == [first, accepted]
    assert (accepted.sequence, accepted.actor, accepted.store) == (2, "ada", first.store)
    put(store.root, newest)
    with pytest.raises(TrustError, match="another move 2"):
        store.current()


def test_a_lost_journal_is_begun_anew_by_an_act(store: Store) -> None:
    """An override with `--restored` makes move 1 of a new identity, in the same contract's name."""
    first = promoted(store, "1")
    remove(store.root)

    anew = store.override(first.version, is_restored=True, **ACT)

    assert (anew.sequence, anew.contract, anew.kind) == (1, "shop", "override")
    assert anew.store != first.store
    assert store.current() == anew


def test_an_emptied_folder_starts_anew(store: Store) -> None:
    """Whoever removes the whole store, versions included, begins another one there."""
    first = promoted(store, "1")
    shutil.rmtree(store.root)

    assert store.current() is None
    assert promoted(store, "2").store != first.store


def test_rolled_back_bytes_do_not_return_by_themselves(store: Store) -> None:
    """The weekly run that makes the same pipeline again does not undo a person's rollback."""
    promoted(store, "good")
    bad = promoted(store, "bad")
    store.rollback(actor="on call", reason="alerts doubled")

    with pytest.raises(RefusedError, match=r"until on call rolled them back .*alerts doubled"):
        promoted(store, "bad")
    with pytest.raises(RefusedError, match="return only by a person"):
        store.demand_promotable("shop", bad.digest)
    assert promoted(store, "better").version != bad.version

    store.override(bad.version, actor="ada", reason="it was the gateway, not the model")
    promoted(store, "other")
    assert promoted(store, "bad").digest == bad.digest


def test_a_week_in_the_future_locks_nothing_out(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused; and where one serves already, the day of its promotion counts instead."""
    with pytest.raises(RefusedError, match="must not lie ahead of this machine's clock"):
        promoted(store, "1", "2099-01-01")
    with monkeypatch.context() as patch:
        patch.setattr("fraud_assets.store.journal.moves.refuse_unfit", lambda *_: None)
        stuck = promoted(store, "1", "2099-01-01")
    today = stuck.promoted_at[:10]

    with pytest.raises(RefusedError, match=f"production's {today}"):
        promoted(store, "2", "2026-01-01")
    monkeypatch.setattr("fraud_assets.store.journal.moves.timestamp", lambda: stuck.promoted_at)
    assert promoted(store, "2", stuck.promoted_at).sequence == 2


def test_a_damaged_mark_is_one_sentence(store: Store) -> None:
    """The file beside the keys that cannot be read is named, with what to do."""
    promoted(store)
    (mark,) = (store.keys.folder / "marks").glob("*.json")
    mark.write_bytes(b"{")

    with pytest.raises(TrustError, match=f"{mark.name} is damaged"):
        store.current()


def test_law_of_going_on(store: Store) -> None:
    """Of two positions of one journal the later goes on from the earlier, never the reverse."""
    positions = []
    for mark in "1234":
        promoted(store, mark)
        positions.append(store.position())

    for at, early in enumerate(positions):
        for late in positions[at:]:
            demand_fresh(late, early.mark, "it")
        for late in positions[at + 1 :]:
            with pytest.raises(TrustError, match="was seen before"):
                demand_fresh(early, late.mark, "it")


def scoring_keys(store: Store, folder: Path) -> Keys:
    """The keys of a machine that has `public.pem` alone."""
    keys = Keys(folder / "scoring")
    keys.folder.mkdir()
    keys.public.write_bytes(store.keys.public.read_bytes())
    return keys
