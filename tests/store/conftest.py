from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from fraud_assets.store.keys import Keys
from fraud_assets.store.store import Store
from tests.store.stores import new_store


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys") / "pair").ensure()


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Starts processes from a clean one that has imported what signing takes a second to import."""
    context = multiprocessing.get_context("forkserver")
    modules = ("test_crash", "test_race", "storage.test_s3")
    context.set_forkserver_preload([f"tests.store.{name}" for name in modules])
    return context


@pytest.fixture
def store(tmp_path: Path, keys: Keys) -> Store:
    return new_store(tmp_path, keys)
