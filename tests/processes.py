"""What tests ask of running processes, any of which may end while it is asked."""

from __future__ import annotations

from pathlib import Path

PROC = Path("/proc")


def children(pid: int, named: bytes = b"") -> list[int]:
    """Running processes that `pid` started, whose command holds `named`; no trackers of Python."""
    found = []
    for path in PROC.glob("[0-9]*"):
        try:
            parent = int(path.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            command = path.joinpath("cmdline").read_bytes()
        except OSError:  # it ended, before the file was opened or after
            continue
        if parent == pid and command and named in command and b"resource_tracker" not in command:
            found.append(int(path.name))
    return found


def has_ended(pid: int) -> bool:
    """Whether the process runs no more; a zombie does not."""
    try:
        return PROC.joinpath(str(pid), "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
