"""A store of objects: nothing is renamed or replaced, everything is created if absent.

    fraud_detector_<...>/<file>        a tree, complete once its model.sig is there
    promotions/000001.json             a ledger: one object for each line
    staging/fraud_detector_<...>       that somebody makes this tree

Creating the next line's object only if it is absent makes log, pointer and compare-and-set one
act: there is nothing to finish after a crash. `latest.json` is not stored, it is the last line.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from fraud_assets.errors import StoreError
from fraud_assets.store.lock import take
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

LEASE = timedelta(hours=6)
"""How old the sign of a tree in the making is when its maker counts as gone; he may use half."""

_LINES, _MAKING = ".jsonl", "staging"
_WATCHED = (LOG_FILE, SUCCESSION_FILE)
_MOST_OF_LINE = 1024 * 1024


@dataclass(frozen=True)
class Found:
    """An object as a listing shows it."""

    key: str
    size: int
    tag: str
    modified: datetime


class Client(Protocol):
    """What a store of objects has to do, each at once and for all to see."""

    def create(self, key: str, data: bytes) -> bool:
        """Store an object unless there is one; whether it did."""

    def chunks(self, key: str) -> Iterator[bytes]:
        """An object's bytes; FileNotFoundError where there is none."""

    def found(self, prefix: str, after: str = "") -> list[Found]:
        """The objects whose keys begin so, in order, from behind the key `after` on."""

    def delete(self, key: str) -> None:
        """Delete an object; one that is not there does no harm."""


