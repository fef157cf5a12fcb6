"""Exclusive locks that the kernel frees when their holder dies, however it dies."""

from __future__ import annotations

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
