"""What nobody needs goes, on record; what serves, rollback may want, or is named stays."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fraud_assets.cli import main
from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store.inventory import take_inventory
from fraud_assets.store.journal.log import JournalEntry
from fraud_assets.store.journal.moves import draft
from fraud_assets.store.journal.position import Position
from fraud_assets.store.journal.record import move_line, sign_move
from fraud_assets.store.keys import Keys
from fraud_assets.store.pruning import Keep, refused_to_go
from fraud_assets.store.store import Store
from fraud_assets.store.versions import staging
from fraud_assets.store.versions.version import version_name
from tests.store.stores import MONDAY, content, files, leftovers, metadata, new_store, promoted

ACT = {"actor": "ada", "reason": "the disk fills"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path)


def test_what_serves_and_what_rollbacks_lead_to_stays(store: Store) -> None:
    """After rolling back far, the way further back is kept as well as what served last."""
    versions = [promoted(store, str(mark)).version for mark in range(8)]
    for _ in range(4):
        store.rollback(actor="a", reason="r")
    assert store.current().version == versions[3]

    gone = store.prune(Keep(served=2), **ACT)

    assert set(store.versions()) == {versions[at] for at in (1, 2, 3, 4)}
    assert gone == [versions[at] for at in (0, 5, 6, 7)]
    assert store.rollback(actor="a", reason="r").version == versions[2]
    assert leftovers(store) == ["pruned.jsonl"]


def test_what_is_named_stays_and_a_trial_removes_nothing(store: Store) -> None:
    """`--keep-version` and `--dry-run`."""
    versions = [promoted(store, str(mark)).version for mark in range(4)]
    before = content(store.root)
    keep = Keep(served=1, named=frozenset({versions[0]}))

    assert store.prune(keep, **ACT, is_trial=True) == [versions[1]]
    assert content(store.root) == before
    assert store.prune(keep, **ACT) == [versions[1]]
    assert versions[0] in store.versions()


def test_refused_candidates_go_by_number_and_age(store: Store) -> None:
    """The newest stay; older ones than a number of days go even among those."""
    now = datetime(2026, 11, 26, tzinfo=UTC)
    refused = [
        store.refuse(
            files(str(at)), metadata(decision="refuse"), reason="r", now=now - timedelta(days=at)
        )
        for at in (1, 20, 300)
    ]

    assert refused_to_go(refused, Keep(refused=2), now) == [refused[2]]
    assert refused_to_go(refused, Keep(refused=3, refused_days=10), now) == sorted(refused[1:])
    assert store.prune(Keep(refused=2), **ACT) == [f"refused/{refused[2]}"]
    assert store.refused_versions() == sorted(refused[:2])


def test_the_log_keeps_every_move_and_the_list_every_version(store: Store) -> None:
    """Pruned versions are listed as such; one that was deleted by hand is not."""
    moves = [promoted(store, str(mark)) for mark in range(5)]
    store.prune(Keep(served=1), **ACT)

    rows = {row.version: row.state for row in take_inventory(store).versions}
    states = ["pruned", "pruned", "pruned", "served", "serves"]
    assert [rows[move.version] for move in moves] == states
    assert store.history(is_thorough=True) == moves
    assert [removal.actor for removal in store.removals()] == ["ada"] * 3


def test_a_forged_removal_hides_no_deletion(store: Store) -> None:
    """Who may write the store cannot make a deleted version pass for a pruned one."""
    first, _, _ = (promoted(store, mark) for mark in "123")
    store.prune(Keep(served=1), **ACT)
    file = store.root / "pruned.jsonl"
    record = json.loads(file.read_bytes())
    file.write_text(json.dumps({**record, "version": "fraud_detector_20200101_000000"}) + "\n")

    found = take_inventory(store)
    assert "pruned.jsonl line 1 was changed" in str(found.gravest)
    rows = {row.version: row.state for row in found.versions}
    assert rows[first.version] == "missing"
    with pytest.raises(TrustError, match=r"pruned\.jsonl line 1"):
        store.removals()


def test_what_serves_is_never_pruned(store: Store) -> None:
    """Less than one cannot be kept, and an unsound journal removes nothing."""
    with pytest.raises(StoreError, match="At least 1"):
        Keep(served=0)
    with pytest.raises(TrustError, match="is no version"):
        Keep(named=frozenset({"../keys"}))
    promoted(store, "1"), promoted(store, "2")
    (store.root / "latest.json").unlink()
    before = store.versions()
    with pytest.raises(StoreError, match=r"latest\.json"):
        store.prune(Keep(served=1), **ACT)
    assert store.versions() == before


def test_the_command(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what would go, and what went."""
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(store.keys.folder))
    first, _, _ = (promoted(store, mark).version for mark in "123")
    place = ("--store", str(store.root), "--keep", "1")

    assert main(["models", "prune", "--dry-run", *place]) == 0
    assert capsys.readouterr().out == f"would remove {first}\n"
    assert main(["models", "prune", "--json", *place]) == 0
    assert json.loads(capsys.readouterr().out) == {"pruned": [first], "dry_run": False}
    assert main(["models", "prune", *place]) == 0
    assert main(["models", "list", "--store", str(store.root)]) == 0
    assert f"{first}  pruned" in capsys.readouterr().out