@dataclass(frozen=True)
class Objects:
    """The store at `url` by its client."""

    url: str
    client: Client
    _lines: dict[tuple[str, str], bytes] = field(default_factory=dict)

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
        pairs = self._pairs(f"{under}/" if under else "")
        trees = {above for above, name in pairs if name == SIGNATURE_FILE}
        making = {f"{STAGING}{name}" for above, name in pairs if above == _MAKING}
        ledgers = {f"{above}{_LINES}" for above, name in pairs if _is_line(name)}
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
        return tuple(self._ends(ledger) for ledger in _WATCHED)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Nothing to hold: who comes second finds the object there."""
        yield

    def begin(self, tree: str) -> Staged | None:
        """Create the sign that it is in the making, and a folder of this machine for it."""
        name = Path(tree).name
        if not self.client.create(_sign_of(tree), tree.encode()):
            return None
        if self.client.found(f"{tree}/"):
            self.client.delete(_sign_of(tree))
            return None
        folder = Path(tempfile.mkdtemp(prefix="fraud-assets-staging-"))
        lock = take(folder / "lock")
        if lock is None:
            raise StoreError(f"{folder} is in use by another process: run again.")
        return Staged(tree, folder / name, lock)

    def publish(self, staged: Staged) -> None:
        """Create every object, the signature last."""
        self._demand_held(staged)
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
            self._give_up(staged.tree)

    def remove(self, tree: str) -> None:
        """Delete the signature first, without which a tree is none."""
        self.client.delete(f"{tree}/{SIGNATURE_FILE}")
        for found in self.client.found(f"{tree}/"):
            self.client.delete(found.key)

    def append(self, ledger: str, seen: bytes, line: bytes) -> None:
        """Create the object of the next line."""
        key = _line(ledger, seen.count(b"\n") + 1)
        if not self.client.create(key, line) and b"".join(self.client.chunks(key)) != line:
            raise moved_meanwhile(self.where(ledger))

    def move(self, seen: bytes, line: bytes, staged: Staged | None) -> None:
        """Publish, then create the line; a failure in between takes the tree back."""
        if staged is not None:
            self.publish(staged)
        try:
            self.append(LOG_FILE, seen, line)
        except BaseException as error:
            if self._is_logged(line):
                if isinstance(error, OSError):
                    return  # the server had heard it, only its answer was lost
            elif staged is not None:
                self.remove(staged.tree)
            raise

    def recover(self, is_sound: Callable[[bytes], bool]) -> bool:  # noqa: ARG002 - the port's
        """A move is one act here."""
        return False

    def sweep(self, under: str) -> list[str]:
        """End what is older than any maker takes, and what a removal left.

        What looks abandoned is looked at once more: a tree that was completed meanwhile has its
        signature by now, and one that is being made bears a sign that is younger.
        """
        prefix, swept = f"{under}/" if under else "", []
        trees = self._trees(prefix)
        signs = {found.key: found for found in self.client.found(f"{prefix}{_MAKING}/")}
        for sign in signs.values():
            if datetime.now(UTC) - sign.modified > LEASE:
                name = sign.key.rpartition("/")[2]
                swept += [] if self._is_complete(f"{prefix}{name}") else [name]
                self._give_up(f"{prefix}{name}")
        for name, is_complete in trees.items():
            left_over = not is_complete and f"{prefix}{_MAKING}/{name}" not in signs
            if left_over and not self._is_complete(f"{prefix}{name}"):
                self.remove(f"{prefix}{name}")
        return swept

    def _parts(self, name: str) -> Iterator[bytes]:
        if name == POINTER_FILE:
            last = self._found(LOG_FILE)[-1:]
            if not last:
                raise FileNotFoundError(errno.ENOENT, "there is none", self.where(name))
            yield self._content(last[0])
        elif name.endswith(_LINES):
            for found in self._found(name):
                yield self._content(found)
        else:
            yield from self.client.chunks(name)

    def _found(self, ledger: str) -> list[Found]:
        return self.client.found(f"{ledger.removesuffix(_LINES)}/")

    def _content(self, found: Found) -> bytes:
        """A line, kept in memory: it never changes under one tag."""
        if found.size > _MOST_OF_LINE:
            raise OSError(errno.EFBIG, f"it has more than {_MOST_OF_LINE:,} bytes", found.key)
        kept = found.key, found.tag
        if kept not in self._lines:
            self._lines[kept] = b"".join(self.client.chunks(found.key))
        return self._lines[kept]

    def _ends(self, ledger: str) -> tuple[tuple[str, str], ...]:
        known = sorted(key for key, _ in self._lines if key.startswith(ledger[: -len(_LINES)]))
        before = known[-2] if len(known) > 1 else ""
        prefix = f"{ledger.removesuffix(_LINES)}/"
        return tuple((found.key, found.tag) for found in self.client.found(prefix, before))

    def _create(self, key: str, data: bytes, tree: str) -> None:
        if not self.client.create(key, data) and b"".join(self.client.chunks(key)) != data:
            raise taken(self.where(tree))

    def _demand_held(self, staged: Staged) -> None:
        """A maker who took too long may have been swept up already."""
        sign = self.client.found(_sign_of(staged.tree))
        if not sign or datetime.now(UTC) - sign[0].modified > LEASE / 2:
            raise StoreError(f"{staged.tree} took longer to make than {LEASE / 2}: run again.")

    def _give_up(self, tree: str) -> None:
        """Delete what a maker left, unless he had completed it; then his sign."""
        if not self._is_complete(tree):
            self.remove(tree)
        self.client.delete(_sign_of(tree))

    def _is_complete(self, tree: str) -> bool:
        """Whether it is there to stay: of those that may serve only what a move names."""
        if not self.client.found(f"{tree}/{SIGNATURE_FILE}"):
            return False
        return "/" in tree or self._is_logged(f'"{tree}"'.encode())

    def _is_logged(self, part: bytes) -> bool:
        return any(part in self._content(found) for found in self._found(LOG_FILE))

    def _pairs(self, prefix: str) -> list[tuple[str, str]]:
        """Folder and name of each object two levels deep."""
        keys = [found.key.removeprefix(prefix).split("/") for found in self.client.found(prefix)]
        return [(key[0], key[1]) for key in keys if len(key) == 2]

    def _trees(self, prefix: str) -> dict[str, bool]:
        """Trees by name, and whether their signature is there."""
        pairs = self._pairs(prefix)
        trees = {above for above, name in pairs if above != _MAKING and not _is_line(name)}
        return {tree: (tree, SIGNATURE_FILE) in pairs for tree in trees}


def _line(ledger: str, number: int) -> str:
    return f"{ledger.removesuffix(_LINES)}/{number:06d}.json"


def _is_line(name: str) -> bool:
    return name.endswith(".json") and name.removesuffix(".json").isdigit()


def _sign_of(tree: str) -> str:
    above, _, name = tree.rpartition("/")
    return f"{above}/{_MAKING}/{name}" if above else f"{_MAKING}/{name}"
