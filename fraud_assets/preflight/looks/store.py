"""The model store: a folder that this user can write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fraud_assets.preflight.place import Workplace, why_not_writable

CODE = "store"


def faults(place: Workplace) -> Iterator[str]:
    """What keeps a version from being published or refused."""
    if place.is_remote:
        return
    folder = Path(place.models).absolute()
    if why := why_not_writable(folder):
        yield (
            f"Versions must be written to {folder}, but cannot be: {why}. Make it writable for "
            "this user, or name another store with FRAUD_ASSETS_MODELS."
        )
