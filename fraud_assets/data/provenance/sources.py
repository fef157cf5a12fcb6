"""Which files a run has read: name, size and digest, so that a later step notices a change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import fsspec
import msgspec

from fraud_assets.data.source.files import LocatedRow
from fraud_assets.data.source.place import plain_errors

_CHUNK = 1 << 20


class SourceFile(msgspec.Struct, frozen=True):
    """One file as it was read.

    `size` in bytes, `sha256` of its content, `stamp` what the local file system says of it
    (inode, changes in ns): while size and stamp stay, the content is not read again.
    """

    name: str
    size: int
    sha256: str
    stamp: tuple[int, ...] | None = None


def look_at(files: Sequence[LocatedRow]) -> tuple[SourceFile, ...]:
    """The files as they are now, under the names that people may see."""
    return tuple(map(_one, files))


def changed_files(before: Sequence[SourceFile], files: Sequence[LocatedRow]) -> list[str]:
    """Sentences for each file that is no longer what it was, is gone, or is new."""
    now = {file.shown: file for file in files}
    then = {file.name: file for file in before}
    faults = [f"{name} is gone" for name in then if name not in now]
    faults += [f"{name} is new" for name in now if name not in then]
    return faults + [
        f"{name} has changed"
        for name, file in then.items()
        if name in now and _differs(file, now[name])
    ]


def _differs(before: SourceFile, file: LocatedRow) -> bool:
    size, stamp = _stamp(file.location)
    if stamp is not None and (size, stamp) == (before.size, before.stamp):
        return False
    return _one(file).sha256 != before.sha256


def _one(file: LocatedRow) -> SourceFile:
    size, stamp = _stamp(file.location)
    digest, read = hashlib.sha256(), 0
    reading = plain_errors(
        f"{file.shown} must be a file that can be read to its end, but cannot",
        "Export it again, or grant access.",
        file.secrets,
    )
    with reading, fsspec.open(file.location, "rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            read += len(chunk)
    return SourceFile(file.shown, read if size is None else size, digest.hexdigest(), stamp)


def _stamp(file: str) -> tuple[int | None, tuple[int, ...] | None]:
    path = Path(file.removeprefix("file://").removeprefix("local://"))
    try:
        found = path.stat()
    except OSError:
        return None, None
    return found.st_size, (found.st_ino, found.st_mtime_ns, found.st_ctime_ns)
