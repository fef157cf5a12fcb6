"""Room: space on the store's disk, and a folder for temporary files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fraud_assets.preflight.place import Workplace

CODE = "room"

LEAST_BYTES = 200_000_000
"""A version takes a few MB, what the steps hand on some tens of MB for a week of 100,000 rows."""


def faults(place: Workplace) -> Iterator[str]:
    """What would be full or missing."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        yield (
            "Temporary files need a folder that this user may write, but there is none: set TMPDIR."
        )
    if place.is_remote:
        return
    folder = Path(place.models).absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < LEAST_BYTES:
        yield (
            f"The disk of {folder} must have at least {LEAST_BYTES / 1e6:,.0f} MB free, but has "
            f"{free / 1e6:,.0f} MB: free space, or name a store elsewhere with FRAUD_ASSETS_MODELS."
        )
