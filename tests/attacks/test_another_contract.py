"""A contract of another name, on every way into a used store.

At d2ae1cc `another_team` took production from `crypto_gateway` by an ordinary promotion, and
rollback and override asked no name at all.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from fraud_assets.errors import StoreError
from fraud_assets.store.store import Store, stores_under
from tests.store.older import move_as_d2ae1cc, store_of_d2ae1cc
from tests.store.stores import added, files, metadata, new_store, promoted

FOREIGN = {"contract": {"name": "another_team", "digest": "1" * 64}}
INSTEAD = r"belongs to contract shop, .* FRAUD_ASSETS_MODELS=\S+/models/another_team"


def _placed(store: Store) -> str:
    """A genuine version of the other contract, signed with the same key, in the folder."""
    return added(store, files("x"), metadata(**FOREIGN))


WAYS: dict[str, Callable[[Store], object]] = {
    "first step": lambda store: store.demand_ready("another_team"),
    "publisher": lambda store: store.demand_promotable("another_team", "0" * 64),
    "release": lambda store: promoted(store, "x", **FOREIGN),
    "override": lambda store: store.override(_placed(store), actor="a", reason="r"),
    "refuse": lambda store: store.refuse(
        files("x"), metadata(decision="refuse", **FOREIGN), reason="recall 0.81"
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_another_contract_is_refused(store: Store, way: str) -> None:
    """Production stays, and the sentence names the store to set instead."""
    now = promoted(store, "1")

    with pytest.raises(StoreError, match=INSTEAD):
        WAYS[way](store)
    assert store.current() == now
    assert store.refused_versions() == []


def test_rollback_to_another_contract_is_refused(tmp_path: Path) -> None:
    """Also where an older release had let the other contract serve."""
    store = store_of_d2ae1cc(tmp_path)
    foreign = _placed(store)
    move_as_d2ae1cc(store, foreign, "promotion")
    promoted(store, "1")

    with pytest.raises(StoreError, match="belongs to contract shop"):
        store.rollback(foreign, actor="a", reason="r")
    with pytest.raises(StoreError, match="belongs to contract shop"):
        store.rollback(actor="a", reason="r")


def test_override_of_a_candidate_refused_elsewhere_is_refused(tmp_path: Path) -> None:
    """A refused candidate of another contract, moved over with its signature, stays refused."""
    store = new_store(tmp_path)
    promoted(store, "1")
    other = Store(tmp_path / "other" / "models", store.keys)
    refused = other.refuse(files("x"), metadata(decision="refuse", **FOREIGN), reason="r")
    shutil.copytree(other.root / "refused" / refused, store.root / "refused" / refused)

    with pytest.raises(StoreError, match=INSTEAD):
        store.override(refused, actor="a", reason="r")


@pytest.mark.parametrize("contract", [None, {}, {"name": ""}, {"name": 3}, "shop"])
def test_a_version_without_a_contract_moves_nothing(store: Store, contract: object) -> None:
    """What does not say whose it is belongs to nobody."""
    with pytest.raises(StoreError, match="must name the contract"):
        promoted(store, "1", contract=contract)
    assert store.current() is None


def test_a_name_of_other_case_is_another(store: Store) -> None:
    """Names are compared letter by letter."""
    promoted(store, "1")

    with pytest.raises(StoreError, match="belongs to contract shop"):
        promoted(store, "2", contract={"name": "Shop"})


def test_two_contracts_two_stores(tmp_path: Path) -> None:
    """What the sentence proposes works, and both stores are found below one folder."""
    shop = new_store(tmp_path)
    team = Store(shop.root / "another_team", shop.keys)
    promoted(shop, "1")
    promoted(team, "x", **FOREIGN)

    assert (shop.owner(), team.owner()) == ("shop", "another_team")
    assert stores_under(shop.root) == [shop.root, team.root]
    assert shop.versions() == [shop.current().version]
    with pytest.raises(StoreError, match=r"FRAUD_ASSETS_MODELS=\S+/models/shop"):
        promoted(team, "2")


def test_a_store_belongs_to_nobody_before_its_first_move(store: Store) -> None:
    """A refused first week claims nothing."""
    store.refuse(files("x"), metadata(decision="refuse", **FOREIGN), reason="r")

    assert store.owner() is None
    promoted(store, "1")
    assert store.owner() == "shop"


def test_an_orphan_of_another_contract_claims_nothing(store: Store) -> None:
    """The owner is read from the signed journal, not from what lies in the folder."""
    promoted(store, "1")
    added(store, files("x"), metadata(**FOREIGN))

    assert store.owner() == "shop"
