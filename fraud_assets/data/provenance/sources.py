"""What a run has read: name, size and digest, so that a later step notices a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec


class SourceFile(msgspec.Struct, frozen=True):
    """One thing as it was read: a file, or a table of a database.

    `size` in bytes, `sha256` of its content, `stamp` what the local file system says of it
    (inode, changes in ns): while size and stamp stay, the content is not read again. Of a
    database, which goes on living, `sha256` is that of where it is and what is asked of it. It is
    empty where nobody needed to read the file.
    """

    name: str
    size: int
    sha256: str
    stamp: tuple[int, ...] | None = None


class Witness(Protocol):
    """What can say of one part of a source how it is now."""

    @property
    def shown(self) -> str:
        """Its name for people."""
        ...

    def seen(self) -> SourceFile:
        """How it is now."""
        ...

    def differs(self, before: SourceFile) -> bool:
        """Whether it is no longer what it was."""
        ...


def look_at(parts: Sequence[Witness]) -> tuple[SourceFile, ...]:
    """The parts of a source as they are now, under the names that people may see."""
    return tuple(part.seen() for part in parts)


def changed_files(before: Sequence[SourceFile], parts: Sequence[Witness]) -> list[str]:
    """Sentences for each part that is no longer what it was, is gone, or is new."""
    now = {part.shown: part for part in parts}
    then = {file.name: file for file in before}
    faults = [f"{name} is gone" for name in then if name not in now and then[name].sha256]
    faults += [f"{name} is new" for name in now if name not in then]
    return faults + [
        f"{name} has changed"
        for name, file in then.items()
        if name in now and now[name].differs(file)
    ]
