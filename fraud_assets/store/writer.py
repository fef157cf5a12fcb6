"""Adding to an archive: versions are made beside the visible ones, or kept as refused.

Every writer first sweeps up what a crash left.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from fraud_assets.documents.metadata import Metadata, Refusal
from fraud_assets.documents.signed.move import Move
from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store import texts
from fraud_assets.store.archive import REFUSED, Archive
from fraud_assets.store.clock import timestamp
from fraud_assets.store.files import one_sentence
from fraud_assets.store.journal.owner import contract_of, demand_owner
from fraud_assets.store.journal.position import Position
from fraud_assets.store.keys import fingerprint, rotation
from fraud_assets.store.storage.port import LOG_FILE, POINTER_FILE, Staged
from fraud_assets.store.versions import staging
from fraud_assets.store.versions.collection import Collection
from fraud_assets.store.versions.staging import Content
from fraud_assets.store.versions.verified import Verified, verify_version
from fraud_assets.store.versions.version import is_version


@dataclass(frozen=True)
class ArchiveWriter(Archive):
    """An archive that versions are added to."""

    def stage(self, files: Content, metadata: Metadata, *, now: datetime | None = None) -> Staged:
        """Write and sign a version that nobody sees yet; `Store.release` shows it.

        The metadata's format, version, digest and files are filled in. The caller owes `discard`
        or `release`.

        Raises
        ------
        StoreError
            If a file name or the metadata will not do, or the disk refuses.
        """
        return self._stage_in(self._models, files, metadata, now)

    def restage(self, staged: Staged, files: Content, metadata: Metadata) -> None:
        """Replace what is staged, keeping its version: such as when the proof completes it."""
        staging.seal_version(staged, files, metadata, self.keys)

    def discard(self, staged: Staged) -> None:
        """Give up what is staged; after a release there is nothing left to do."""
        if staged.lock.is_locked:
            with self.storage.writing():
                self.storage.discard(staged)

    def refuse(
        self, files: Content, metadata: Metadata, *, reason: str, now: datetime | None = None
    ) -> str:
        """Keep a refused candidate under `refused/`, signed with its refusal; returns its name.

        Raises
        ------
        StoreError
            If the store belongs to another contract, or cannot be written.
        """
        refusal = Refusal(texts.reason(reason), timestamp())
        staged = self._stage_in(self._refused, files, replace(metadata, refusal=refusal), now)
        try:
            with self._writing():
                self._demand_own(self._verify_staged(staged), self.position())
                with one_sentence("make visible", self.where(staged.version, is_refused=True)):
                    self.storage.publish(staged)
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

    def _demand_own(self, verified: Verified, now: Position | None) -> None:
        demand_owner(self._owner(now), contract_of(verified), self.root)

    @contextmanager
    def _writing(self) -> Iterator[list[str]]:
        """Alone where the storage can hold others off, with keys at hand and everything swept."""
        self._demand_keys()
        with self.storage.writing():
            rotation.copy_to(self.storage, self.keys.folder)
            self._demand_newest()
            with one_sentence("sweep the store", self.where()):
                done = self._journal.recover(self._is_in_place)
                for under in ("", REFUSED):
                    swept = self.storage.sweep(under)
                    done += [f"removed the unfinished {version}" for version in swept]
            yield done

    def _demand_keys(self) -> None:
        """The pair at hand; a new one is made only where nothing was ever signed."""
        with one_sentence("read", self.where()):
            names = self.storage.names()
        is_begun = any(name in {POINTER_FILE, LOG_FILE} or is_version(name) for name in names)
        if is_begun or self._refused.names():
            self.keys.demand(self.where())
        else:
            self.keys.ensure()

    def _demand_newest(self) -> None:
        """Refuse to sign with a key that another one has followed, as on a second machine."""
        trusted, own = self.trusted(), fingerprint(self.keys.public_key())
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
        return verify_version(staged.path, self.trusted())

    def _stage_in(
        self, among: Collection, files: Content, metadata: Metadata, now: datetime | None
    ) -> Staged:
        with self._writing():
            staged = staging.reserve(among, self._taken(), now)
        try:
            staging.seal_version(staged, files, metadata, self.keys)
        except BaseException:
            self.discard(staged)
            raise
        return staged

    def _taken(self) -> set[str]:
        beside = self._beside
        return (
            self._models.taken()
            | self._refused.taken()
            | (set() if beside is None else beside.taken())
        )
