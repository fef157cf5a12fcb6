"""A folder of versions: `models/` of those that may serve, `refused/` of those that may not."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from fraud_assets.errors import StoreError
from fraud_assets.store.files import flush_folder, one_sentence
from fraud_assets.store.keys import Keys, Trusted
from fraud_assets.store.staging import Staged
from fraud_assets.store.version import (
    Verified,
    check_version,
    is_version,
    look_at_version,
    verify_version,
)

_GONE = ".pruned-"


@dataclass(frozen=True)
class Shelf:
    """The versions in `folder`, verified with the keys trusted in the store at `root`."""

    folder: Path
    keys: Keys
    root: Path

    def versions(self) -> list[str]:
        """Names, oldest first, verified or not."""
        with one_sentence("read", self.folder):
            if not self.folder.is_dir():
                return []
            with os.scandir(self.folder) as entries:
                return sorted(entry.name for entry in entries if is_version(entry.name))

    def holds(self, version: str) -> bool:
        """Whether a version of this name is visible here."""
        return is_version(version) and (self.folder / version).exists()

    def has(self, version: str) -> bool:
        """Whether a version of this name is here or in the making."""
        return any((self.folder / name).exists() for name in (version, f".staging-{version}"))

    def verify(self, version: str) -> Verified:
        """Verify signature, file list and digests.

        Raises
        ------
        TrustError
            If anything does not hold; names every file at fault.
        StoreError
            If there is no such version.
        """
        return verify_version(self._demand(version), self.keys.trusted(self.root))

    def look_at(self, version: str, trusted: Trusted | None = None) -> Verified:
        """Verify signature, file list and metadata alone; raises like `verify`.

        `trusted` spares reading the keys for each of many versions.
        """
        return look_at_version(self._demand(version), trusted or self.keys.trusted(self.root))

    def place(self, staged: Staged) -> None:
        """Rename a staged version to where it is visible; never over another."""
        target = self.folder / staged.version
        if target.exists():
            raise StoreError(f"{target} exists, and versions are never overwritten: run again.")
        with one_sentence("make visible", target):
            staged.path.rename(target)
            flush_folder(self.folder)

    def remove(self, version: str) -> None:
        """Take a version out of sight in one step, then delete it."""
        gone = self.folder / f"{_GONE}{version}"
        with one_sentence("remove", self.folder / version):
            (self.folder / version).rename(gone)
            flush_folder(self.folder)
            _delete(gone)

    def take_back(self, staged: Staged) -> None:
        """Undo `place`, where it has happened."""
        target = self.folder / staged.version
        if target.exists() and not staged.path.exists():
            target.rename(staged.path)

    def _demand(self, version: str) -> Path:
        check_version(version)
        if not (self.folder / version).exists():
            raise StoreError(
                f"There is no {version} in {self.folder}; `fraud-assets models list` names all."
            )
        return self.folder / version


def sweep_removed(folder: Path) -> None:
    """End removals that a crash broke off."""
    for gone in folder.glob(f"{_GONE}*"):
        _delete(gone)


def _delete(gone: Path) -> None:
    if gone.is_symlink():
        gone.unlink()
    else:
        shutil.rmtree(gone)
