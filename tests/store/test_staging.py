from __future__ import annotations

import threading

import pytest

from fraud_assets.store.store import Store
from tests.store.stores import FILES, leftovers, metadata


def test_discarding_while_another_sweeps_harms_neither(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer gives up its staged version at the moment at which another writer sweeps."""
    monkeypatch.setattr(
        "fraud_assets.store.versions.staging.seal_version", lambda staged, *_: staged.path.mkdir()
    )
    notes, faults, is_done = list[str](), list[BaseException](), threading.Event()

    def sweep() -> None:
        try:
            while not is_done.is_set():
                notes.extend(store.sweep())
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            faults.append(error)

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    for _ in range(150):
        store.discard(store.stage(FILES, metadata()))
    is_done.set()
    sweeper.join()

    assert faults == []
    assert notes == []
    assert leftovers(store) == []
