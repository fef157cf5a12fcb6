"""Exclusive locks that the kernel frees when their holder dies, however it dies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from fraud_assets.errors import StoreError
from fraud_assets.store.files import one_sentence

WAIT_SECONDS = 60.0
"""How long one writer waits for another; a move holds the lock for well under a second."""


@contextmanager
def exclusive(path: Path, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock file `path`, made if need be.

    Raises
    ------
    StoreError
        If another process keeps it longer than `wait_seconds`, or the file cannot be made.
    """
    lock = FileLock(path, timeout=wait_seconds, poll_interval=0.01, thread_local=False)
    with one_sentence("lock", path):
        try:
            lock.acquire()
        except Timeout as error:
            raise StoreError(
                f"Another process has held {path} for over {wait_seconds:g} s: see what it does, "
                "then run again."
            ) from error
    try:
        yield
    finally:
        lock.release()


def take(path: Path) -> FileLock | None:
    """The lock of `path`, held, or None where somebody else holds it."""
    lock = FileLock(path, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock


class SharedHold:
    """A lock that others may hold as well, while nobody can take it alone."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Let it go; the kernel does where its holder dies."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def take_shared(path: Path) -> SharedHold | None:
    """The lock of `path`, held beside others, or None where somebody took it alone."""
    import fcntl  # noqa: PLC0415 - where files are locked otherwise, nothing is shared

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return SharedHold(descriptor)
