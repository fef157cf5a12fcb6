"""Versions that may serve and versions that were refused: looked at, verified, added.

    models/fraud_detector_<YYYYmmdd_HHMMSS>/     complete or absent, never changed
    refused/                                     beside models/, same shape

Every writer takes the lock and first sweeps up what a crash left. Readers take no lock and need
the public key only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store import moves, staging
from fraud_assets.store.files import one_sentence
from fraud_assets.store.journal import Journal
from fraud_assets.store.keys import Keys
from fraud_assets.store.lock import exclusive
from fraud_assets.store.pointer import Pointer
from fraud_assets.store.shelf import Shelf
from fraud_assets.store.staging import Content, Staged
from fraud_assets.store.version import Verified, verify_version

_LOCK = ".lock"


def default_root() -> Path:
    """The store named by `FRAUD_ASSETS_MODELS`, else `models/`."""
    return Path(os.environ.get("FRAUD_ASSETS_MODELS") or "models")


@dataclass(frozen=True)
class Archive:
    """The versions below `root`, signed and verified with `keys`, which must lie outside it."""

    root: Path
    keys: Keys

    def __post_init__(self) -> None:
        inside = self.keys.folder.resolve()
        for folder in (self.root.resolve(), self.refused.resolve()):
            if inside.is_relative_to(folder):
                raise StoreError(
                    f"The signing keys must lie outside the store {folder}, got {inside}: name "
                    "another folder with FRAUD_ASSETS_KEYS."
                )

    @classmethod
    def default(cls, root: Path | None = None) -> Self:
        """The store and keys that the environment names; `root` overrides the former."""
        return cls(root or default_root(), Keys.default())

    @property
    def refused(self) -> Path:
        """Folder of the refused candidates."""
        return self.root.absolute().parent / "refused"

    def versions(self) -> list[str]:
        """The versions in the store, oldest first, verified or not."""
        return self._models.versions()

    def refused_versions(self) -> list[str]:
        """The refused candidates, oldest first, verified or not."""
        return self._refused.versions()

    def verify(self, version: str | Pointer) -> Verified:
        """Verify a version's signature, file list and digests; of a pointer also that they agree.

        Raises
        ------
        TrustError
            If anything does not hold; names every file at fault.
        StoreError
            If there is no such version.
        """
        name = version if isinstance(version, str) else version.version
        verified = self._models.verify(name)
        found = (verified.digest, verified.manifest)
        if isinstance(version, Pointer) and found != (version.digest, version.manifest):
            raise TrustError(
                f"{name} is not the one that was promoted: its files were signed anew since; "
                "publish it as a version of its own."
            )
        return verified

    def verify_refused(self, version: str) -> Verified:
        """Like `verify`, for a refused candidate."""
        return self._refused.verify(version)

    def stage(
        self, files: Content, metadata: Mapping[str, Any], *, now: datetime | None = None
    ) -> Staged:
        """Write and sign a version beside the store's visible ones; `commit` or `release` shows it.

        `metadata` needs what INTERFACES name except `format`, `version`, `digest` and `files`,
        which are filled in. The caller owes `discard`, `commit` or `release`.

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
        """Give up what is staged; after a commit or release there is nothing left to do."""
        if staged.lock.is_locked:
            with exclusive(self.root / _LOCK):
                staging.discard(staged)

    def commit(self, staged: Staged) -> str:
        """Make a staged version visible without promoting it; returns its name."""
        with self._writing():
            self._verify_staged(staged)
            self._models.place(staged)
            staging.discard(staged)
        return staged.version

    def add(
        self, files: Content, metadata: Mapping[str, Any], *, now: datetime | None = None
    ) -> str:
        """Stage and commit: a complete, signed version or none; returns its name."""
        staged = self.stage(files, metadata, now=now)
        try:
            return self.commit(staged)
        finally:
            self.discard(staged)

    def refuse(
        self,
        files: Content,
        metadata: Mapping[str, Any],
        *,
        reason: str,
        now: datetime | None = None,
    ) -> str:
        """Keep a refused candidate under `refused/`, signed with its refusal; returns its name."""
        refusal = {"reason": moves.said(reason, "reason"), "at": moves.timestamp()}
        staged = self._stage_in(self._refused, files, {**metadata, "refusal": refusal}, now)
        try:
            with self._writing():
                self._refused.place(staged)
        finally:
            self.discard(staged)
        return staged.version

    def sweep(self) -> list[str]:
        """Remove or finish what crashes left behind; returns sentences of what was done."""
        with self._writing() as done:
            return done

    @property
    def _models(self) -> Shelf:
        return Shelf(self.root, self.keys)

    @property
    def _refused(self) -> Shelf:
        return Shelf(self.refused, self.keys)

    @property
    def _journal(self) -> Journal:
        return Journal(self.root, self.keys)

    @contextmanager
    def _writing(self) -> Iterator[list[str]]:
        """The store's lock, with keys at hand and everything swept."""
        self.keys.ensure()
        with one_sentence("write to the store", self.root):
            self.root.mkdir(parents=True, exist_ok=True)
        with exclusive(self.root / _LOCK):
            with one_sentence("sweep the store", self.root):
                done = self._journal.recover(self._is_in_place)
                for folder in (self.root, self.refused):
                    swept = staging.sweep_staging(folder)
                    done += [f"removed the unfinished {version}" for version in swept]
            yield done

    def _is_in_place(self, pointer: Pointer) -> bool:
        try:
            self.verify(pointer)
        except StoreError:
            return False
        return True

    def _verify_staged(self, staged: Staged) -> Verified:
        return verify_version(staged.path, self.keys.public_key())

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
        return self._models.has(version) or self._refused.has(version)
