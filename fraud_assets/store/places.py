"""Where stores lie: the one that this process means, and all below a folder."""

from __future__ import annotations

import os
from pathlib import Path

from fraud_assets.store.files import one_sentence
from fraud_assets.store.storage.objects.making import MAKING
from fraud_assets.store.storage.objects.place import Objects
from fraud_assets.store.storage.port import LOG_FILE, POINTER_FILE
from fraud_assets.store.storage.registry import Address, parse_address, storage_at, within
from fraud_assets.store.versions.version import is_version

_DEFAULT = "models"
_PARTS = ("refused", "promotions", "pruned", "succession", MAKING)
"""Folders of a store itself."""

_WORKSPACE = (f"{_DEFAULT}/{POINTER_FILE}", "workspace.yaml", "pyproject.toml")


def default_root() -> Address:
    """The store named by `FRAUD_ASSETS_MODELS`, else `models/` of the workspace, absolute.

    The workspace is the nearest folder, from the working directory upwards, that holds such a
    store, a workspace.yaml or a pyproject.toml, of this user's or the system's; without one it
    is the working directory.

    Raises
    ------
    StoreError
        If a URL is named that no kind of storage knows.
    """
    named = os.environ.get("FRAUD_ASSETS_MODELS")
    return parse_address(named) if named else _workspace(Path.cwd()) / _DEFAULT


def is_store(place: Address) -> bool:
    """Whether there is a journal or a version in a folder or at a URL."""
    if isinstance(place, str):
        names = storage_at(place).names()
        return LOG_FILE in names or any(map(is_version, names))
    folder = place
    if not folder.is_dir():
        return False
    if any((folder / name).exists() for name in (POINTER_FILE, LOG_FILE)):
        return True
    with os.scandir(folder) as entries:
        return any(is_version(entry.name) for entry in entries)


def stores_under(root: Address) -> list[Address]:
    """The stores at `root` and one level below, such as models/<contract>/.

    Raises
    ------
    StoreError
        If the place cannot be read.
    """
    with one_sentence("look for stores in", root):
        below = [within(root, name) for name in sorted(_below(root)) if _may_be_store(name)]
        return [place for place in (root, *below) if is_store(place)]


def _below(root: Address) -> list[str]:
    if isinstance(root, str):
        storage = storage_at(root)
        return storage.below() if isinstance(storage, Objects) else []
    return [path.name for path in root.iterdir() if path.is_dir()] if root.is_dir() else []


def _may_be_store(name: str) -> bool:
    return not name.startswith(".") and name not in _PARTS and not is_version(name)


def _workspace(here: Path) -> Path:
    marked = (folder for folder in (here, *here.parents) if _is_workspace(folder))
    return next(marked, here)


def _is_workspace(folder: Path) -> bool:
    """Whether it says so itself; in a folder that others may write, anybody could say it."""
    owners = {0, os.getuid()} if hasattr(os, "getuid") else None
    for name in _WORKSPACE:
        try:
            found = (folder / name).stat()
        except OSError:
            continue
        if owners is None or found.st_uid in owners:
            return True
    return False
