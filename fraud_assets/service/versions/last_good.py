"""The version that served last, kept outside the store with all that verifying it needs.

    <folder>/last_good.json          which version, by which move, how far the journal was seen
    <folder>/fraud_detector_.../     its files
    <folder>/keys/                   the keys that it was verified with, and their succession

A service that starts while the store is torn, gone or unreadable, or the key is, serves from
here instead of not at all. Nothing in here is believed because it is here: the version's
signature is checked again with the key that was remembered, and the folder must be this user's
alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from fraud_assets.documents.signed.move import Move
from fraud_assets.errors import StoreError, TrustError
from fraud_assets.store.files import one_sentence, read_file
from fraud_assets.store.journal.position import Mark
from fraud_assets.store.keys import Keys, Trusted
from fraud_assets.store.storage.port import SUCCESSION_FILE, read
from fraud_assets.store.storage.registry import Address, storage_at
from fraud_assets.store.versions.verified import Verified, verify_version
from fraud_assets.store.versions.version import is_version

_RECORD, _KEYS = "last_good.json", "keys"
_MOST = 1024 * 1024
_OTHERS_WRITE = 0o022


class LastGoodVersion(msgspec.Struct, frozen=True):
    """A version, the move by which it came to serve, and where the journal stood then."""

    version: str
    move: Move
    mark: Mark


@dataclass(frozen=True)
class LastGood:
    """The folder of one service and one store."""

    folder: Path

    def keep(self, verified: Verified, kept: LastGoodVersion, keys: Keys, store: Address) -> None:
        """Keep a version that was loaded and tested; the record comes last, others go after it.

        Raises
        ------
        StoreError
            If the folder cannot be written, or is open to others.
        """
        with one_sentence("keep the version that serves in", self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._demand_own()
            trusted = keys.trusted(store)
            if not self._holds(verified, trusted):
                self._copy(verified, trusted)
            self._remember_keys(keys, store)
            self.verify(kept)  # as it will be verified in need
            self._replace(_RECORD, msgspec.json.encode(kept))
            self._remove_others(verified.version)

    def read(self) -> LastGoodVersion | None:
        """What was kept; None where nothing was, or it cannot be read."""
        try:
            self._demand_own()
            return msgspec.json.decode(
                read_file(self.folder / _RECORD, _MOST), type=LastGoodVersion
            )
        except (OSError, StoreError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def verify(self, kept: LastGoodVersion) -> Verified:
        """The version that was kept, verified with the key that was remembered.

        Raises
        ------
        TrustError
            If it does not hold, or is not the one that the move names.
        """
        self._demand_own()
        trusted = Keys(self.folder / _KEYS).trusted(self.folder)
        verified = verify_version(self.folder / kept.version, trusted)
        if (verified.digest, verified.manifest) != (kept.move.digest, kept.move.manifest):
            raise TrustError(f"The copy of {kept.version} in {self.folder} is another version's.")
        return verified

    def forget(self) -> None:
        """Forget everything: the record first, so that no half of it is ever believed."""
        with suppress(OSError):
            (self.folder / _RECORD).unlink(missing_ok=True)
            shutil.rmtree(self.folder)

    def _demand_own(self) -> None:
        """Only this user may write here: what lies here is served where the store will not do."""
        found = self.folder.stat()
        foreign = hasattr(os, "geteuid") and found.st_uid != os.geteuid()
        if foreign or found.st_mode & _OTHERS_WRITE:
            raise TrustError(
                f"{self.folder} must belong to this user and be closed to others, its mode is "
                f"{found.st_mode & 0o777:04o}: run `chmod 700 {self.folder}`, or name another "
                "folder with --last-good."
            )

    def _holds(self, verified: Verified, trusted: Trusted) -> bool:
        try:
            copy = verify_version(self.folder / verified.version, trusted)
        except StoreError:
            return False
        return copy.manifest == verified.manifest

    def _copy(self, verified: Verified, trusted: Trusted) -> None:
        """Copy beside, verify the copy, put it in place: another worker may do so meanwhile."""
        target = self.folder / verified.version
        with tempfile.TemporaryDirectory(prefix=".new-", dir=self.folder) as name:
            fresh = Path(name) / verified.version
            verified.copy_to(fresh)
            copy = verify_version(fresh, trusted)
            if copy.manifest != verified.manifest:
                raise TrustError(f"{verified.version} changed while it was copied.")
            if target.exists():
                target.rename(Path(name) / "damaged")
            fresh.rename(target)

    def _remember_keys(self, keys: Keys, store: Address) -> None:
        """The public key, and which key followed which: beside the keys, and in the store."""
        (self.folder / _KEYS).mkdir(mode=0o700, exist_ok=True)
        self._replace(f"{_KEYS}/{keys.public.name}", keys.public.read_bytes())
        for source, name in (
            (keys.folder, f"{_KEYS}/{SUCCESSION_FILE}"),
            (store, SUCCESSION_FILE),
        ):
            records = read(storage_at(source), SUCCESSION_FILE, _MOST)
            if records is not None:
                self._replace(name, records)

    def _replace(self, name: str, data: bytes) -> None:
        descriptor, fresh = tempfile.mkstemp(dir=self.folder, prefix=".new-")
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(fresh).replace(self.folder / name)

    def _remove_others(self, version: str) -> None:
        for entry in list(os.scandir(self.folder)):
            if is_version(entry.name) and entry.name != version:
                shutil.rmtree(entry.path, ignore_errors=True)


def default_copy_folder(models: Address) -> Path | None:
    """Where this user's services keep what served from the store `models`; None without a home."""
    try:
        state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    except RuntimeError:
        return None
    name = hashlib.sha256(
        os.fsencode(models if isinstance(models, str) else models.absolute())
    ).hexdigest()[:16]
    return Path(state) / "fraud_assets" / "served" / name
