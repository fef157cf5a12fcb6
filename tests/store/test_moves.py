from __future__ import annotations

import json

import pytest

from fraud_assets.errors import RefusedError, StoreError, TrustError
from fraud_assets.store.journal.record import move_line
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from fraud_assets.store.versions.verified import Verified
from tests.store.stores import (
    FILES,
    MONDAY,
    accept,
    added,
    content,
    files,
    leftovers,
    metadata,
    new_store,
    promoted,
    released,
)


def test_promotion_moves_pointer_and_log_together(store: Store) -> None:
    """The pointer is the log's last line, and says what serves and what served."""
    first, second = promoted(store, "1"), promoted(store, "2")

    assert store.current() == second
    assert store.history() == [first, second]
    assert (second.previous, second.sequence, second.kind) == (first.version, 2, "promotion")
    log = (store.root / "promotions.jsonl").read_bytes()
    assert log.splitlines(keepends=True)[-1] == (store.root / "latest.json").read_bytes()


def test_pointer_names_the_pipelines_digest(store: Store) -> None:
    """`latest.json` has the promised names, readable without our code."""
    pointer = promoted(store)

    raw = json.loads((store.root / "latest.json").read_bytes())
    assert {"version", "digest", "as_of", "promoted_at", "signature"} <= set(raw)
    assert raw["digest"] == store.verify(pointer.version).metadata.digest


def test_release_shows_and_promotes_in_one_step(store: Store) -> None:
    """A staged version becomes visible only as the one that serves."""
    staged = store.stage(FILES, metadata(), now=MONDAY)

    pointer = released(store, staged)

    assert store.versions() == [pointer.version]
    assert store.verify(pointer).read("t.npz") == FILES["t.npz"]
    assert leftovers(store) == []


def test_unexpected_production_is_refused(store: Store) -> None:
    """Compare-and-set: whoever judged against another champion judges again."""
    first = promoted(store, "1")
    staged = store.stage(files("2"), metadata(), now=MONDAY)
    before = content(store.root)

    for expected in (None, staged.version, "fraud_detector_20200101_000000"):
        with pytest.raises(StoreError, match="Production has moved"):
            store.release(staged, expected=expected, actor="a", reason="r", judge=accept)
    assert content(store.root) == before
    assert store.current() == first
    store.discard(staged)


@pytest.mark.parametrize("decision", ["refuse", "insufficient_evidence", None, "Promote"])
def test_only_a_signed_verdict_promotes(store: Store, decision: str | None) -> None:
    """The store reads the verdict under the signature, whatever the caller believes."""
    promoted(store, "1")
    before = content(store.root)

    with pytest.raises(RefusedError, match="must be 'promote'"):
        promoted(store, "2", verdict={"decision": decision})
    store.sweep()
    assert content(store.root) == before


def test_the_judge_decides_again_on_the_verified_files(store: Store) -> None:
    """A signed word to promote is not enough; what the judge refuses does not serve."""
    now = promoted(store, "1")
    staged = store.stage(files("2"), metadata(), now=MONDAY)
    read: list[bytes] = []

    def refuse(verified: Verified) -> None:
        read.append(verified.read("pipeline.joblib"))
        raise RefusedError("The recall must be at least 0.9, got 0.81.")

    with pytest.raises(RefusedError, match=r"got 0\.81"):
        store.release(staged, expected=now.version, actor="a", reason="r", judge=refuse)
    assert read == [b"pipeline 2"]
    assert store.versions() == [now.version]
    store.discard(staged)


@pytest.mark.parametrize(
    ("as_of", "is_allowed"),
    [
        ("2026-11-22", False),
        ("2026-11-22T23:59:59", False),
        ("2026-11-23", True),
        ("2026-11-23T01:00:00+01:00", True),
        ("2026-11-23T00:30:00+01:00", False),
        ("2026-11-24", True),
    ],
)
def test_older_as_of_is_refused_and_equal_allowed(
    store: Store, as_of: str, is_allowed: bool
) -> None:
    """A replayed old week never replaces production; zones count, none means UTC."""
    promoted(store, "1", as_of="2026-11-23")

    if is_allowed:
        promoted(store, "2", as_of)
        return
    with pytest.raises(RefusedError, match="as_of must not be older than production's 2026-11-23"):
        promoted(store, "2", as_of)


