"""Counts that survive a kill: entries accepted, let go, and declared to be so."""

from __future__ import annotations

import mmap
import os
from pathlib import Path

_SIZE = 24


class Counter:
    """Counts in a mapped file: counting is one store to memory that the kernel keeps.

    `accepted` entries were taken for the log, over all processes that wrote here. Of these,
    `missing` were let go since the disk took no more, of which the log itself declares some.
    """

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(descriptor).st_size != _SIZE:
                # Written, not extended: a hole would fail when the disk is full.
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, bytes(_SIZE), 0)
            self._map = mmap.mmap(descriptor, _SIZE)
        finally:
            os.close(descriptor)
        self._counts = memoryview(self._map).cast("Q")

    def begin(self, accounted: int) -> tuple[int, int]:
        """Entries lost by kills and let go undeclared before; `accounted` are on record.

        The counts go on from there, so that a file that is gone or old does no harm.
        """
        accepted, missing, declared = self._counts
        undeclared = max(accepted - accounted, 0)
        let_go = min(max(missing - declared, 0), undeclared)
        self._counts[0] = accounted + undeclared
        self._counts[1], self._counts[2] = let_go, 0
        return undeclared - let_go, let_go

    def accept(self, entries: int) -> None:
        """Count entries that are taken; below zero those that come to nothing."""
        self._counts[0] += entries

    def let_go(self, entries: int) -> None:
        """Count how many of the accepted are not kept."""
        self._counts[1] += entries

    def declare(self, missing: int) -> None:
        """Count entries let go that the log now declares."""
        self._counts[2] += missing

    def close(self) -> None:
        """Let the file go."""
        self._counts.release()
        self._map.close()
