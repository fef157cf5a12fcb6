from __future__ import annotations

from pathlib import Path

import pytest

from fraud_assets.store.store import Store
from tests.store.stores import new_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store, with keys of its own beside it."""
    return new_store(tmp_path)
