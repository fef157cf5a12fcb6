"""Several contracts in one service: one that is damaged, and a stranger's page that asks for all.

Until this was mended one contract's damaged store kept all others from being served, a contract
whose pointer was deleted was forgotten, and the list of contracts and `/health` were given to any
Host.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fraud_assets.errors import StoreError
from fraud_assets.service.settings import ServiceSettings
from fraud_assets.service.several import create
from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from tests.service.stores import PAYMENT, promote, serving
from tests.waiting import wait_until

FAMILIES = {"alpha": "gradient_boosting", "beta": "logistic_regression"}


@pytest.fixture
def root(tmp_path: Path) -> Store:
    """`models/alpha` and `models/beta`, as a folder to serve from."""
    keys = Keys(tmp_path / "keys").ensure()
    for name, family in FAMILIES.items():
        contract = {"name": name, "digest": "0" * 64}
        promote(Store(tmp_path / "models" / name, keys), family, contract=contract)
    return Store(tmp_path / "models", keys)


def state(root: Store) -> tuple[str, str]:
    return "--last-good", str(root.root.parent / "state")


def spoil(alpha: Path) -> None:
    (alpha / "latest.json").write_bytes(b"{")


def remove_pointer(alpha: Path) -> None:
    (alpha / "latest.json").unlink()


def remove_journal(alpha: Path) -> None:
    for name in ("latest.json", "promotions.jsonl"):
        (alpha / name).unlink()


DAMAGES = {
    "spoilt pointer": spoil,
    "deleted pointer": remove_pointer,
    "deleted journal": remove_journal,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_one_damaged_contract_hinders_no_other(root, damage):
    """It answers 503 with the reason, the others serve; mended, it is served without a restart."""
    alpha = root.root / "alpha"
    whole = shutil.copytree(alpha, root.root.parent / "whole")
    damage(alpha)

    with serving(root, *state(root)) as running:
        served = running.ask("/contracts/beta/predict", PAYMENT)[0]
        refused, told = running.ask("/contracts/alpha/predict", PAYMENT)
        health, ready = running.ask("/health")[1], running.ask("/ready")[1]
        page = running.ask("/")[1]
        for name in ("latest.json", "promotions.jsonl"):
            shutil.copy(whole / name, alpha / name)
        wait_until(lambda: running.ask("/contracts/alpha/predict", PAYMENT)[0] == 200)
        mended = running.ask("/health")[1]

    assert (served, refused) == (200, 503)
    assert "alpha is not served" in told["detail"][0]["msg"]
    assert (health["degraded"], health["contracts"]["beta"]["status"]) == (True, "ok")
    assert health["contracts"]["alpha"]["status"] == "unavailable"
    assert health["contracts"]["alpha"]["why"]
    assert ready["contracts"]["alpha"]["status"] == "unavailable"
    assert "alpha</a> is not served" in page
    assert mended["degraded"] is False


@pytest.mark.parametrize("what", ["its journal", "its store", "all stores"])
def test_a_contract_whose_store_is_gone_is_served_from_its_copy(root, what):
    """It is not forgotten: what served before is known from the last good copies."""
    with serving(root, *state(root)) as running:
        before = running.ask("/contracts/alpha/predict", PAYMENT)[1]
    if what == "its journal":
        remove_journal(root.root / "alpha")
    else:
        shutil.rmtree(root.root / "alpha" if what == "its store" else root.root)

    with serving(root, *state(root)) as running:
        after = running.ask("/contracts/alpha/predict", PAYMENT)[1]
        told = running.ask("/health")[1]

    assert after == before
    assert told["degraded"]
    assert told["contracts"]["alpha"]["serving_from"] == "last good copy"


def test_where_none_can_be_served_every_reason_is_told(root):
    """At once, in one error."""
    for name in FAMILIES:
        spoil(root.root / name)
    settings = ServiceSettings(models=root.root, keys=root.keys.folder)

    with pytest.raises(StoreError, match=r"None of the contracts .*alpha: .*beta: "):
        create(settings)


def test_a_missing_file_of_keys_closes_its_own_contract_alone(root, tmp_path):
    """Nobody is let in to it without a key; the other one's key works."""
    import hashlib

    folder = tmp_path / "api"
    folder.mkdir()
    (folder / "beta").write_text(f"one:{hashlib.sha256(b'secret').hexdigest()}\n")

    with serving(root, "--api-keys", str(folder)) as running:
        sent = {"x-api-key": "secret"}
        codes = [
            running.ask(f"/contracts/{name}/predict", PAYMENT, headers=sent)[0]
            for name in ("alpha", "beta")
        ]

    assert codes == [503, 200]


@pytest.mark.parametrize(
    "path",
    ["/", "/health", "/ready", "/nothing", "/contracts/alpha", "/contracts/alpha/predict"],
)
def test_a_foreign_name_learns_nothing_of_any_contract(root, path):
    """421 before anything is looked up; own names are answered."""
    with serving(root) as running:
        foreign = running.ask(path, headers={"host": "evil.example"})
        own = running.ask("/health", headers={"host": "localhost"})[0]

    assert foreign[0] == 421
    assert "alpha" not in str(foreign[1])
    assert own == 200
