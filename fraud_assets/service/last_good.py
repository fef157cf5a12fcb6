"""The version that was verified last, for workers that start while the pointer is bad.

A worker may die and be started again at any moment; it then serves what the others serve,
instead of ending and being started for ever. The file only names the version: its signature is
verified again. It lies in the folder that the workers share, which lives as long as they do.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import msgspec

_NAME = "last_good"


class LastGood(msgspec.Struct, frozen=True):
    """A version and how it came to serve."""

    version: str
    promotion: dict[str, Any]


def remember(folder: Path | None, version: LastGood) -> None:
    """Leave `version` for workers that start later; without a folder there are none."""
    if folder is None:
        return
    fresh = folder / f"{_NAME}.new"
    with contextlib.suppress(OSError):  # only workers that start on a bad pointer would miss it
        fresh.write_bytes(msgspec.json.encode(version))
        fresh.replace(folder / _NAME)


def recall(folder: Path | None) -> LastGood | None:
    """What was remembered; None where nothing was, or it cannot be read."""
    if folder is None:
        return None
    try:
        return msgspec.json.decode((folder / _NAME).read_bytes(), type=LastGood)
    except (OSError, msgspec.MsgspecError):
        return None
