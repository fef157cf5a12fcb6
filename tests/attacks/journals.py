"""What somebody who may write a store, but has no key, does to its journal."""

from __future__ import annotations

from pathlib import Path

from fraud_assets.store.store import Store

FILES = ("latest.json", "promotions.jsonl")


def saved(store: Store) -> dict[str, bytes]:
    """Pointer and log as they are now."""
    return {name: (store.root / name).read_bytes() for name in FILES}


def put(root: Path, journal: dict[str, bytes]) -> None:
    """Replace pointer and log by genuine ones of another moment or store."""
    for name, data in journal.items():
        (root / name).unlink(missing_ok=True)
        (root / name).write_bytes(data)


def remove(root: Path) -> None:
    """Delete pointer and log."""
    for name in FILES:
        (root / name).unlink()
