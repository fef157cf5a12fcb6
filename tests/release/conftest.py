from __future__ import annotations

from pathlib import Path

import pytest

from fraud_assets.release.keys import Keys
from fraud_assets.release.store import Store
from tests.release.stores import new_store


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys") / "pair").ensure()


@pytest.fixture
def store(tmp_path: Path, keys: Keys) -> Store:
    return new_store(tmp_path, keys)
