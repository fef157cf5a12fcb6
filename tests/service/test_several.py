"""Two contracts, two stores, one service: right answers from each, everything else apart."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from tests.service.stores import PAYMENT, RISKY, promote, serving
from tests.waiting import wait_until

FAMILIES = {"alpha": "gradient_boosting", "beta": "logistic_regression"}


@pytest.fixture
def root(tmp_path: Path) -> Store:
    """`models/alpha` and `models/beta`, each its own contract's; as a folder to serve from."""
    keys = Keys(tmp_path / "keys").ensure()
    for name, family in FAMILIES.items():
        contract = {"name": name, "digest": "0" * 64}
        promote(Store(tmp_path / "models" / name, keys), family, contract=contract)
    return Store(tmp_path / "models", keys)


def alone(root: Store, name: str) -> Store:
    return Store(root.root / name, root.keys)


def test_each_contract_answers_as_it_would_alone(root):
    """The same payment, scored by each store's own version; the index lists both."""
    expected = {}
    for name in FAMILIES:
        with serving(alone(root, name)) as server:
            expected[name] = [server.ask("/predict", sent)[1] for sent in (PAYMENT, RISKY)]

    with serving(root) as server:
        for name in FAMILIES:
            found = [server.ask(f"/contracts/{name}/predict", p)[1] for p in (PAYMENT, RISKY)]
            assert found == expected[name]
        assert expected["alpha"] != expected["beta"]
        health = server.ask("/health")[1]
        page = server.ask("/")[1]

    assert health["status"] == "ok"
    assert set(health["contracts"]) == set(FAMILIES)
    assert 'href="contracts/alpha/"' in page


def test_metrics_and_promotions_are_each_contracts_own(root):
    """Requests are counted where they were asked; one contract's new version moves it alone."""
    with serving(root) as server:
        before = server.ask("/contracts/beta/health")[1]["model_version"]
        server.ask("/contracts/alpha/predict", PAYMENT)
        contract = {"name": "alpha", "digest": "0" * 64}
        newer = promote(alone(root, "alpha"), "logistic_regression", contract=contract)
        wait_until(lambda: server.ask("/contracts/alpha/health")[1]["model_version"] == newer)
        counted = {n: server.ask(f"/contracts/{n}/metrics")[1] for n in FAMILIES}

        assert server.ask("/contracts/alpha/health")[1]["model_version"] == newer
        assert server.ask("/contracts/beta/health")[1]["model_version"] == before
    assert counted["alpha"] != counted["beta"]


def test_keys_are_each_contracts_own(root, tmp_path):
    """A folder of key files, one for each contract: alpha's key opens nothing of beta."""
    folder = tmp_path / "api"
    folder.mkdir()
    for name in FAMILIES:
        digest = hashlib.sha256(f"key of {name}".encode()).hexdigest()
        (folder / name).write_text(f"one:{digest}\n")

    with serving(root, "--api-keys", str(folder)) as server:
        sent = {"x-api-key": "key of alpha"}
        allowed = server.ask("/contracts/alpha/predict", PAYMENT, headers=sent)[0]
        refused = server.ask("/contracts/beta/predict", PAYMENT, headers=sent)[0]

    assert (allowed, refused) == (200, 401)


def test_another_path_names_the_contracts(root):
    """A 404 says what may be asked."""
    with serving(root) as server:
        status, body = server.ask("/predict", PAYMENT)

    assert status == 404
    assert "/contracts/alpha/" in body["detail"][0]["msg"]
