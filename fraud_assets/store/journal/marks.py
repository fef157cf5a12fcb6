"""High-water marks beside the keys: how far this machine has seen each store's journal.

Pointer and log are signed, so nobody without the key can write them anew; but whoever may write
the store can put older ones, or another store's, in their place. The marks lie where he cannot
write. One file for each place of a store: a copy elsewhere may go its own way, while the same
folder, moved or mounted elsewhere, is held to what was seen of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from fraud_assets.errors import TrustError
from fraud_assets.store.files import read_file
from fraud_assets.store.journal.position import Mark, Position, demand_fresh
from fraud_assets.store.storage.port import Storage

_FOLDER = "marks"
_MOST = 4096


class _Kept(msgspec.Struct, frozen=True):
    """A mark, the place it is of and the folder's inode, as a file beside the keys."""

    place: str
    folder: int
    mark: Mark


@dataclass(frozen=True)
class Marks:
    """The marks in the folder of the keys, as they concern the store in a storage."""

    keys: Path
    storage: Storage

    def demand_fresh(self, found: Position | None) -> None:
        """Demand that the journal goes on from what was seen here, or of this folder elsewhere.

        Raises
        ------
        TrustError
            If it does not, or a mark cannot be read.
        """
        here = self._read(self._file)
        if here is not None or found is None:
            demand_fresh(found, None if here is None else here.mark, self.storage.where())
            return
        inode = self.storage.inode
        for kept in self._all() if inode else []:
            if (kept.mark.store, kept.folder) == (found.store, inode):
                demand_fresh(found, kept.mark, self.storage.where())

    def remember(self, found: Position) -> bool:
        """Keep that the journal stands there; False where the folder cannot be written."""
        try:
            kept = _Kept(ascii(self.storage.address), self.storage.inode, found.mark)
            self._file.parent.mkdir(mode=0o700, exist_ok=True)
            descriptor, fresh = tempfile.mkstemp(dir=self._file.parent, prefix=".new-")
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(msgspec.json.encode(kept))
                stream.flush()
                os.fsync(stream.fileno())
            Path(fresh).replace(self._file)
        except OSError:
            return False
        return True

    @property
    def _file(self) -> Path:
        name = hashlib.sha256(os.fsencode(self.storage.address)).hexdigest()[:32]
        return self.keys / _FOLDER / f"{name}.json"

    def _all(self) -> list[_Kept]:
        with contextlib.suppress(OSError):
            files = sorted((self.keys / _FOLDER).glob("*.json"))
            return [kept for file in files if (kept := self._read(file)) is not None]
        return []

    def _read(self, file: Path) -> _Kept | None:
        try:
            data = read_file(file, _MOST)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return None
        except OSError as error:
            raise TrustError(f"{file} cannot be read ({error.strerror}).") from error
        try:
            return msgspec.json.decode(data, type=_Kept)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise TrustError(
                f"{file} is damaged, which says how far {self.storage.where()} was seen: compare "
                "the store with a backup, then remove that file."
            ) from error
