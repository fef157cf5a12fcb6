"""Versions that may serve and versions that were refused: looked at, verified, added.

    models/fraud_detector_<YYYYmmdd_HHMMSS>/     complete or absent, never changed
    models/refused/                              same shape

Every writer takes the lock and first sweeps up what a crash left. Readers take no lock and need
the public key only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from fraud_assets.documents.move import Move
from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store import staging, texts
from fraud_assets.store.clock import timestamp
from fraud_assets.store.files import one_sentence
from fraud_assets.store.journal.journal import Journal
from fraud_assets.store.journal.marks import Marks
from fraud_assets.store.journal.owner import contract_of, demand_owner
from fraud_assets.store.journal.position import RESTORED, Mark, Position, demand_fresh
from fraud_assets.store.keys import Keys, Trusted, fingerprint, rotation
from fraud_assets.store.lock import exclusive
from fraud_assets.store.places import default_root, is_store
from fraud_assets.store.shelf import Shelf, sweep_removed
from fraud_assets.store.staging import Content, Staged
from fraud_assets.store.version import Verified, verify_version

_LOCK = ".lock"
REFUSED = "refused"


@dataclass(frozen=True)
class Archive:
    """The versions below `root`, signed and verified with `keys`, which must lie outside it."""

    root: Path
    keys: Keys

    def __post_init__(self) -> None:
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
    def default(cls, root: Path | None = None) -> Self:
        """The store and keys that the environment names; `root` overrides the former."""
        return cls(root or default_root(), Keys.default())

    @property
    def refused(self) -> Path:
        """Folder of the refused candidates."""
        return self.root.absolute() / REFUSED

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
        if found is None and self._misses_journal():
            found = self._journal.position()  # unless the first move took place meanwhile
            self._demand_journal(found)
        demand_fresh(found, seen, self.root)
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
        return self._models.versions()

    def refused_versions(self) -> list[str]:
        """The refused candidates, oldest first, verified or not."""
        found = self._refused.versions()
        return sorted({*found, *(v for v in self._beside.versions() if self._is_own(v))})

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
        return self.keys.trusted(self.root)

    def look_at(self, version: str, trusted: Trusted | None = None) -> Verified:
        """Verify a version's signature, file list and metadata, but no other file's content.

        `trusted` spares reading the keys for each of many versions.
        """
        return self._models.look_at(version, trusted)

    def verify_refused(self, version: str) -> Verified:
        """Like `verify`, for a refused candidate."""
        return self._shelf_of_refused(version).verify(version)

    def look_at_refused(self, version: str, trusted: Trusted | None = None) -> Verified:
        """Like `look_at`, for a refused candidate."""
        return self._shelf_of_refused(version).look_at(version, trusted)

    def stage(
        self, files: Content, metadata: Mapping[str, Any], *, now: datetime | None = None
    ) -> Staged:
        """Write and sign a version beside the store's visible ones; `release` shows it.

        `metadata` needs what INTERFACES name except `format`, `version`, `digest` and `files`,
        which are filled in. The caller owes `discard` or `release`.

        Raises
        ------
        StoreError
            If a file name or the metadata will not do, or the disk refuses.
        """
        return self._stage_in(self._models, files, metadata, now)

    def restage(self, staged: Staged, files: Content, metadata: Mapping[str, Any]) -> None:
        """Replace what is staged, keeping its version: such as when the proof completes it."""
        staging.seal(staged, files, metadata, self.keys)

    def discard(self, staged: Staged) -> None:
        """Give up what is staged; after a release there is nothing left to do."""
        if staged.lock.is_locked:
            with exclusive(self.root / _LOCK):
                staging.discard(staged)

    def refuse(
        self,
        files: Content,
        metadata: Mapping[str, Any],
        *,
        reason: str,
        now: datetime | None = None,
    ) -> str:
        """Keep a refused candidate under `refused/`, signed with its refusal; returns its name.

        Raises
        ------
        StoreError
            If the store belongs to another contract, or cannot be written.
        """
        refusal = {"reason": texts.reason(reason), "at": timestamp()}
        staged = self._stage_in(self._refused, files, {**metadata, "refusal": refusal}, now)
        try:
            with self._writing():
                self._demand_own(self._verify_staged(staged), self.position())
                self._refused.place(staged)
        finally:
            self.discard(staged)
        return staged.version

    def demand_ready(self, contract: str) -> None:
        """Demand that a run of this contract could publish here: keys, folder, journal, owner.

        Raises
        ------
        StoreError
            With what is in the way, before hours of work are spent.
        """
        with self._writing():
            demand_owner(self.owner(), contract, self.root)

    def sweep(self) -> list[str]:
        """Remove or finish what crashes left behind; returns sentences of what was done."""
        with self._writing() as done:
            return done

    @property
    def _models(self) -> Shelf:
        return Shelf(self.root, self.keys, self.root)

    @property
    def _refused(self) -> Shelf:
        return Shelf(self.refused, self.keys, self.root)

    @property
    def _beside(self) -> Shelf:
        """Where releases up to 0.1.0 kept the refused: beside the store, unless that is a store."""
        parent = self.root.absolute().parent
        return Shelf(parent / (".none" if is_store(parent) else REFUSED), self.keys, self.root)

    @property
    def _journal(self) -> Journal:
        return Journal(self.root, self.keys)

    @property
    def _marks(self) -> Marks:
        return Marks(self.keys.folder, self.root)

    def _misses_journal(self) -> bool:
        """Whether there are versions, and no move is begun that would bring the first in."""
        return bool(self.versions()) and not self._journal.is_moving()

    def _demand_journal(self, found: Position | None) -> None:
        if found is None:
            act = RESTORED.replace("rollback VERSION", "promote VERSION --override")
            raise StoreError(
                f"{self.root} holds versions, but latest.json and promotions.jsonl are both "
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
            f"No version is left in {self.root} that says whose store it is: restore "
            f"{now.move.version} from a backup."
        )

    def _demand_own(self, verified: Verified, now: Position | None) -> None:
        demand_owner(self._owner(now), contract_of(verified), self.root)

    def _is_own(self, refused: str) -> bool:
        """Whether a candidate refused beside the store may be one of this store's contract."""
        try:
            return self.owner() in {None, contract_of(self._beside.look_at(refused))}
        except StoreError:
            return True  # shown with its fault rather than left out

    def _shelf_of_refused(self, version: str) -> Shelf:
        is_beside = not self._refused.holds(version) and self._beside.holds(version)
        return self._beside if is_beside else self._refused

    @contextmanager
    def _writing(self) -> Iterator[list[str]]:
        """The store's lock, with keys at hand and everything swept."""
        self._demand_keys()
        with one_sentence("write to the store", self.root):
            self.root.mkdir(parents=True, exist_ok=True)
        with exclusive(self.root / _LOCK):
            rotation.copy_to(self.root, self.keys.folder)
            self._demand_newest()
            with one_sentence("sweep the store", self.root):
                done = self._journal.recover(self._is_in_place)
                for folder in (self.root, self.refused):
                    swept = staging.sweep_staging(folder)
                    sweep_removed(folder)
                    done += [f"removed the unfinished {version}" for version in swept]
            yield done

    def _demand_keys(self) -> None:
        """The pair at hand; a new one is made only where nothing was ever signed."""
        if is_store(self.root) or self._refused.versions():
            self.keys.demand(self.root)
        else:
            self.keys.ensure()

    def _demand_newest(self) -> None:
        """Refuse to sign with a key that another one has followed, as on a second machine."""
        trusted, own = self.keys.trusted(self.root), fingerprint(self.keys.public_key())
        if own != trusted.newest:
            raise TrustError(
                f"The key {own[:12]} in {self.keys.folder} was followed by {trusted.newest[:12]}, "
                "which signs now: bring the newer pair to this machine."
            )

    def _is_in_place(self, move: Move) -> bool:
        try:
            self.verify(move)
        except StoreError:
            return False
        return True

    def _verify_staged(self, staged: Staged) -> Verified:
        return verify_version(staged.path, self.keys.trusted(self.root))

    def _stage_in(
        self, shelf: Shelf, files: Content, metadata: Mapping[str, Any], now: datetime | None
    ) -> Staged:
        with self._writing():
            with one_sentence("write to the store", shelf.folder):
                shelf.folder.mkdir(parents=True, exist_ok=True)
            staged = staging.reserve(shelf.folder, self._is_taken, now)
        try:
            staging.seal(staged, files, metadata, self.keys)
        except BaseException:
            self.discard(staged)
            raise
        return staged

    def _is_taken(self, version: str) -> bool:
        return any(shelf.has(version) for shelf in (self._models, self._refused, self._beside))
