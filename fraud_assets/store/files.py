"""Durable writes and guarded reads: what is written survives a crash, what is read is a file.

A write counts once both the file and the folder that names it are flushed. A read follows no
symbolic link and opens nothing but regular files, so that no name leads out of a version.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fraud_assets.errors import StoreError

_CAUSES = {
    errno.ENOSPC: "the disk is full; free space and run again",
    errno.EDQUOT: "the disk quota is used up; free space and run again",
    errno.EROFS: "it is read-only; mount it writable or name another store",
    errno.EACCES: "permission is denied; check who owns it",
    errno.EPERM: "permission is denied; check who owns it",
    errno.ELOOP: "it is a symbolic link, which a store never holds; restore the file itself",
}
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_CHUNK = 1 << 20


@contextmanager
def one_sentence(action: str, path: object) -> Iterator[None]:
    """Turn what the operating system says into one sentence that names the place and what to do.

    Raises
    ------
    StoreError
        In place of any `OSError`.
    """
    try:
        yield
    except OSError as error:
        cause = _CAUSES.get(error.errno or 0, f"{error.strerror or error}; see to that first")
        raise StoreError(f"Cannot {action} {path}: {cause}.") from error


def write_new(path: Path, data: bytes, mode: int = 0o444) -> None:
    """Create `path` with `data` and flush it; never touches a file that exists."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_over(path: Path, data: bytes) -> None:
    """Put `data` under the name `path`, whatever a crash left there; flushed."""
    path.unlink(missing_ok=True)
    write_new(path, data, 0o644)


def flush_folder(folder: Path) -> None:
    """Make the names in `folder` survive a crash."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_file(path: Path) -> None:
    """Make the content of a file that others wrote survive a crash."""
    flush_folder(path)


def read_file(path: Path, most: int) -> bytes:
    """All bytes of a regular file of at most `most` bytes.

    Raises
    ------
    OSError
        If there is none, it is larger, or the name leads to a link, folder, pipe or device.
    """
    return b"".join(file_chunks(path, most))


def file_chunks(path: Path, most: int) -> Iterator[bytes]:
    """The bytes of a regular file in parts; raises like `read_file`."""
    descriptor = os.open(path, os.O_RDONLY | _NO_FOLLOW)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        left = most if found.st_size <= most else -1
        while left >= 0 and (chunk := os.read(descriptor, _CHUNK)):
            left -= len(chunk)
            yield chunk
        if left < 0:
            raise OSError(errno.EFBIG, f"it has more than {most:,} bytes", str(path))
    finally:
        os.close(descriptor)


def file_stamp(path: Path) -> tuple[int, int, int] | None:
    """Inode, time and size, which change when a file is replaced or written; None without one."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
