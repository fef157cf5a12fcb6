"""Versions that may serve and versions that were refused: looked at and verified.

    models/fraud_detector_<YYYYmmdd_HHMMSS>/     complete or absent, never changed
    models/refused/                              same shape

Readers take no lock and need the public key only. Adding to it: `writer`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from fraud_assets.documents.signed.move import Move
from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store.journal.journal import Journal
from fraud_assets.store.journal.marks import Marks
from fraud_assets.store.journal.owner import contract_of
from fraud_assets.store.journal.position import RESTORED, Mark, Position, demand_fresh
from fraud_assets.store.keys import Keys, Trusted
from fraud_assets.store.places import default_root, is_store
from fraud_assets.store.storage.port import Storage
from fraud_assets.store.storage.registry import Address, storage_at
from fraud_assets.store.versions.collection import Collection
from fraud_assets.store.versions.verified import Verified

REFUSED = "refused"


@dataclass(frozen=True)
class Archive:
    """The versions at `root`, signed and verified with `keys`, which must lie outside it."""

    root: Address
    keys: Keys

    def __post_init__(self) -> None:
        if isinstance(self.root, str):
            return
        inside, root = self.keys.folder.resolve(), self.root.resolve()
        if inside.is_relative_to(root):
            raise StoreError(
                f"The signing keys must lie outside the store {root}, got {inside}: name "
                "another folder with FRAUD_ASSETS_KEYS."
            )
        if root.name == REFUSED:
            raise StoreError(
                f"A store's folder must not be named {REFUSED}, got {root}, as that is where a "
                "store keeps what it refused: name another with FRAUD_ASSETS_MODELS."
            )

    @classmethod
    def default(cls, root: Address | None = None) -> Self:
        """The store and keys that the environment names; `root` overrides the former."""
        return cls(root or default_root(), Keys.default())

    @property
    def storage(self) -> Storage:
        """Where its bytes lie."""
        return storage_at(self.root)

    def where(self, version: str = "", *, is_refused: bool = False) -> str:
        """Where a version lies, or all of them, as people may be told it."""
        return self.storage.where("/".join([REFUSED] * is_refused + [version] * bool(version)))

    def position(self, seen: Mark | None = None) -> Position | None:
        """Where the journal stands now, going on from what was seen; None where nothing serves.

        Beside this machine's own marks, `seen` is what the caller saw last, such as a service.

        Raises
        ------
        TrustError
            If pointer or log do not hold, disagree, or were replaced by others.
        StoreError
            If one or both are missing though there were moves.
        """
        found = self._journal.position()
        if found is None and self._models.are_ripe():
            found = self._journal.position()  # unless the first move took place meanwhile
            self._demand_journal(found)
        demand_fresh(found, seen, self.where())
        if found is not None:
            self._marks.demand_fresh(found)
        return found

    def owner(self) -> str | None:
        """The name of the contract that the store belongs to; None before the first move.

        Raises
        ------
        StoreError
            If the journal does not hold, or no version is left that says it.
        """
        return self._owner(self.position())

    def versions(self) -> list[str]:
        """The versions in the store, oldest first, verified or not."""
        return self._models.names()

    def refused_versions(self) -> list[str]:
        """The refused candidates, oldest first, verified or not."""
        own = set(self._refused.names())
        beside = self._beside
        return sorted(own if beside is None else own | set(filter(self._is_own, beside.names())))

    def verify(self, version: str | Move) -> Verified:
        """Verify a version's signature, file list and digests; of a move also that they agree.

        Raises
        ------
        TrustError
            If anything does not hold; names every file at fault.
        StoreError
            If there is no such version.
        """
        if isinstance(version, str):
            return self._models.verify(version)
        verified = self._models.verify(version.version)
        if (verified.digest, verified.manifest) != (version.digest, version.manifest):
            raise TrustError(
                f"{version.version} is not the one that was promoted: its files were signed anew "
                "since; publish it as a version of its own."
            )
        return verified

    def trusted(self) -> Trusted:
        """The keys whose signatures count here, read anew."""
        return self.keys.trusted(self.storage)

    def look_at(self, version: str, trusted: Trusted | None = None) -> Verified:
        """Verify a version's signature, file list and metadata, but no other file's content.

        `trusted` spares reading the keys for each of many versions.
        """
        return self._models.look_at(version, trusted)

    def verify_refused(self, version: str) -> Verified:
        """Like `verify`, for a refused candidate."""
        return self._home_of_refused(version).verify(version)

    def look_at_refused(self, version: str, trusted: Trusted | None = None) -> Verified:
        """Like `look_at`, for a refused candidate."""
        return self._home_of_refused(version).look_at(version, trusted)

    @property
    def _models(self) -> Collection:
        return Collection(self.storage, "", self.keys, self.storage)

    @property
    def _refused(self) -> Collection:
        return Collection(self.storage, REFUSED, self.keys, self.storage)

    @property
    def _beside(self) -> Collection | None:
        """Where releases up to 0.1.0 kept the refused: beside the store, unless that is a store."""
        if isinstance(self.root, str) or is_store(above := self.root.absolute().parent):
            return None
        return Collection(storage_at(above), REFUSED, self.keys, self.storage)

    @property
    def _journal(self) -> Journal:
        return Journal(self.storage, self.keys)

    @property
    def _marks(self) -> Marks:
        return Marks(self.keys.folder, self.storage)

    def _demand_journal(self, found: Position | None) -> None:
        if found is None:
            act = RESTORED.replace("rollback VERSION", "promote VERSION --override")
            raise StoreError(
                f"{self.where()} holds versions, but latest.json and promotions.jsonl are both "
                f"missing: {act}."
            )

    def _owner(self, now: Position | None) -> str | None:
        """The name in the last record, or of a store begun under format 1 that of its first move.

        Where the first move's version is gone, the next one that is left says it.
        """
        if now is None or now.move.contract:
            return None if now is None else now.move.contract
        for move in now.moves:
            try:
                found = self._models.look_at(move.version)
                if found.manifest == move.manifest:
                    return contract_of(found)
            except StoreError:
                continue
        raise StoreError(
            f"No version is left in {self.where()} that says whose store it is: restore "
            f"{now.move.version} from a backup."
        )

    def _is_own(self, refused: str) -> bool:
        """Whether a candidate refused beside the store may be one of this store's contract."""
        if self._beside is None:
            return False
        try:
            return self.owner() in {None, contract_of(self._beside.look_at(refused))}
        except StoreError:
            return True  # shown with its fault rather than left out

    def _home_of_refused(self, version: str) -> Collection:
        beside = self._beside
        if beside is None or version in self._refused.names() or version not in beside.names():
            return self._refused
        return beside
