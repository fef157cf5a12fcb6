"""What a store asks of the place where its bytes lie: a folder, or a store of objects.

A place holds trees, ledgers and a pointer, and keeps these laws, which one suite of tests holds
every kind to:

- a tree, the files of one version, is visible whole or not at all, and never written over;
- a ledger is lines that are only added, in order: of two who add after the same line one succeeds;
- the pointer is the last line of the ledger of moves, and moves with it in one act;
- a read is bounded, and follows no name out of the place.

What the place refuses is an OSError, as the operating system would say it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from filelock import FileLock

from fraud_assets.errors import StoreError

POINTER_FILE = "latest.json"
LOG_FILE = "promotions.jsonl"
SUCCESSION_FILE = "succession.jsonl"
METADATA_FILE = "metadata.json"
SIGNATURE_FILE = "model.sig"
"""Written last: a tree without it is none."""

Stamp: TypeAlias = Hashable
"""Another one each time that pointer, log or keys of a place have changed."""


@dataclass(frozen=True)
class Staged:
    """A tree in the making: `path` is a folder of this machine, named as the tree will be.

    The lock is held until the tree is given up, or in place.
    """

    tree: str
    path: Path
    lock: FileLock

    @property
    def version(self) -> str:
        """Its name once visible."""
        return self.path.name

    @property
    def files(self) -> dict[str, Path]:
        """The files it holds beside metadata and signature."""
        own = {METADATA_FILE, SIGNATURE_FILE}
        return {path.name: path for path in sorted(self.path.iterdir()) if path.name not in own}


class Storage(Protocol):
    """A place for one store. Names are relative to it, such as fraud_detector_X/model.sig."""

    @property
    def address(self) -> str:
        """Which place this is, told apart from every other one that this machine sees."""

    @property
    def inode(self) -> int:
        """The same wherever the place is moved or mounted; 0 where nothing says so."""

    def where(self, name: str = "") -> str:
        """A name as people may be told it, without any password."""

    def names(self, under: str = "") -> list[str]:
        """What is visible at the top, or below `under`; none where there is nothing.

        A tree in the making shows as its name with STAGING before it.
        """

    def sizes(self, tree: str, most: int) -> dict[str, int | None]:
        """Bytes of up to `most` + 1 files of a tree; None of what is no plain file."""

    def chunks(self, name: str, most: int) -> Iterator[bytes]:
        """The bytes of a plain file, ledger or pointer in parts; more than `most` is an OSError."""

    def stamp(self) -> Stamp:
        """What to compare, to see whether anything moved; cheap enough for every quarter second."""

    def writing(self) -> AbstractContextManager[None]:
        """Held around whatever follows; where the place can, by one writer at a time."""

    def begin(self, tree: str) -> Staged | None:
        """Reserve a tree and a folder to make it in; None where it is there or in the making."""

    def publish(self, staged: Staged) -> None:
        """Make a tree visible whole.

        Raises
        ------
        StoreError
            If there is one of this name.
        """

    def discard(self, staged: Staged) -> None:
        """Give up what is left of a tree in the making; twice does no harm."""

    def remove(self, tree: str) -> None:
        """Take a tree out of sight in one step, then delete it."""

    def append(self, ledger: str, seen: bytes, line: bytes) -> None:
        """Add a line to a ledger whose whole lines were seen to be `seen`.

        Raises
        ------
        StoreError
            If others have added to it since.
        """

    def move(self, seen: bytes, line: bytes, staged: Staged | None) -> None:
        """Publish a tree, if any, and make `line` the pointer and the log's last line, or neither.

        Raises
        ------
        StoreError
            If others have added to the log since it was `seen`.
        """

    def recover(self, is_sound: Callable[[bytes], bool]) -> bool:
        """Finish a move that a crash broke off where its line is sound, else withdraw it.

        Returns whether one was finished.
        """

    def sweep(self, under: str) -> list[str]:
        """Remove the unfinished trees whose makers are gone; returns their names."""


STAGING = ".staging-"


def read(storage: Storage, name: str, most: int) -> bytes | None:
    """All bytes of a file, or None where there is none; raises like `Storage.chunks`."""
    try:
        return b"".join(storage.chunks(name, most))
    except (FileNotFoundError, NotADirectoryError):
        return None


def moved_meanwhile(where: str) -> StoreError:
    """What to raise where others were first."""
    return StoreError(f"{where} was changed by another process meanwhile: run again.")


def taken(where: str) -> StoreError:
    """What to raise where a tree is there already."""
    return StoreError(f"{where} exists, and versions are never overwritten: run again.")
