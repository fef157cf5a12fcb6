"""The state in LMDB: one file in a folder of this host, shared by all workers of the service.

A write transaction holds the one write lock of the file, which the system frees when a process is
killed. Commits are not flushed one by one: what a killed process has committed is in the system's
memory and stays; what a machine loses that goes down is noticed by `state.opening`.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import lmdb

from fraud_assets.errors import DamagedStateError, StateError
from fraud_assets.state.adapter import Items, T, Transaction, Work

LARGEST = 1 << 40
"""Address room for the file, bytes; the file itself grows with what is in it."""

_READERS = 512
_BOOT = Path("/proc/sys/kernel/random/boot_id")

FILE = "data.mdb"
"""The name of LMDB's file in the folder."""


def set_aside(folder: Path) -> None:
    """Take a file that cannot be opened out of the way; what it held stays for whoever looks."""
    with contextlib.suppress(FileNotFoundError):
        (folder / FILE).replace(folder / f"damaged-{time.time_ns()}.mdb")


class _Write:
    """One write transaction of LMDB's, which gets what is written at its end."""

    def __init__(self, transaction: Any) -> None:
        self.position: int = transaction.id()
        self._transaction = transaction
        self._read: Callable[[bytes], bytes | None] = transaction.get
        self._written: dict[bytes, bytes | None] = {}

    def get(self, key: bytes) -> bytes | None:
        return self._written[key] if key in self._written else self._read(key)

    glance = get

    def put(self, key: bytes, value: bytes) -> None:
        self._written[key] = value

    def delete(self, key: bytes) -> None:
        self._written[key] = None

    def end(self) -> None:
        """Hand all to LMDB."""
        _write(self._transaction, self._written)


def _write(transaction: Any, values: dict[bytes, bytes | None]) -> None:
    """Write values by key, None for what shall be gone, in the order of LMDB's pages."""
    put = transaction.put
    for key in sorted(values):
        value = values[key]
        if value is None:
            transaction.delete(key)
        else:
            put(key, value)


class _Shared:
    """What several transactions in one write transaction of LMDB's have read and written so far."""

    def __init__(self, transaction: Any) -> None:
        self._transaction = transaction
        self.position: int = transaction.id()
        self.seen: dict[bytes, bytes | None] = {}
        self.written: dict[bytes, bytes | None] = {}

    def read(self, key: bytes) -> bytes | None:
        """A value as it is after those before."""
        if key in self.seen:
            return self.seen[key]
        found: bytes | None = self._transaction.get(key)
        self.seen[key] = found
        return found

    def take(self, own: dict[bytes, bytes | None]) -> None:
        """One of them takes effect."""
        self.seen.update(own)
        self.written.update(own)

    def write(self) -> None:
        """Hand all that took effect to LMDB."""
        _write(self._transaction, self.written)


class _Apart:
    """One of several transactions: what it writes is its own until it is through."""

    def __init__(self, shared: _Shared) -> None:
        self._read, self.position = shared.read, shared.position
        self.own: dict[bytes, bytes | None] = {}

    def get(self, key: bytes) -> bytes | None:
        return self.own[key] if key in self.own else self._read(key)

    glance = get

    def put(self, key: bytes, value: bytes) -> None:
        self.own[key] = value

    def delete(self, key: bytes) -> None:
        self.own[key] = None


class Embedded:
    """Holds the state in `folder`, which is made where it is missing."""

    is_exclusive = True

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
        with self._sentences(), self._env.begin(write=True) as transaction:
            writing = _Write(transaction)
            result = work(writing)
            writing.end()
            return result

    def transact_each(self, works: Sequence[Work[T]]) -> list[T | Exception]:
        """See `Adapter`. One write transaction of LMDB's holds them all: a commit is most of it."""
        found: list[T | Exception] = []
        with self._sentences(), self._env.begin(write=True) as transaction:
            shared = _Shared(transaction)
            for work in works:
                apart = _Apart(shared)
                try:
                    found.append(work.run(apart))
                except lmdb.Error:
                    raise
                except Exception as error:  # noqa: BLE001 - whoever asked for it raises it
                    found.append(error)
                else:
                    shared.take(apart.own)
            shared.write()
        return found

    @contextlib.contextmanager
    def _sentences(self) -> Iterator[None]:
        """What LMDB says against a transaction, in one sentence each."""
        try:
            yield
        except (lmdb.CorruptedError, lmdb.PageNotFoundError, lmdb.InvalidError) as error:
            raise DamagedStateError(
                f"The state in {self._folder} is damaged ({error}). Build it anew: fraud-assets "
                "state build"
            ) from error
        except lmdb.Error as error:
            raise StateError(
                f"The state in {self._folder} cannot be written or read: {error}. Nothing was "
                "kept; see to the disk."
            ) from error

    def walk(self, cursor: bytes | None, most: int) -> Items:
        """See `Adapter`."""
        found: list[tuple[bytes, bytes]] = []
        with self._sentences(), self._env.begin() as transaction, transaction.cursor() as place:
            if not (place.first() if cursor is None else place.set_range(cursor + b"\0")):
                return Items([], None)
            for key, value in place:
                found.append((key, value))
                if len(found) == most:
                    return Items(found, key)
        return Items(found, None)

    def bytes_used(self) -> int:
        """Bytes of the file's pages that were ever used."""
        return int((self._env.info()["last_pgno"] + 1) * self._env.stat()["psize"])

    def clear(self) -> None:
        """See `Adapter`."""
        with self._sentences(), self._env.begin(write=True) as transaction:
            transaction.drop(self._env.open_db(txn=transaction), delete=False)

    def life(self) -> str:
        """The start of the machine; empty where the system has no name for it."""
        try:
            return _BOOT.read_text().strip()
        except OSError:
            return ""

    def sync(self) -> bool:
        """See `Adapter`."""
        self._env.sync(True)
        return True

    def close(self) -> None:
        """See `Adapter`."""
        self._env.close()
