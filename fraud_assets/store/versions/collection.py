"""The versions of one kind in a storage: at its top those that may serve, below it the refused."""

from __future__ import annotations

from dataclasses import dataclass

from fraud_assets.store.files import one_sentence
from fraud_assets.store.keys import Keys, Trusted
from fraud_assets.store.storage.port import STAGING, Storage
from fraud_assets.store.versions.verified import Verified, examine
from fraud_assets.store.versions.version import check_version, is_version


@dataclass(frozen=True)
class Collection:
    """The versions `under` a name of a storage, verified with the keys trusted in `home`."""

    storage: Storage
    under: str
    keys: Keys
    home: Storage

    def names(self) -> list[str]:
        """Names, oldest first, verified or not."""
        return sorted(name for name in self._entries() if is_version(name))

    def are_ripe(self) -> bool:
        """Whether there is a version other than such as a first move is just bringing in."""
        names = set(self._entries())
        return any(is_version(name) and f"{STAGING}{name}" not in names for name in names)

    def taken(self) -> set[str]:
        """Names that are here or in the making."""
        return {name.removeprefix(STAGING) for name in self._entries()}

    def tree(self, version: str) -> str:
        """A version's name in the storage."""
        check_version(version)
        return f"{self.under}/{version}" if self.under else version

    def verify(self, version: str) -> Verified:
        """Verify signature, file list and digests.

        Raises
        ------
        TrustError
            If anything does not hold; names every file at fault.
        StoreError
            If there is no such version.
        """
        return examine(self.storage, self.tree(version), self.keys.trusted(self.home))

    def look_at(self, version: str, trusted: Trusted | None = None) -> Verified:
        """Verify signature, file list and metadata alone; raises like `verify`.

        `trusted` spares reading the keys for each of many versions.
        """
        trusted = trusted or self.keys.trusted(self.home)
        return examine(self.storage, self.tree(version), trusted, is_thorough=False)

    def remove(self, version: str) -> None:
        """Take a version out of sight in one step, then delete it."""
        with one_sentence("remove", self.storage.where(self.tree(version))):
            self.storage.remove(self.tree(version))

    def _entries(self) -> list[str]:
        with one_sentence("read", self.storage.where(self.under)):
            return self.storage.names(self.under)
