from __future__ import annotations

from collections.abc import Iterator

import pytest

from fraud_assets.store.store import Store
from tests.service.stores import Server, new_store, promote, serving


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store in which gradient boosting serves; read only."""
    made = new_store(tmp_path_factory.mktemp("store"))
    promote(made, "gradient_boosting")
    return made


@pytest.fixture(scope="session")
def server(store: Store) -> Iterator[Server]:
    """The real server, for tests that do not change what it serves."""
    with serving(store) as running:
        yield running
