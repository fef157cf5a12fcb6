"""The state in LMDB: one file in a folder of this host, shared by all workers of the service.

A write transaction holds the one write lock of the file, which the system frees when a process is
killed. Commits are not flushed one by one: what a killed process has committed is in the system's
memory and stays; what a machine loses that goes down is noticed by `state.opening`.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import lmdb

from fraud_assets.errors import DamagedStateError, StateError
from fraud_assets.state.adapter import Items, T, Transaction

LARGEST = 1 << 40
"""Address room for the file, bytes; the file itself grows with what is in it."""

_READERS = 512

FILE = "data.mdb"
"""The name of LMDB's file in the folder."""


def set_aside(folder: Path) -> None:
    """Take a file that cannot be opened out of the way; what it held stays for whoever looks."""
    with contextlib.suppress(FileNotFoundError):
        (folder / FILE).replace(folder / f"damaged-{time.time_ns()}.mdb")


class _Write:
    """One write transaction of LMDB's."""

    def __init__(self, transaction: Any) -> None:
        self.position: int = transaction.id()
        self.get: Callable[[bytes], bytes | None] = transaction.get
        self.glance: Callable[[bytes], bytes | None] = transaction.get
        self.put: Callable[[bytes, bytes], None] = transaction.put
        self.delete: Callable[[bytes], None] = transaction.delete


class Embedded:
    """Holds the state in `folder`, which is made where it is missing."""

    def __init__(self, folder: Path, largest: int = LARGEST) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._env = lmdb.open(
                str(folder),
                map_size=largest,
                sync=False,
                readahead=False,
                meminit=False,
                max_readers=_READERS,
                max_spare_txns=4,
            )
            self._env.reader_check()
            self._demand_whole()
        except (lmdb.CorruptedError, lmdb.InvalidError, lmdb.PageNotFoundError) as error:
            raise DamagedStateError(
                f"The state in {folder} is damaged ({error}). Build it anew: fraud-assets state "
                "build"
            ) from error
        except (OSError, lmdb.Error) as error:
            raise StateError(
                f"FRAUD_ASSETS_STATE must be a folder that can be written and holds a state or "
                f"nothing, got {folder}: {error}. Name another one."
            ) from error

    def _demand_whole(self) -> None:
        """Demand the file's whole length: reading beyond its end would end the process."""
        size = (self._folder / FILE).stat().st_size
        if size < self.bytes_used():
            self._env.close()
            raise lmdb.CorruptedError(f"{FILE} has lost its end")

    def transact(
        self,
        work: Callable[[Transaction], T],
        keys: Sequence[bytes] = (),  # noqa: ARG002 - all are at hand
        new: Sequence[bytes] = (),  # noqa: ARG002
    ) -> T:
        """See `Adapter`."""
        try:
            with self._env.begin(write=True) as transaction:
                return work(_Write(transaction))
        except (lmdb.CorruptedError, lmdb.PageNotFoundError, lmdb.InvalidError) as error:
            raise DamagedStateError(
                f"The state in {self._folder} is damaged ({error}). Build it anew: fraud-assets "
                "state build"
            ) from error
        except lmdb.Error as error:
            raise StateError(
                f"The state in {self._folder} cannot be written: {error}. Nothing was kept; see "
                "to the disk."
            ) from error

    def walk(self, cursor: bytes | None, most: int) -> Items:
        """See `Adapter`."""
        found: list[tuple[bytes, bytes]] = []
        try:
            with self._env.begin() as transaction, transaction.cursor() as place:
                if not (place.first() if cursor is None else place.set_range(cursor + b"\0")):
                    return Items([], None)
                for key, value in place:
                    found.append((key, value))
                    if len(found) == most:
                        return Items(found, key)
        except lmdb.Error as error:
            raise StateError(
                f"The state in {self._folder} cannot be read: {error}. Build it anew: "
                "fraud-assets state build"
            ) from error
        return Items(found, None)

    def bytes_used(self) -> int:
        """Bytes of the file's pages that were ever used."""
        return int((self._env.info()["last_pgno"] + 1) * self._env.stat()["psize"])

    def clear(self) -> None:
        """See `Adapter`."""
        with self._env.begin(write=True) as transaction:
            transaction.drop(self._env.open_db(txn=transaction), delete=False)

    def sync(self) -> None:
        """See `Adapter`."""
        self._env.sync(True)

    def close(self) -> None:
        """See `Adapter`."""
        self._env.close()