def test_as_of_must_be_a_date(store: Store) -> None:
    """Metadata without a readable as_of cannot move production."""
    with pytest.raises(StoreError, match="as_of must be an ISO date"):
        promoted(store, as_of="last Monday")


@pytest.mark.parametrize(("actor", "reason"), [("", "r"), ("a", ""), (" ", "r"), ("a", "\n")])
def test_every_move_names_actor_and_reason(store: Store, actor: str, reason: str) -> None:
    """Nobody moves production unnamed or unexplained."""
    staged = store.stage(FILES, metadata())

    with pytest.raises(StoreError, match="must be said"):
        released(store, staged, actor, reason)
    assert store.current() is None
    store.discard(staged)


def test_rollback_walks_back_through_what_served(store: Store) -> None:
    """Twice rolled back is two promotions back, not there and back again."""
    first, second, third = (promoted(store, mark) for mark in "123")

    assert store.rollback(actor="a", reason="alerts doubled").version == second.version
    pointer = store.rollback(actor="a", reason="still doubled")

    assert pointer.version == first.version
    assert (pointer.kind, pointer.previous, pointer.sequence) == ("rollback", second.version, 5)
    with pytest.raises(StoreError, match="Nothing served before"):
        store.rollback(actor="a", reason="r")
    assert [m.version for m in store.history()[:3]] == [p.version for p in (first, second, third)]


def test_rollback_of_nothing_is_one_sentence(store: Store) -> None:
    """An empty store has nothing to go back to."""
    with pytest.raises(StoreError, match="Nothing has ever been promoted"):
        store.rollback(actor="a", reason="r")


def test_rollback_is_no_way_round_the_gate(store: Store) -> None:
    """A version that never served is not reached by rolling back."""
    promoted(store)
    version = added(store, files("2"), metadata(decision="refuse"))

    with pytest.raises(StoreError, match="has never served"):
        store.rollback(version, actor="a", reason="r")


def test_rollback_to_what_was_signed_anew_is_refused(store: Store) -> None:
    """A version replaced under its old name, by whoever has the key, is not what had served."""
    first = promoted(store, "1")
    promoted(store, "2")
    (store.root / first.version).rename(store.root.parent / "away")
    again = added(store, files("other"), metadata(), now=MONDAY)
    assert again == first.version

    with pytest.raises(TrustError, match="not the one that was promoted"):
        store.rollback(first.version, actor="a", reason="r")


def test_override_puts_a_refused_candidate_on_record(store: Store) -> None:
    """Breaking the glass copies the refused version as signed; who and why stay with it."""
    promoted(store, "1")
    refused = store.refuse(files("2"), metadata("2026-11-01", "refuse"), reason="recall 0.81")

    pointer = store.override(refused, actor="duty officer", reason="outage")

    assert pointer.override is not None
    assert (pointer.override.actor, pointer.override.reason) == ("duty officer", "outage")
    assert store.verify(pointer).metadata.refusal.reason == "recall 0.81"
    assert store.verify_refused(refused).manifest == pointer.manifest
    assert leftovers(store) == []


def test_override_of_a_version_in_the_store(store: Store) -> None:
    """An override may also name a version of the store that never served."""
    promoted(store)
    version = added(store, files("2"), metadata(decision="insufficient_evidence"))

    pointer = store.override(version, actor="a", reason="r")

    assert pointer.override is not None


def test_override_stays_visible_for_as_long_as_it_serves(store: Store) -> None:
    """Rolling back to a version that was put past the gate shows the override again."""
    refused = store.refuse(files("1"), metadata(decision="refuse"), reason="r")
    overridden = store.override(refused, actor="a", reason="why")
    assert promoted(store, "2").override is None

    assert store.rollback(actor="b", reason="r").override == overridden.override


def test_override_does_not_skip_the_signature(store: Store) -> None:
    """Past the gate is not past the signature."""
    refused = store.refuse(FILES, metadata(decision="refuse"), reason="r")
    report = store.root / "refused" / refused / "report.json"
    report.chmod(0o644)
    report.write_bytes(b"{ }")

    with pytest.raises(TrustError, match=r"report\.json differs"):
        store.override(refused, actor="a", reason="r")
    assert store.versions() == leftovers(store) == []


def _edited(store: Store, name: str, old: str, new: str) -> None:
    path = store.root / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_edited_pointer_is_refused(store: Store) -> None:
    """A pointer edited by hand is told, with the command that mends it."""
    first, second = promoted(store, "1"), promoted(store, "2")
    _edited(store, "latest.json", second.version, first.version)

    with pytest.raises(TrustError, match=r"latest\.json was changed .* models rollback fraud"):
        store.current()


