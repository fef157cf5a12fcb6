"""What release d2ae1cc published still lists, verifies, serves and rolls back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from fraud_assets.cli import main
from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store.journal.record import move_digest
from fraud_assets.store.store import Store
from tests.store.older import move_as_d2ae1cc, store_of_d2ae1cc, versions_of
from tests.store.stores import files, metadata, promoted

FIRST, SECOND, OVERRIDDEN, REFUSED = (
    f"fraud_detector_2026{day}_063000" for day in ("1123", "1130", "1207", "1214")
)
ACT = {"actor": "ada", "reason": "alerts doubled"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_of_d2ae1cc(tmp_path)


def test_it_lists_and_verifies(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every version with its state, the refused beside the store too; every byte holds."""
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(store.keys.folder))
    place = ("--store", str(store.root))

    assert main(["models", "list", "--json", *place]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {row["version"]: row["state"] for row in found["versions"]} == {
        FIRST: "served",
        SECOND: "serves",
        OVERRIDDEN: "served by override",
        REFUSED: "refused",
    }
    assert [row["fault"] for row in found["versions"]] == [None] * 4
    assert main(["models", "verify", *place]) == 0
    assert main(["models", "show", REFUSED, *place]) == 0
    assert "Refused by rule precision" in capsys.readouterr().out
    assert versions_of(store.history(is_thorough=True)) == [FIRST, SECOND, OVERRIDDEN, SECOND]


def test_it_serves(store: Store) -> None:
    """The service loads what the pointer names, golden rows included."""
    from fraud_assets.service.versions.version import load_version

    now = store.current()
    assert now is not None

    assert load_version(store.verify(now), now).version == SECOND


def test_it_rolls_back(store: Store) -> None:
    """And the new record continues the old log, with owner and identity from then on."""
    moved = store.rollback(**ACT)

    first_line = (store.root / "promotions.jsonl").read_bytes().splitlines(keepends=True)[0]
    assert (moved.version, moved.sequence, moved.format) == (FIRST, 5, 2)
    assert (moved.contract, moved.store) == ("shop", move_digest(first_line))
    assert versions_of(store.history())[-1] == FIRST
    assert promoted(store, "new").store == moved.store


def test_its_owner_is_read_from_the_first_version(store: Store) -> None:
    """Whose store it is stands in no old record, but under the first version's signature."""
    assert store.owner() == "shop"
    shutil.rmtree(store.root / FIRST)
    assert store.owner() == "shop"
    for version in (SECOND, OVERRIDDEN):
        shutil.rmtree(store.root / version)
    with pytest.raises(StoreError, match="says whose store it is: restore"):
        store.owner()


def test_another_contract_that_served_there_does_not_return(store: Store) -> None:
    """Where that release let another contract in, rollback and override no longer do."""
    staged = store.stage(
        files("x"), metadata(contract={"name": "another_team", "digest": "1" * 64})
    )
    staged.path.rename(store.root / staged.version)
    store.discard(staged)
    move_as_d2ae1cc(store, staged.version, "promotion")
    move_as_d2ae1cc(store, SECOND, "rollback")

    for act in (store.rollback, store.override):
        with pytest.raises(StoreError, match="belongs to contract shop"):
            act(staged.version, **ACT)
    assert store.owner() == "shop"


def test_its_rolled_back_bytes_do_not_return_by_themselves(store: Store) -> None:
    """The rollback in its log counts, and an override of the refused beside the store works."""
    with pytest.raises(Exception, match="rolled them back"):
        store.demand_promotable("shop", store.verify(OVERRIDDEN).digest)

    moved = store.override(REFUSED, **ACT)

    assert (moved.version, moved.contract) == (REFUSED, "shop")
    assert store.verify(REFUSED).metadata.refusal.reason == "Refused by rule precision"


def test_its_journal_is_not_taken_back(store: Store) -> None:
    """Once seen here, an older beginning of it is refused like any other store's."""
    log = store.root / "promotions.jsonl"
    older = log.read_bytes().splitlines(keepends=True)[:2]
    store.rollback(**ACT)
    log.write_bytes(b"".join(older))
    (store.root / "latest.json").write_bytes(older[-1])

    with pytest.raises(TrustError, match="stands at move 2"):
        store.current()


def test_old_records_do_not_follow_new_ones(store: Store) -> None:
    """A record without owner and identity is believed only where there was none before."""
    store.rollback(**ACT)
    move_as_d2ae1cc(store, SECOND, "rollback")

    with pytest.raises(TrustError, match="does not follow"):
        store.history()


def test_refused_of_another_contract_beside_the_store_are_left_out(
    store: Store, tmp_path: Path
) -> None:
    """The folder beside was shared by all stores there; each shows its own contract's."""
    other = Store(tmp_path / "elsewhere" / "models", store.keys)
    about = metadata(decision="refuse", contract={"name": "another_team", "digest": "1" * 64})
    refused = other.refuse(files("x"), about, reason="r")
    shutil.copytree(other.root / "refused" / refused, tmp_path / "refused" / refused)

    assert store.refused_versions() == [OVERRIDDEN, REFUSED]
    (tmp_path / "refused" / REFUSED / "report.json").unlink()
    assert store.refused_versions() == [OVERRIDDEN, REFUSED]
