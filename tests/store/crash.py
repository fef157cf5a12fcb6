"""Kills the process that it runs in at the n-th step by which it changes a folder.

A step is whatever Python's audit events and `os.write` and `os.fsync` show: creating, writing,
flushing, renaming, removing, linking or re-moding a file or folder below the one watched. The
kill is SIGKILL: no handler, no `finally`, no buffer flushed.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.link", "os.truncate"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Crash:
    """Counts the steps below `folder`; at step `at` kills, before it or in the midst of a write."""

    def __init__(self, folder: Path, at: int | None, *, is_torn: bool = False) -> None:
        self.folder, self.at, self.is_torn = os.fspath(folder), at, is_torn
        self.steps: list[str] = []

    def arm(self) -> None:
        """Watch from now on; there is no way back but the end of the process."""
        self._write, self._fsync = os.write, os.fsync
        os.write, os.fsync = self.write, self.fsync  # type: ignore[assignment]
        sys.addaudithook(self.audit)

    def audit(self, event: str, args: tuple[Any, ...]) -> None:
        is_open = event == "open" and isinstance(args[2], int) and args[2] & _WRITING
        if (is_open or event in _CHANGES) and self._is_watched(args[0]):
            self._step(f"{event} {Path(_place(args[0])).name}")

    def write(self, descriptor: int, data: Any) -> int:
        if self._is_watched(descriptor):
            if self.is_torn and len(self.steps) == self.at:
                self._write(descriptor, bytes(data)[: len(data) // 2])
            self._step("write")
        return self._write(descriptor, data)

    def fsync(self, descriptor: int) -> None:
        if self._is_watched(descriptor):
            self._step("fsync")
        self._fsync(descriptor)

    def _step(self, what: str) -> None:
        if len(self.steps) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.steps.append(what)

    def _is_watched(self, target: Any) -> bool:
        return _place(target).startswith(self.folder)


def _place(target: Any) -> str:
    """The path of what is named by a path or a descriptor."""
    if isinstance(target, int):
        return str(Path(f"/proc/self/fd/{target}").readlink())
    return os.fsdecode(target)
