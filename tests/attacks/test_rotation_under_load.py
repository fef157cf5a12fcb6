"""A pair of keys that is replaced while the service answers; and what its thief can do then.

At d2ae1cc there was no rotation: a new pair made publishing fail for ever.
"""

from __future__ import annotations

import http.client
import json
import shutil
import threading
from collections import Counter
from pathlib import Path

import pytest

from fraud_assets.errors import TrustError
from fraud_assets.store.keys import Keys, fingerprint
from fraud_assets.store.keys.rotation import rotate
from fraud_assets.store.store import Store
from tests.attacks.journals import put, saved
from tests.service.stores import PAYMENT, new_store, promote, serving

CALLERS = 4


class Load:
    """Callers that ask without a pause, each on one connection, until the load ends."""

    def __init__(self, port: int) -> None:
        self.port, self.over = port, threading.Event()
        self.answers: Counter[tuple[int, str]] = Counter()
        self.failures: list[str] = []
        self._threads = [threading.Thread(target=self._ask) for _ in range(CALLERS)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join(timeout=60)

    def _ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body, kind = json.dumps(PAYMENT), {"content-type": "application/json"}
        while not self.over.is_set():
            try:
                connection.request("POST", "/predict", body, kind)
                answer = connection.getresponse()
                told = json.loads(answer.read())
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
                connection.close()
            else:
                self.answers[answer.status, told.get("model_version", "none")] += 1
        connection.close()


def scoring_machine(store: Store, folder: Path) -> Store:
    """The store as a machine sees it that was given today's `public.pem` and nothing else."""
    keys = Keys(folder / "scoring")
    keys.folder.mkdir(mode=0o700)
    shutil.copy(store.keys.public, keys.public)
    return Store(store.root, keys)


def test_services_follow_a_rotation_under_load_without_restart(tmp_path: Path) -> None:
    """Two rotations, a move after each; no answer is lost, and old versions verify."""
    store = new_store(tmp_path)
    first = promote(store, "logistic_regression")
    scoring = scoring_machine(store, tmp_path)
    state = ("--last-good", str(tmp_path / "state"))
    versions, keys = [first], [fingerprint(store.keys.public_key())]
    with serving(scoring, *state) as running, Load(running.port) as load:
        for family in ("gradient_boosting", "logistic_regression"):
            rotate(store.keys.folder, actor="ada", reason="yearly")
            versions.append(promote(store, family))
            keys.append(fingerprint(store.keys.public_key()))
            running.wait_for(versions[-1])
        store.rollback(first, actor="ada", reason="to a version that the first key signed")
        running.wait_for(first)
        told = running.ask("/health")[1]

    assert load.failures == []
    assert set(load.answers) == {(200, version) for version in versions}
    assert not told["degraded"], told
    assert len(set(keys)) == 3
    for seen in (store, scoring):
        assert [seen.verify(version).version for version in versions] == versions
    lines = (store.root / "promotions.jsonl").read_text().splitlines()
    signers = [json.loads(line)["key"] for line in lines]
    assert signers == [*keys, keys[-1]]


def test_a_restart_after_rotations_trusts_what_the_machine_was_given(tmp_path: Path) -> None:
    """With the first `public.pem` alone, and the store gone, from the last good copy."""
    store = new_store(tmp_path)
    promote(store, "logistic_regression")
    scoring = scoring_machine(store, tmp_path)
    state = ("--last-good", str(tmp_path / "state"))
    rotate(store.keys.folder, actor="ada", reason="yearly")
    second = promote(store, "gradient_boosting")
    with serving(scoring, *state) as running:
        assert running.ask("/health")[1]["model_version"] == second
    shutil.rmtree(store.root)

    with serving(scoring, *state) as running:
        told = running.ask("/health")[1]

    assert (told["model_version"], told["serving_from"]) == (second, "last good copy")


def test_who_stole_the_old_key_moves_no_running_service(tmp_path: Path) -> None:
    """After the rotation he signs a move of his own; readers and service stay where they are."""
    store = new_store(tmp_path)
    promote(store, "logistic_regression")
    stolen = Keys(tmp_path / "stolen")
    shutil.copytree(store.keys.folder, stolen.folder)
    twin = Store(tmp_path / "twin", stolen)
    shutil.copytree(store.root, twin.root)
    scoring = scoring_machine(store, tmp_path)
    with serving(scoring) as running:
        rotate(store.keys.folder, actor="ada", reason="the old one was read by a stranger")
        good = promote(store, "gradient_boosting")
        running.wait_for(good)
        his = promote(twin, "logistic_regression")
        shutil.copytree(twin.root / his, store.root / his, dirs_exist_ok=True)
        put(store.root, saved(twin))
        why = running.wait_for_refusal()
        served = running.ask("/predict", PAYMENT)[1]["model_version"]

    assert served == good
    assert "was seen before" in why or "replaced" in why, why
    with pytest.raises(TrustError):
        store.current()
