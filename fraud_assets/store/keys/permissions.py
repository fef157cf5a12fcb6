"""Who may read and write a key's file: its owner alone writes, and nobody else reads a secret."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from fraud_assets.errors import TrustError

_OTHERS = 0o077
_OTHERS_WRITE = 0o022
_MOST = 64 * 1024


def read_secret(path: Path) -> bytes:
    """The bytes of a private key, closed to everybody else; raises like `read_public`."""
    return _read(path, _OTHERS, "600")


def read_public(path: Path) -> bytes:
    """The bytes of a public key, which nobody else can exchange.

    Raises
    ------
    TrustError
        If others may write it or its folder, or it belongs to another user.
    OSError
        If it cannot be read.
    """
    return _read(path, _OTHERS_WRITE, "644")


def _read(path: Path, forbidden: int, mode: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        _demand_closed(path, found, forbidden, mode)
        _demand_folder_closed(path.parent)
        return os.read(descriptor, _MOST)
    finally:
        os.close(descriptor)


def _demand_folder_closed(folder: Path) -> None:
    """In a sticky folder, such as a mounted secret's, others cannot exchange our files."""
    found = folder.stat()
    if not found.st_mode & stat.S_ISVTX:
        _demand_closed(folder, found, _OTHERS_WRITE, "700")


def _demand_closed(path: Path, found: os.stat_result, forbidden: int, mode: str) -> None:
    if hasattr(os, "geteuid") and found.st_uid not in {0, os.geteuid()}:
        raise TrustError(
            f"{path} must belong to this user or to root, it belongs to user {found.st_uid}: run "
            f"`chown {os.geteuid()} {path}` after a look at who put it there."
        )
    if found.st_mode & forbidden:
        raise TrustError(
            f"{path} must be closed to other users, its mode is {found.st_mode & 0o777:04o}: run "
            f"`chmod {mode} {path}`, and `fraud-assets keys rotate --actor NAME --reason TEXT` if "
            "others may have read or changed it."
        )
