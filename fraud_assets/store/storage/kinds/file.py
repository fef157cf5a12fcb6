"""A folder: trees are folders renamed into place, a ledger is a file replaced whole.

A move is written beside in full (`.promotions.next`, then `.latest.next`), flushed, and takes
place at one instant, the replacement of `latest.json`. What a crash can leave behind:

- no `.latest.next`, or one that does not hold: the move never was;
- a sound `.latest.next` whose version is in place: the next writer finishes the move;
- a `latest.json` one ahead of the log: its line is added by the next writer.

Writers hold a lock that the kernel frees when they die; readers need none.
"""

from __future__ import annotations

import errno
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from fraud_assets.errors import StoreError
from fraud_assets.store.files import file_chunks, file_stamp, flush_folder, one_sentence, write_over
from fraud_assets.store.lock import exclusive, take
from fraud_assets.store.storage.port import (
    LOG_FILE,
    POINTER_FILE,
    STAGING,
    SUCCESSION_FILE,
    Staged,
    Stamp,
    moved_meanwhile,
    read,
    taken,
)

_LOCK, _OWN_LOCK, _GONE = ".lock", "lock", ".pruned-"
_NEXT_POINTER, _NEXT_LOG = ".latest.next", ".promotions.next"
_WATCHED = (POINTER_FILE, LOG_FILE, SUCCESSION_FILE)
_MOST = 64 * 1024**2


@dataclass(frozen=True)
class Folder:
    """The store in the folder `root`."""

    root: Path

    @property
    def address(self) -> str:
        """The folder, links resolved."""
        return os.fspath(self.root.resolve())

    @property
    def inode(self) -> int:
        """The folder's own."""
        return self.root.resolve().stat().st_ino

    def where(self, name: str = "") -> str:
        """The path."""
        return os.fspath(self.root.absolute() / name)

    def names(self, under: str = "") -> list[str]:
        """Every entry of the folder."""
        try:
            with os.scandir(self.root / under) as entries:
                return [entry.name for entry in entries]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def sizes(self, tree: str, most: int) -> dict[str, int | None]:
        """Sizes of the entries; a link to a tree is none."""
        if (self.root / tree).is_symlink():
            raise OSError(errno.ELOOP, "it is a symbolic link", self.where(tree))
        with os.scandir(self.root / tree) as entries:
            return {
                entry.name: entry.stat().st_size if entry.is_file(follow_symlinks=False) else None
                for entry in itertools.islice(entries, most + 1)
            }

    def chunks(self, name: str, most: int) -> Iterator[bytes]:
        """The file's bytes; follows no link."""
        return file_chunks(self.root / name, most)

    def stamp(self) -> Stamp:
        """Inode, time and size of each file that a change would touch."""
        return tuple(file_stamp(self.root / name) for name in _WATCHED)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The folder's lock."""
        with one_sentence("write to the store", self.root):
            self.root.mkdir(parents=True, exist_ok=True)
        with exclusive(self.root / _LOCK):
            yield

    def begin(self, tree: str) -> Staged | None:
        """Make `.staging-<version>/`, with a lock file that tells whether its maker lives."""
        folder = self._staging(tree)
        folder.parent.mkdir(parents=True, exist_ok=True)
        if (self.root / tree).exists():
            return None
        try:
            folder.mkdir()
        except FileExistsError:
            return None
        lock = take(folder / _OWN_LOCK)
        if lock is None:
            raise StoreError(f"{folder} is in use by another process: run again.")
        return Staged(tree, folder / Path(tree).name, lock)

    def publish(self, staged: Staged) -> None:
        """Rename it to where it is visible."""
        target = self.root / staged.tree
        if target.exists():
            raise taken(self.where(staged.tree))
        staged.path.rename(target)
        flush_folder(target.parent)

    def discard(self, staged: Staged) -> None:
        """Remove the folder that it was made in. The caller holds the store's lock."""
        if staged.lock.is_locked:
            shutil.rmtree(staged.path.parent, ignore_errors=True)
            staged.lock.release()

    def remove(self, tree: str) -> None:
        """Rename it out of sight, then delete it."""
        gone = (self.root / tree).with_name(f"{_GONE}{Path(tree).name}")
        (self.root / tree).rename(gone)
        flush_folder(gone.parent)
        _delete(gone)

    def append(self, ledger: str, seen: bytes, line: bytes) -> None:
        """Replace the file by one with the line added; half a line at its end is dropped."""
        self._demand_seen(ledger, seen)
        fresh = self.root / f".new-{ledger}"
        write_over(fresh, seen + line)
        fresh.replace(self.root / ledger)
        flush_folder(self.root)

    def move(self, seen: bytes, line: bytes, staged: Staged | None) -> None:
        """Write both files beside, publish, replace the pointer, then the log.

        Once the pointer is replaced the move is in force and the pointer carries its line: a
        failure to put the log in place is no failure of the move.
        """
        self._demand_seen(LOG_FILE, seen)
        try:
            write_over(self.root / _NEXT_LOG, seen + line)
            write_over(self.root / _NEXT_POINTER, line)
            flush_folder(self.root)
            if staged is not None:
                self.publish(staged)
            self._point()
        except BaseException:
            if read(self, POINTER_FILE, _MOST) != line:
                self._take_back(staged)
                self._withdraw()
            raise
        with suppress(OSError):
            (self.root / _NEXT_LOG).replace(self.root / LOG_FILE)
            flush_folder(self.root)

    def recover(self, is_sound: Callable[[bytes], bool]) -> bool:
        """See to what `move` left in the midst of it. The caller holds the store's lock."""
        line = read(self, _NEXT_POINTER, _MOST)
        is_finished = line is not None and is_sound(line)
        if is_finished:
            self._point()
        self._withdraw()
        return is_finished

    def sweep(self, under: str) -> list[str]:
        """Remove what nobody holds the lock of, and removals that a crash broke off."""
        swept = []
        for folder in sorted((self.root / under).glob(f"{STAGING}*")):
            lock = take(folder / _OWN_LOCK)
            if lock is not None:
                shutil.rmtree(folder)
                lock.release()
                swept.append(folder.name.removeprefix(STAGING))
        for gone in (self.root / under).glob(f"{_GONE}*"):
            _delete(gone)
        return swept

    def _demand_seen(self, ledger: str, seen: bytes) -> None:
        """Half a line that a crash left behind what was seen is nobody's."""
        found = read(self, ledger, _MOST) or b""
        if not found.startswith(seen) or b"\n" in found[len(seen) :]:
            raise moved_meanwhile(self.where(ledger))

    def _staging(self, tree: str) -> Path:
        return (self.root / tree).with_name(f"{STAGING}{Path(tree).name}")

    def _point(self) -> None:
        (self.root / _NEXT_POINTER).replace(self.root / POINTER_FILE)
        flush_folder(self.root)

    def _take_back(self, staged: Staged | None) -> None:
        if staged is not None and not staged.path.exists():
            (self.root / staged.tree).rename(staged.path)

    def _withdraw(self) -> None:
        for name in (_NEXT_POINTER, _NEXT_LOG):
            with suppress(OSError):
                (self.root / name).unlink(missing_ok=True)


def _delete(gone: Path) -> None:
    if gone.is_symlink():
        gone.unlink()
    else:
        shutil.rmtree(gone)
