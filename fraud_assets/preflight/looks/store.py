"""The model store: a folder that can be written, beside which refused candidates are kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fraud_assets.preflight.place import Place, why_not_writable

CODE = "store"


def faults(place: Place) -> Iterator[str]:
    """What keeps a version from being published or refused."""
    if place.is_remote:
        return
    models = Path(place.models).absolute()
    for folder in (models, models.parent / "refused"):
        if why := why_not_writable(folder):
            yield (
                f"Versions must be written to {folder}, but cannot be: {why}. Make it writable for "
                "this user, or name another store with FRAUD_ASSETS_MODELS."
            )
