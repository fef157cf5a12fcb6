"""Where the version that serves comes from: the store's pointer, one folder, or the last good copy.

Each version is verified, looked at for its verdict, loaded and tested here, and kept as the last
good one; what the journal showed then is what it must go on from.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from fraud_assets.errors import StoreError
from fraud_assets.service.settings import ServiceSettings
from fraud_assets.service.versions.last_good import LastGood, LastGoodVersion
from fraud_assets.service.versions.verdict import demand_passed
from fraud_assets.service.versions.version import Served, load_version
from fraud_assets.store.files import file_stamp
from fraud_assets.store.journal.position import Mark
from fraud_assets.store.keys import Keys
from fraud_assets.store.storage.port import Stamp, Storage
from fraud_assets.store.storage.registry import storage_at
from fraud_assets.store.store import Store
from fraud_assets.store.texts import override_of
from fraud_assets.store.versions.verified import Verified, verify_version

_log = logging.getLogger("fraud_assets.service")

LoadedFrom: TypeAlias = Literal["store", "folder", "last good copy"]


@dataclass(frozen=True)
class Loaded:
    """A version ready to serve; what was seen of the journal, and where it was loaded from."""

    served: Served
    verified: Verified
    mark: Mark | None = None
    place: LoadedFrom = "store"


@dataclass(frozen=True)
class VersionSource:
    """What a service was told to serve from."""

    settings: ServiceSettings

    @property
    def stamp(self) -> Stamp:
        """What changes when production or the keys do; None while the store cannot be asked.

        A few stat calls for a folder; for a URL a request, see `is_remote`.
        """
        if self.settings.version_dir is not None:
            return file_stamp(self.settings.version_dir)
        try:
            return self._storage.stamp(), file_stamp(Keys(self.settings.keys).public)
        except (OSError, StoreError):
            return None

    @property
    def is_remote(self) -> bool:
        """Whether asking for the stamp may take longer than answers may wait."""
        return self.settings.version_dir is None and isinstance(self.settings.store, str)

    def load(self, now: Loaded | None) -> Loaded:
        """What is to serve; `now` itself where nothing has moved since.

        Raises
        ------
        StoreError
            If there is nothing, it does not verify, load or pass its golden rows, or the journal
            does not go on from what was seen of it.
        RefusedError
            If the version did not pass the gate, and no override put it past.
        """
        if self.settings.version_dir is not None:
            return self._load_folder(self.settings.version_dir)
        store = Store(self.settings.store, Keys(self.settings.keys))
        position = store.position(self._seen() if now is None else now.mark)
        if position is None:
            raise StoreError(
                f"Nothing is in production in {self.settings.models}; publish a version first: "
                "make run."
            )
        if now is not None and now.mark == position.mark:
            return now
        verified = store.verify(position.move)
        if position.move.override is None:
            demand_passed(verified, f"only {override_of(verified.version)} may name it")
        return Loaded(load_version(verified, position.move), verified, position.mark)

    def load_last_good(self) -> Loaded | None:
        """The version that served last, from its copy; None where none was kept.

        Raises
        ------
        StoreError
            If the copy does not hold either.
        """
        folder = self._last_good
        kept = None if folder is None else folder.read()
        if folder is None or kept is None:
            return None
        verified = folder.verify(kept)
        return Loaded(load_version(verified, kept.move), verified, kept.mark, "last good copy")

    def keep(self, loaded: Loaded) -> bool:
        """Keep it as the last good version; whether that could be done is told and logged."""
        folder, move, mark = self._last_good, loaded.served.move, loaded.mark
        if loaded.place == "last good copy":
            return True
        if folder is None or move is None or mark is None:
            return False
        kept = LastGoodVersion(loaded.served.version, move, mark)
        try:
            folder.keep(loaded.verified, kept, Keys(self.settings.keys), self.settings.store)
        except StoreError as error:
            _log.warning("There is no last good copy of %s: %s", kept.version, error)
            return False
        return True

    @property
    def _storage(self) -> Storage:
        return storage_at(self.settings.store)

    @property
    def _last_good(self) -> LastGood | None:
        folder = self.settings.last_good
        return None if folder is None or self.settings.version_dir else LastGood(folder)

    def _seen(self) -> Mark | None:
        folder = self._last_good
        kept = None if folder is None else folder.read()
        return None if kept is None else kept.mark

    def _load_folder(self, folder: Path) -> Loaded:
        verified = verify_version(
            folder.resolve(), Keys(self.settings.keys).trusted(self.settings.store)
        )
        if not self.settings.refused:
            demand_passed(verified, "to serve it all the same say --refused")
        return Loaded(load_version(verified, None), verified, None, "folder")