@pytest.mark.parametrize("damage", ["missing", "truncated", "empty", "edited", "replayed"])
def test_lost_pointer_is_mended_by_an_explicit_rollback(store: Store, damage: str) -> None:
    """A lost pointer is one sentence for everybody; only a named rollback mends it, on record."""
    first, second = promoted(store, "1"), promoted(store, "2")
    path = store.root / "latest.json"
    path.chmod(0o644)
    if damage == "missing":
        path.unlink()
    else:
        good = path.read_bytes()
        ruin = {"truncated": good[:40], "empty": b"", "edited": good.replace(b"a test", b"b test")}
        path.write_bytes(ruin.get(damage, move_line(first)))

    with pytest.raises(StoreError, match=r"models rollback fraud_detector_\d+_\d+ --actor"):
        store.current()
    with pytest.raises(StoreError, match=r"latest\.json"):
        promoted(store, "3")
    with pytest.raises(StoreError, match=r"latest\.json"):
        store.rollback(actor="a", reason="r")

    mended = store.rollback(second.version, actor="a", reason="pointer was lost")
    assert store.current() == mended
    assert store.history() == [first, second, mended]


@pytest.mark.parametrize(
    "damage", ["first removed", "last removed", "swapped", "edited", "torn twice"]
)
def test_changed_log_is_noticed(store: Store, damage: str) -> None:
    """A line removed, moved, edited or cut short is noticed."""
    for mark in "1234":
        promoted(store, mark)
    path = store.root / "promotions.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    ruined = {
        "first removed": lines[1:],
        "last removed": lines[:2],
        "swapped": [lines[1], lines[0], *lines[2:]],
        "edited": [lines[0].replace(b"a test", b"b test"), *lines[1:]],
        "torn twice": [*lines[:-2], lines[-2][:50]],
    }[damage]
    path.write_bytes(b"".join(ruined))

    with pytest.raises(TrustError, match=r"promotions\.jsonl"):
        store.history()


def test_lost_log_is_noticed(store: Store) -> None:
    """Without its log a pointer to a later move is not believed."""
    promoted(store, "1"), promoted(store, "2")
    (store.root / "promotions.jsonl").unlink()

    with pytest.raises(TrustError, match="one of them was replaced"):
        store.current()


def test_log_one_behind_is_completed(store: Store) -> None:
    """What a crash between pointer and log leaves is read as moved, and logged by the next run."""
    first, second = promoted(store, "1"), promoted(store, "2")
    (store.root / "promotions.jsonl").write_bytes(move_line(first))

    assert store.current() == second
    assert store.history() == [first, second]
    assert store.sweep() == [f"logged the promotion of {second.version}"]
    assert (store.root / "promotions.jsonl").read_bytes() == move_line(first) + move_line(second)


def test_record_of_a_foreign_key_is_refused(
    store: Store, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A pointer signed by somebody else's key, to a version that exists, moves nothing."""
    pointer = promoted(store, "1")
    folder = tmp_path_factory.mktemp("foreign")
    foreign = new_store(folder, Keys(folder / "pair"))
    (store.root / "latest.json").write_bytes(move_line(promoted(foreign, "1")))

    with pytest.raises(TrustError, match=r"latest\.json was signed with the foreign key"):
        store.current()
    assert store.verify(pointer).version == pointer.version


def test_log_line_of_another_store_is_no_pointer_here(
    store: Store, keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Even one signed by the same key does not follow this store's log."""
    promoted(store, "1")
    other = new_store(tmp_path_factory.mktemp("other"), keys)
    promoted(other, "1")
    (store.root / "latest.json").write_bytes(move_line(promoted(other, "2")))

    with pytest.raises(TrustError, match="one of them was replaced"):
        store.current()


def test_line_of_another_history_is_noticed(
    store: Store, keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A genuine line of the right number, but of another store's history, breaks the chain."""
    other = new_store(tmp_path_factory.mktemp("other"), keys)
    for mark in "123":
        promoted(store, mark)
        promoted(other, mark)
    path = store.root / "promotions.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1] = (other.root / "promotions.jsonl").read_bytes().splitlines(keepends=True)[1]
    path.write_bytes(b"".join(lines))

    with pytest.raises(TrustError, match=r"promotions\.jsonl line 2 does not follow"):
        store.history()
