"""Where a run is to work, and what is wrong there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from fraud_assets.contract import Contract
from fraud_assets.store.keys import Keys, default_keys_folder
from fraud_assets.store.store import default_root


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Workplace:
    """A contract, a store's location, the keys' folder (None: by the environment), a clock."""

    contract: Contract
    models: str
    keys_folder: Path | None = None
    now: Callable[[], datetime] = field(default=_now)

    @classmethod
    def here(cls, contract: Contract) -> Workplace:
        """The store and keys that the environment names."""
        return cls(contract, str(default_root()))

    @property
    def is_remote(self) -> bool:
        """Whether the store is no folder of this machine."""
        return "://" in self.models

    def keys(self) -> Keys:
        """The signing keys; raises what finding their folder raises."""
        return Keys(self.keys_folder or default_keys_folder())


@dataclass(frozen=True)
class Obstacle:
    """One thing that would stop a run: a stable code, and a sentence that says what to do."""

    code: str
    text: str


def why_not_writable(folder: Path) -> str | None:
    """Why no file can be made in a folder, or made there once it exists; None where it can."""
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        return f"{existing} is no folder"
    if existing != folder:
        is_open = os.access(existing, os.W_OK | os.X_OK)
        return None if is_open else f"{existing} does not let this user make folders in it"
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return f"{error.strerror or error}"
