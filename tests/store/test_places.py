"""Which store a process means does not hang on where it was started."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fraud_assets.errors import StoreError
from fraud_assets.store.keys import Keys
from fraud_assets.store.places import default_root, stores_under
from fraud_assets.store.store import Store
from tests.store.stores import new_store, promoted


@pytest.fixture(autouse=True)
def _no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FRAUD_ASSETS_MODELS", raising=False)


def test_environment_names_the_store(monkeypatch: pytest.MonkeyPatch, keys: Keys) -> None:
    """FRAUD_ASSETS_MODELS wins; a path is taken from the working directory and made absolute."""
    monkeypatch.setenv("FRAUD_ASSETS_KEYS", str(keys.folder))
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", "elsewhere/models")
    assert Store.default().root == Path.cwd() / "elsewhere" / "models"

    monkeypatch.setenv("FRAUD_ASSETS_MODELS", "~/models")
    assert default_root() == Path.home() / "models"


@pytest.mark.parametrize("marker", ["workspace.yaml", "pyproject.toml", "models/latest.json"])
def test_every_folder_of_a_workspace_means_the_same_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marker: str
) -> None:
    """The nearest folder upwards that holds a marker has the store in models/."""
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / marker).parent.mkdir(exist_ok=True)
    (tmp_path / marker).write_text("")

    for folder in (tmp_path, below.parent, below):
        monkeypatch.chdir(folder)
        assert default_root() == tmp_path / "models"


def test_without_a_workspace_it_is_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Absolute, so that every message says which folder was meant."""
    monkeypatch.chdir(tmp_path)

    assert default_root() == tmp_path / "models"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_marker_of_another_user_moves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may write a folder above cannot make this process mean his store."""
    (tmp_path / "workspace.yaml").write_text("")
    os.chown(tmp_path / "workspace.yaml", 4321, 4321)
    below = tmp_path / "below"
    below.mkdir()
    monkeypatch.chdir(below)

    assert default_root() == below / "models"


@pytest.mark.parametrize(
    "url", ["http://ada:secret@host/models", "redis://:secret@host/0", "memory://x"]
)
def test_a_url_is_no_folder(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """It is refused without its credentials, rather than made a folder of that name."""
    monkeypatch.setenv("FRAUD_ASSETS_MODELS", url)

    with pytest.raises(StoreError, match=r"must be a folder.*got a URL of scheme") as refused:
        default_root()
    assert "secret" not in str(refused.value)


def test_stores_below_a_folder_are_found(tmp_path: Path, keys: Keys) -> None:
    """models/<contract>/ each a store; refused candidates, versions and other folders are none."""
    root = new_store(tmp_path, keys).root
    assert stores_under(root) == []

    for name in ("b", "a"):
        promoted(Store(root / name, keys))
    (root / "c").mkdir()
    (root / ".hidden").mkdir()
    assert stores_under(root) == [root / "a", root / "b"]

    version = promoted(Store(root, keys)).version
    (root / "refused" / version).mkdir(parents=True)
    assert stores_under(root) == [root, root / "a", root / "b"]


def test_a_store_is_not_named_refused(tmp_path: Path, keys: Keys) -> None:
    """That folder belongs to the store above it."""
    with pytest.raises(StoreError, match="must not be named refused"):
        Store(tmp_path / "models" / "refused", keys)
