"""A folder of versions: `models/` of those that may serve, `refused/` of those that may not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fraud_assets.errors import StoreError
from fraud_assets.store.files import flush_folder, one_sentence
from fraud_assets.store.keys import Keys
from fraud_assets.store.staging import Staged
from fraud_assets.store.version import Verified, check_version, is_version, verify_version


@dataclass(frozen=True)
class Shelf:
    """The versions in `folder`, verified with `keys`."""

    folder: Path
    keys: Keys

    def versions(self) -> list[str]:
        """Names, oldest first, verified or not."""
        with one_sentence("read", self.folder):
            if not self.folder.is_dir():
                return []
            return sorted(path.name for path in self.folder.iterdir() if is_version(path.name))

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
        check_version(version)
        if not (self.folder / version).exists():
            raise StoreError(
                f"There is no {version} in {self.folder}; `fraud-assets models list` names all."
            )
        return verify_version(self.folder / version, self.keys.public_key())

    def place(self, staged: Staged) -> None:
        """Rename a staged version to where it is visible; never over another."""
        target = self.folder / staged.version
        if target.exists():
            raise StoreError(f"{target} exists, and versions are never overwritten: run again.")
        with one_sentence("make visible", target):
            staged.path.rename(target)
            flush_folder(self.folder)

    def take_back(self, staged: Staged) -> None:
        """Undo `place`, where it has happened."""
        target = self.folder / staged.version
        if target.exists() and not staged.path.exists():
            target.rename(staged.path)
