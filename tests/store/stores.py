"""Stores for tests: small versions, and keys made once a session."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fraud_assets.documents.move import Move
from fraud_assets.store.keys import Keys
from fraud_assets.store.staging import Content, Staged
from fraud_assets.store.store import Store
from fraud_assets.store.version import Verified

MONDAY = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
FILES = {
    "pipeline.joblib": b"pipeline",
    "report.json": b"{}",
    "report.html": b"<p>",
    "t.npz": b"trees",
}
_VISIBLE = re.compile(
    r"latest\.json|promotions\.jsonl|\.lock|refused|fraud_detector_\d{8}_\d{6}",
)


def new_store(folder: Path, keys: Keys | None = None) -> Store:
    """An empty store in `folder`, with keys beside it."""
    return Store(folder / "models", (keys or Keys(folder / "keys")).ensure())


def metadata(as_of: str = "2026-11-23", decision: str = "promote", **more: Any) -> dict[str, Any]:
    """The least metadata that a promotion needs."""
    contract = {"name": "shop", "digest": "0" * 64}
    verdict = {"decision": decision, "rules": []}
    return {"as_of": as_of, "contract": contract, "verdict": verdict, **more}


def files(mark: str = "") -> dict[str, bytes]:
    """A version's files; `mark` tells its pipeline from others."""
    return FILES | {"pipeline.joblib": f"pipeline {mark}".encode()}


def accept(verified: Verified) -> None:
    """A judge that finds everything fit."""


def released(store: Store, staged: Staged, actor: str = "test", reason: str = "a test") -> Move:
    """Promote a staged version over whatever serves."""
    now = store.current()
    expected = now.version if now else None
    return store.release(staged, expected=expected, actor=actor, reason=reason, judge=accept)


def promoted(store: Store, mark: str = "", as_of: str = "2026-11-23", **more: Any) -> Move:
    """Make a version and promote it."""
    return released(store, store.stage(files(mark), metadata(as_of, **more), now=MONDAY))


def added(
    store: Store, content: Content, about: dict[str, Any], now: datetime | None = None
) -> str:
    """Put a version into the store that no move names, as a half-lost journal would leave it."""
    staged = store.stage(content, about, now=now)
    staged.path.rename(store.root / staged.version)
    store.discard(staged)
    return staged.version


def content(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` by relative path, but for lock files."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def leftovers(store: Store) -> list[str]:
    """Names in the store or among the refused that are neither journal nor version."""
    folders = [folder for folder in (store.root, store.refused) if folder.exists()]
    names = [path.name for folder in folders for path in folder.iterdir()]
    return [name for name in names if not _VISIBLE.fullmatch(name)]