def _fill(store: Store, count: int) -> None:
    """Publish as many versions, without a reading of the whole store for each."""
    entries = list(store.position().entries)
    for at in range(1, count + 1):
        version = version_name(MONDAY + timedelta(minutes=at))
        staged = store.storage.begin(version)
        staging.seal_version(staged, files(str(at)), metadata(), store.keys)
        store.storage.publish(staged)
        store.storage.discard(staged)
        about = store.look_at(version, store.trusted())
        move = sign_move(draft(Position(entries[-1:]), about, kind="promotion", **ACT), store.keys)
        entries.append(JournalEntry.of(move, move_line(move), entries[0].line))
    (store.root / "promotions.jsonl").write_bytes(b"".join(entry.line for entry in entries))
    (store.root / "latest.json").write_bytes(entries[-1].line)


@pytest.mark.slow
def test_two_thousand_versions_list_in_the_time_of_eight_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the real command; what the processor does for one version beside it is the measure."""
    keys = Keys(tmp_path / "keys")
    few, many = (new_store(tmp_path / name, keys) for name in ("few", "many"))
    for store in (few, many):
        promoted(store)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        _fill(many, 1999)
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(keys.folder))

    taken = [(_seconds_to_list(few, 1), _seconds_to_list(many, 2000)) for _ in range(5)]

    least, most = (min(seconds) for seconds in zip(*taken, strict=True))
    assert most < 8 * least, taken


def _seconds_to_list(store: Store, versions: int) -> float:
    """Processor seconds of the command, interpreter included; others share the machine."""
    words = [sys.executable, "-m", "fraud_assets", "models", "list", "--store", str(store.root)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(words, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = done.stdout.splitlines()
    assert sum(line.startswith(b"fraud_detector_") for line in lines) == versions
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_the_named_shadow_stays_whether_refused_or_not(store: Store) -> None:
    """Until another is named, or the newest again; each naming is signed, and the last holds."""
    versions = [promoted(store, str(mark)).version for mark in range(4)]
    refused = [
        store.refuse(files(mark), metadata(decision="refuse"), reason="r", now=MONDAY)
        for mark in "ab"
    ]
    assert store.shadow() is None
    store.name_shadow(versions[0], **ACT)
    assert store.prune(Keep(served=1, refused=0), **ACT, is_trial=True) == [
        versions[1], *(f"refused/{name}" for name in refused)
    ]  # fmt: skip

    store.name_shadow(refused[0], **ACT)
    assert store.shadow() == refused[0]
    assert f"refused/{refused[0]}" not in store.prune(Keep(served=1, refused=0), **ACT)
    store.name_shadow(None, **ACT)
    assert store.shadow() is None
    with pytest.raises(StoreError, match="serves itself"):
        store.name_shadow(versions[3], **ACT)
    with pytest.raises(StoreError):
        store.name_shadow(versions[1], **ACT)

    file = store.root / "shadows.jsonl"
    file.write_bytes(file.read_bytes().replace(refused[0].encode(), versions[3].encode()))
    with pytest.raises(TrustError, match=r"shadows.jsonl line 2"):
        store.shadow()
