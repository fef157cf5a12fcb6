"""A store of objects: nothing is renamed or replaced, everything is created if absent.

    fraud_detector_<...>/<file>        a tree, complete once its model.sig is there
    promotions/000001.json             a ledger: one object for each line
    staging/fraud_detector_<...>       that somebody makes this tree
    latest.json                        a copy of the last line, for others; see `mirror`

Creating the next line's object only if it is absent makes log, pointer and compare-and-set one
act: there is nothing to finish after a crash.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fraud_assets.errors import StoreError
from fraud_assets.store.lock import take
from fraud_assets.store.storage.objects.client import Client
from fraud_assets.store.storage.objects.lines import LINES, Lines, is_line, line_key
from fraud_assets.store.storage.objects.making import MAKING, Making
from fraud_assets.store.storage.objects.mirror import mirror
from fraud_assets.store.storage.port import (
    LOG_FILE,
    POINTER_FILE,
    SIGNATURE_FILE,
    STAGING,
    SUCCESSION_FILE,
    Staged,
    Stamp,
    moved_meanwhile,
    taken,
)

_WATCHED = (LOG_FILE, SUCCESSION_FILE)


@dataclass(frozen=True)
class Objects:
    """The store at `url` by its client."""

    url: str
    client: Client

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.client)

    @cached_property
    def _making(self) -> Making:
        return Making(self.client, self._lines)

    @property
    def address(self) -> str:
        """The URL."""
        return self.url

    @property
    def inode(self) -> int:
        """Nothing says which store an address leads to."""
        return 0

    def where(self, name: str = "") -> str:
        """The URL of the name."""
        return f"{self.url}/{name}".rstrip("/")

    def names(self, under: str = "") -> list[str]:
        """Complete trees, ledgers and pointer, and trees in the making."""
        prefix = f"{under}/" if under else ""
        pairs = self._making.pairs(prefix)
        trees = {above for above, name in pairs if name == SIGNATURE_FILE}
        signs = {name for above, name in pairs if above == MAKING}
        trees -= {name for name in trees & signs if not self._making.is_complete(prefix + name)}
        making = {f"{STAGING}{name}" for name in signs}
        ledgers = {f"{above}{LINES}" for above, name in pairs if is_line(name)}
        pointer = {POINTER_FILE} if LOG_FILE in ledgers else set[str]()
        return sorted(trees | making | ledgers | pointer)

    def sizes(self, tree: str, most: int) -> dict[str, int | None]:
        """Sizes of the objects; what lies deeper is no file."""
        found = self.client.found(f"{tree}/")[: most + 1]
        if not found:
            raise FileNotFoundError(errno.ENOENT, "there is none", self.where(tree))
        names = [(one.key.removeprefix(f"{tree}/"), one.size) for one in found]
        return {name: None if "/" in name else size for name, size in names}

    def chunks(self, name: str, most: int) -> Iterator[bytes]:
        """An object's bytes, the lines of a ledger in their order, or the last line."""
        left = most
        for chunk in self._parts(name):
            left -= len(chunk)
            if left < 0:
                raise OSError(errno.EFBIG, f"it has more than {most:,} bytes", self.where(name))
            yield chunk

    def stamp(self) -> Stamp:
        """The tags of the last lines seen, and of whatever came after them."""
        return tuple(self._lines.ends(ledger) for ledger in _WATCHED)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Nothing to hold: who comes second finds the object there."""
        yield

    def begin(self, tree: str) -> Staged | None:
        """Create the sign that it is in the making, and a folder of this machine for it."""
        name = Path(tree).name
        if not self._making.claim(tree):
            return None
        folder = Path(tempfile.mkdtemp(prefix="fraud-assets-staging-"))
        lock = take(folder / "lock")
        if lock is None:
            raise StoreError(f"{folder} is in use by another process: run again.")
        return Staged(tree, folder / name, lock)

    def publish(self, staged: Staged) -> None:
        """Create every object, the signature last."""
        self._making.demand_held(staged.tree)
        files = sorted(staged.path.iterdir(), key=lambda path: path.name == SIGNATURE_FILE)
        for path in files:
            self._create(f"{staged.tree}/{path.name}", path.read_bytes(), staged.tree)

    def discard(self, staged: Staged) -> None:
        """Remove the folder and the sign; whatever was not published goes with them."""
        if not staged.lock.is_locked:
            return
        shutil.rmtree(staged.path.parent, ignore_errors=True)
        staged.lock.release()
        with suppress(OSError):  # what cannot be deleted now is swept up later
            self._making.give_up(staged.tree)

    def remove(self, tree: str) -> None:
        """Its signature first, without which a tree is none."""
        self._making.remove(tree)

    def append(self, ledger: str, seen: bytes, line: bytes) -> None:
        """Create the object of the next line."""
        key = line_key(ledger, seen.count(b"\n") + 1)
        if not self.client.create(key, line) and b"".join(self.client.chunks(key)) != line:
            raise moved_meanwhile(self.where(ledger))

    def move(self, seen: bytes, line: bytes, staged: Staged | None) -> None:
        """Publish, then create the line; a failure in between takes the tree back."""
        if staged is not None:
            self.publish(staged)
        try:
            self.append(LOG_FILE, seen, line)
        except OSError:
            if not self._is_heard(line):  # else only its answer was lost
                self._take_back(staged)
                raise
        except BaseException:
            if not self._lines.has_move(line):
                self._take_back(staged)
            raise
        with suppress(OSError):  # the move stands; the next writer mends the copy
            mirror(self.client, self._lines)

    def recover(self, is_sound: Callable[[bytes], bool]) -> bool:  # noqa: ARG002 - the port's
        """A move is one act here; its copy may be missing."""
        mirror(self.client, self._lines)
        return False

    def below(self) -> list[str]:
        """The names in which other stores may lie, such as those of several contracts."""
        return self.client.folders("")

    def sweep(self, under: str) -> list[str]:
        """End what is older than any maker takes, and what a removal left."""
        return self._making.sweep(under)

    def _parts(self, name: str) -> Iterator[bytes]:
        if name == POINTER_FILE:
            last = self._lines.last(LOG_FILE)
            if last is None:
                raise FileNotFoundError(errno.ENOENT, "there is none", self.where(name))
            yield last
        elif name.endswith(LINES):
            yield from self._lines.read(name)
        else:
            yield from self.client.chunks(name)

    def _take_back(self, staged: Staged | None) -> None:
        if staged is not None:
            self.remove(staged.tree)

    def _is_heard(self, line: bytes) -> bool:
        """Whether the server took a line, though an error came back."""
        try:
            return self._lines.has_move(line)
        except OSError as error:
            raise StoreError(
                f"{self.where()} does not answer since it was asked to move production, so it is "
                "not known whether it did: look with `fraud-assets models show` once it answers."
            ) from error

    def _create(self, key: str, data: bytes, tree: str) -> None:
        if not self.client.create(key, data) and b"".join(self.client.chunks(key)) != data:
            raise taken(self.where(tree))
